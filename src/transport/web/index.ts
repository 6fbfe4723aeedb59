/** The transport where only fetch exists: Cloudflare Workers, Deno, Bun, browsers; it works on Node as well. */
import type { Clock } from '../../core/clock.ts';
import { EgressPermit } from '../../core/egress.ts';
import type { EgressRoute } from '../../core/egress-route.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import type { Transport, UpstreamControl, UpstreamHandler, UpstreamRequest } from '../../core/transport.ts';
import type { Bindings } from './bindings.ts';
import { FetchExchange } from './exchange.ts';

/** How a fetch transport is made. */
export interface WebTransportOptions {
  readonly clock: Clock;
  /** The runtime's fetch; called without a receiver. */
  readonly fetch: typeof fetch;
  /** Cap on an answer's body, decoded bytes, for requests without a `maxBytes` of their own. */
  readonly maxAnswerBytes: number;
  /** Private connections that routes may name; absent = none. */
  readonly bindings?: Bindings;
}

/**
 * Makes the transport. What fetch hides stays hidden: connecting and waiting for headers share one limit (their sum, reported
 * as `headers`), a failure before headers is told apart only where the runtime gives a code, and an answer that is compressed
 * in spite of `accept-encoding: identity` arrives inflated by the runtime; the cap then counts the inflated bytes. A route that names
 * a binding goes over its fetch and no other. What only sockets can hold to (a perimeter, certificates, a proxy) is refused.
 */
export function createWebTransport(options: WebTransportOptions): Transport {
  const running = new Set<FetchExchange>();
  let whenQuiet: (() => void) | null = null;
  let closed: Promise<void> | null = null;

  const open = (request: UpstreamRequest, handler: UpstreamHandler): UpstreamControl => {
    const refusal = closed === null ? permitError(request, options.bindings) : new GatewayError('gateway-shutdown');
    const ports = refusal === null ? portsFor(request, options) : options;
    const exchange: FetchExchange = new FetchExchange(request, handler, ports, () => {
      running.delete(exchange);
      if (running.size === 0) whenQuiet?.();
    });
    running.add(exchange);
    if (refusal === null) exchange.run();
    else queueMicrotask(() => exchange.fail(refusal));
    return exchange;
  };

  const close = (): Promise<void> => {
    closed ??= new Promise((resolve) => {
      whenQuiet = resolve;
      if (running.size === 0) resolve();
    });
    return closed;
  };

  return { open, close };
}

/** A bound route brings its own fetch. */
function portsFor({ permit: { route } }: UpstreamRequest, options: WebTransportOptions): WebTransportOptions {
  const bound = route === null || route.binding === null ? undefined : options.bindings?.get(route.binding);
  return bound === undefined ? options : { ...options, fetch: bound };
}

function permitError({ url: text, permit }: UpstreamRequest, bindings: Bindings | undefined): GatewayError | null {
  const url = URL.parse(text);
  const isPlain = url !== null && url.username === '' && (url.protocol === 'http:' || url.protocol === 'https:');
  const isAllowed = isPlain && EgressPermit.allows(permit, url.origin) && isWithinReach(permit.route, bindings);
  return isAllowed ? null : new GatewayError('egress-denied');
}

/** Over fetch alone nobody can see to which address a name leads, show a certificate or ask a proxy. */
function isWithinReach(route: EgressRoute | null, bindings: Bindings | undefined): boolean {
  if (route === null) return true;
  if (route.binding !== null) return bindings?.has(route.binding) === true;
  return route.network !== 'perimeter' && route.tls === null && route.proxy === null;
}
