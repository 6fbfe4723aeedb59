/** Puts an encoded request on its way: address, headers and limits of one attempt. */
import type { Backend } from '../core/backend.ts';
import type { EgressPermit } from '../core/egress.ts';
import type { PhaseLimits, UpstreamRequest } from '../core/transport.ts';
import type { Encoded } from './encode.ts';
import type { Exchange } from './exchange.ts';

const TRACE_PARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const JSON_HEADERS: readonly string[] = headersFor('application/json');
const STREAM_HEADERS: readonly string[] = headersFor('text/event-stream');
/** Some servers refuse a type without a body. */
const BARE_JSON_HEADERS = JSON_HEADERS.slice(2);
const BARE_STREAM_HEADERS = STREAM_HEADERS.slice(2);

/** The request without its credential. `remainingMs` bounds how long the first content may take. */
export function upstreamRequest(
  exchange: Exchange,
  backend: Backend,
  encoded: Encoded,
  permit: EgressPermit,
  remainingMs: number,
): UpstreamRequest {
  const { stream } = exchange.outline!;
  const parent = exchange.call.headers.get('traceparent');
  const base = baseHeaders(stream, encoded.body.byteLength === 0);
  const traced = parent !== null && TRACE_PARENT.test(parent);
  const headers = traced || encoded.headers.length > 0 ? [...base, ...encoded.headers] : base;
  return {
    url: backend.url + encoded.path,
    method: encoded.method ?? 'POST',
    headers: traced ? [...headers, 'traceparent', parent] : headers,
    body: encoded.body,
    limits: within(backend.limits, remainingMs, stream),
    permit,
    maxBytes: exchange.live.snapshot.answerBytes,
  };
}

function baseHeaders(stream: boolean, isBare: boolean): readonly string[] {
  if (isBare) return stream ? BARE_STREAM_HEADERS : BARE_JSON_HEADERS;
  return stream ? STREAM_HEADERS : JSON_HEADERS;
}

/** The backend's limits, cut to what is left of the plan's deadline. A stream that has begun may outlast it. */
function within(limits: PhaseLimits, remainingMs: number, stream: boolean): PhaseLimits {
  if (remainingMs >= limits.totalMs) return limits;
  const left = Math.max(1, Math.floor(remainingMs));
  return {
    connectMs: Math.min(limits.connectMs, left),
    headersMs: Math.min(limits.headersMs, left),
    firstByteMs: Math.min(limits.firstByteMs, left),
    idleMs: limits.idleMs,
    totalMs: stream ? limits.totalMs : left,
  };
}

function headersFor(accept: string): readonly string[] {
  return Object.freeze(['content-type', 'application/json', 'accept', accept, 'user-agent', 'thalweg']);
}
