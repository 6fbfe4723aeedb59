/** Several transports as one: the scheme of the URL says which of them opens it. */
import type { Transport } from '../core/transport.ts';

/** Sends URLs of a scheme (`embedded:`, colon included) to its transport and all others to `otherwise`; closes all of them. */
export function transportByScheme(schemes: Readonly<Record<string, Transport>>, otherwise: Transport): Transport {
  return {
    open(request, handler) {
      const { url } = request;
      const transport = schemes[url.slice(0, url.indexOf(':') + 1)] ?? otherwise;
      return transport.open(request, handler);
    },
    async close() {
      await Promise.all([otherwise, ...Object.values(schemes)].map((transport) => transport.close()));
    },
  };
}
