/** Several transports as one: the scheme of the URL says which of them opens it. */
import type { Transport } from '../core/transport.ts';

/** Sends URLs of a scheme (`embedded:`, colon included) to its transport and all others to `otherwise`; closes all of them. */
export function transportByScheme(schemes: Readonly<Record<string, Transport>>, otherwise: Transport): Transport {
  const others = Object.entries(schemes).map(([scheme, transport]) => ({ scheme, transport }));
  return {
    open(request, handler) {
      for (let i = 0; i < others.length; i++) {
        const { scheme, transport } = others[i]!;
        if (request.url.startsWith(scheme)) return transport.open(request, handler);
      }
      return otherwise.open(request, handler);
    },
    async close() {
      await Promise.all([otherwise, ...Object.values(schemes)].map((transport) => transport.close()));
    },
  };
}
