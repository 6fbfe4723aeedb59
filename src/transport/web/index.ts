/** The transport where only fetch exists: Cloudflare Workers, Deno, Bun, browsers; it works on Node as well. */
import type { Clock } from '../../core/clock.ts';
import { EgressPermit } from '../../core/egress.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import type { Transport, UpstreamControl, UpstreamHandler, UpstreamRequest } from '../../core/transport.ts';
import { FetchExchange } from './exchange.ts';

/** How a fetch transport is made. */
export interface WebTransportOptions {
  readonly clock: Clock;
  /** The runtime's fetch; called without a receiver. */
  readonly fetch: typeof fetch;
  /** Cap on an answer's body, decoded bytes, for requests without a `maxBytes` of their own. */
  readonly maxAnswerBytes: number;
}

/**
 * Makes the transport. What fetch hides stays hidden: connecting and waiting for headers share one limit (their sum, reported
 * as `headers`), a failure before headers is told apart only where the runtime gives a code, and an answer that is compressed
 * in spite of `accept-encoding: identity` arrives inflated by the runtime; the cap then counts the inflated bytes.
 */
export function createWebTransport(options: WebTransportOptions): Transport {
  const running = new Set<FetchExchange>();
  let whenQuiet: (() => void) | null = null;
  let closed: Promise<void> | null = null;

  const open = (request: UpstreamRequest, handler: UpstreamHandler): UpstreamControl => {
    const exchange: FetchExchange = new FetchExchange(request, handler, options, () => {
      running.delete(exchange);
      if (running.size === 0) whenQuiet?.();
    });
    running.add(exchange);
    const refusal = closed === null ? permitError(request) : new GatewayError('gateway-shutdown');
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

function permitError(request: UpstreamRequest): GatewayError | null {
  const url = URL.parse(request.url);
  const isPlain = url !== null && url.username === '' && (url.protocol === 'http:' || url.protocol === 'https:');
  return isPlain && EgressPermit.allows(request.permit, url.origin) ? null : new GatewayError('egress-denied');
}
