/** The transport on Node: undici's dispatch, one pool per origin, one timer wheel, no Web Streams and no promises. */
import type { Clock } from '../../core/clock.ts';
import { EgressPermit } from '../../core/egress.ts';
import { GatewayError, toGatewayError } from '../../core/gateway-error.ts';
import type { Transport, UpstreamControl, UpstreamHandler, UpstreamRequest } from '../../core/transport.ts';
import type { Lookup } from './connector.ts';
import { Exchange } from './exchange.ts';
import { Origins } from './origins.ts';
import { TimerWheel } from './timer-wheel.ts';

/** How a Node transport is made. */
export interface NodeTransportOptions {
  readonly clock: Clock;
  /** Cap on an answer's body, bytes, for requests without a `maxBytes` of their own. */
  readonly maxAnswerBytes: number;
  /** Cap on an answer's header block, bytes; 32 KiB when absent. */
  readonly maxHeaderBytes?: number;
  /** Connections per origin at a time; further requests wait within their connect limit. 1024 when absent. */
  readonly connectionsPerOrigin?: number;
  /** Resolves names instead of `dns.lookup`; IP literals never come here. */
  readonly lookup?: Lookup;
  /** Certificates that are trusted besides the default ones, PEM. */
  readonly ca?: readonly string[];
}

/** Makes the transport. It sends `accept-encoding: identity` itself: requests leave that header out. */
export function createNodeTransport(options: NodeTransportOptions): Transport {
  const wheel = new TimerWheel(options.clock);
  const origins = new Origins({
    wheel,
    lookup: options.lookup ?? null,
    ca: options.ca ?? [],
    connections: options.connectionsPerOrigin ?? 1024,
    maxHeaderBytes: options.maxHeaderBytes ?? 32_768,
  });
  let closed: Promise<void> | null = null;

  const open = (request: UpstreamRequest, handler: UpstreamHandler): UpstreamControl => {
    const exchange = new Exchange(request, handler, wheel, options.maxAnswerBytes);
    try {
      start(request, exchange);
    } catch (cause) {
      // a request that cannot even be begun is one failure of one exchange
      exchange.fail(toGatewayError(cause));
    }
    exchange.opened();
    return exchange;
  };

  const start = (request: UpstreamRequest, exchange: Exchange): void => {
    const { url, body, permit } = request;
    const place = EgressPermit.isGenuine(permit) ? origins.find(url, permit.route) : null;
    if (closed !== null) {
      exchange.fail(new GatewayError('gateway-shutdown'));
    } else if (place === null || !EgressPermit.allows(permit, place.origin.name)) {
      exchange.fail(new GatewayError('egress-denied'));
    } else {
      const { origin, path } = place;
      const headers = [...request.headers, 'accept-encoding', 'identity'];
      const payload = body.length === 0 ? null : body;
      origin
        .pool(request.limits.connectMs)
        .dispatch({ path, method: request.method, headers, body: payload }, exchange);
    }
  };

  const close = (): Promise<void> => {
    closed ??= origins.close();
    return closed;
  };

  return { open, close };
}
