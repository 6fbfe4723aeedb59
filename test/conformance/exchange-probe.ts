/** Opens an exchange through a transport and keeps everything that its handler was told. */
import { EgressPermit } from '../../src/core/egress.ts';
import type { GatewayError } from '../../src/core/gateway-error.ts';
import type { HeaderView } from '../../src/core/headers.ts';
import type { PhaseLimits, Transport, UpstreamControl, UpstreamRequest } from '../../src/core/transport.ts';

/** One exchange as a handler saw it. */
export interface Seen {
  /** The names of the calls, in order; equal neighbours only once. */
  readonly calls: string[];
  status: number | null;
  headers: HeaderView | null;
  readonly chunks: Uint8Array[];
  readonly text: string;
  error: GatewayError | null;
  /** Ms from `open` to the last call. */
  tookMs: number;
  readonly control: UpstreamControl;
  /** Resolves after `end` or `fail`. */
  readonly over: Promise<Seen>;
  /** Resolves when the handler was called `name` for the first time. */
  first(name: 'head' | 'data'): Promise<void>;
}

/** Generous limits; tests tighten the one they ask about. */
export const LIMITS: PhaseLimits = {
  connectMs: 5000,
  headersMs: 5000,
  firstByteMs: 5000,
  idleMs: 5000,
  totalMs: 10_000,
};

/** A POST of a small JSON body with a permit for its own origin. */
export function requestTo(origin: string, change: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    url: `${origin}/v1/chat/completions?a=b`,
    method: 'POST',
    headers: ['content-type', 'application/json', 'authorization', 'Bearer k'],
    body: new TextEncoder().encode('{"model":"m"}'),
    limits: LIMITS,
    permit: EgressPermit.mint('policy', origin, 'attempt', 'decision'),
    ...change,
  };
}

/** Opens an exchange and keeps everything that comes. */
export function observe(transport: Transport, request: UpstreamRequest): Seen {
  const startMs = performance.now();
  const marks = new Map<string, PromiseWithResolvers<void>>();
  const mark = (name: string): PromiseWithResolvers<void> => {
    let found = marks.get(name);
    if (found === undefined) marks.set(name, (found = Promise.withResolvers<void>()));
    return found;
  };
  const over = Promise.withResolvers<Seen>();
  let hasReturned = false;
  const note = (name: string): void => {
    if (!hasReturned) throw new Error(`${name} was called before open returned`);
    if (seen.calls.at(-1) !== name) seen.calls.push(name);
    seen.tookMs = performance.now() - startMs;
    mark(name).resolve();
  };
  const control = transport.open(request, {
    head(status, headers) {
      note('head');
      seen.status = status;
      seen.headers = headers;
    },
    data(chunk) {
      note('data');
      seen.chunks.push(chunk.slice());
    },
    end() {
      note('end');
      over.resolve(seen);
    },
    fail(error) {
      note('fail');
      seen.error = error;
      over.resolve(seen);
    },
  });
  const seen: Seen = {
    calls: [],
    status: null,
    headers: null,
    chunks: [],
    get text() {
      return Buffer.concat(seen.chunks).toString();
    },
    error: null,
    tookMs: 0,
    control,
    over: over.promise,
    first: (name) => mark(name).promise,
  };
  hasReturned = true;
  return seen;
}
