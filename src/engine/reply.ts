/** How an answer begins and how an error is said: status and headers of everything a client gets from the engine. */
import { copyableHeaders } from '../core/answer-headers.ts';
import type { GatewayError } from '../core/gateway-error.ts';
import type { HeaderView } from '../core/headers.ts';
import type { Json } from '../core/json.ts';
import type { Exchange } from './exchange.ts';

const encoder = new TextEncoder();

/**
 * A browser may read every header of an answer: ours, `x-should-retry` and `retry-after-ms` that SDKs wait by, and rate limits,
 * whose names are the vendors'. What may not be seen is never sent (`copyableHeaders`).
 */
const EXPOSED = '*';

/** Starts a good answer. `length` in bytes where the whole is known, null for a stream. */
export function startAnswer(exchange: Exchange, upstream: HeaderView, length: number | null): void {
  const stream = length === null;
  const headers: string[] = stream
    ? ['content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache', 'x-accel-buffering', 'no']
    : ['content-type', 'application/json', 'content-length', String(length)];
  identify(exchange, headers);
  headers.push('x-thalweg-backend', exchange.backend!);
  if (exchange.losses.length > 0) headers.push('x-thalweg-lossy', exchange.losses.join(', '));
  headers.push(...copyableHeaders(upstream));
  exchange.sink.start(200, headers);
}

/** Answers with a JSON document of our own; returns its size in bytes. */
export function replyJson(exchange: Exchange, status: number, body: Json, extra: readonly string[] = []): number {
  const bytes = encoder.encode(JSON.stringify(body));
  const headers = ['content-type', 'application/json', 'content-length', String(bytes.byteLength)];
  identify(exchange, headers);
  headers.push(...extra);
  exchange.sink.start(status, headers);
  exchange.sink.write(bytes);
  exchange.sink.end();
  return bytes.byteLength;
}

/** Answers with an error in the caller's language; returns status and size. */
export function replyError(
  exchange: Exchange,
  error: GatewayError,
): { readonly status: number; readonly bytes: number } {
  const { status, body } = exchange.protocol.writeError(error, exchange.id);
  const extra: string[] = ['x-thalweg-code', error.code, ...error.headers];
  if (error.retryAfterMs !== null) {
    extra.push('retry-after', String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))));
    extra.push('retry-after-ms', String(Math.max(1, Math.ceil(error.retryAfterMs))));
  }
  // SDKs retry 408, 409, 429 and 5xx by themselves; say no where it cannot help
  if (!error.retryable && (status >= 500 || status === 429 || status === 408)) extra.push('x-should-retry', 'false');
  return { status, bytes: replyJson(exchange, status, body, extra) };
}

function identify(exchange: Exchange, headers: string[]): void {
  headers.push('x-request-id', exchange.requestId, 'x-thalweg-request', exchange.id);
  const { requestIdHeader } = exchange.protocol;
  if (requestIdHeader !== undefined) headers.push(requestIdHeader, exchange.requestId);
  if (exchange.plan !== null) {
    headers.push('x-thalweg-decision', exchange.decision, 'x-thalweg-policy', exchange.live.snapshot.policy.digest);
  }
  const { origins } = exchange.live.snapshot;
  if (origins === null) return;
  const origin = exchange.call.headers.get('origin');
  headers.push('vary', 'origin');
  if (origin !== null && origins.has(origin)) {
    headers.push('access-control-allow-origin', origin, 'access-control-expose-headers', EXPOSED);
  }
}
