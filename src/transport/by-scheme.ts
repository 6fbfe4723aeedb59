/** Several transports as one: the scheme of the URL says which of them opens it. */
import type { Transport } from '../core/transport.ts';

/** Sends URLs of a scheme (`embedded:`, colon included) to its transport and all others to `otherwise`; closes all of them. */
export function transportByScheme(schemes: Readonly<Record<string, Transport>>, otherwise: Transport): Transport {
  const others = Object.entries(schemes);
  return {
    open(request, handler) {
      for (const [scheme, transport] of others) {
        if (request.url.startsWith(scheme)) return transport.open(request, handler);
      }
      return otherwise.open(request, handler);
    },
    async close() {
      await Promise.all([otherwise, ...Object.values(schemes)].map((transport) => transport.close()));
    },
  };
}
