/** How bytes go to an upstream and come back: push-driven, with backpressure, without Web Streams. */
import type { EgressPermit } from './egress.ts';
import type { GatewayError } from './gateway-error.ts';
import type { HeaderList, HeaderView } from './headers.ts';

/** The five phases that have a limit of their own, ms each. */
export interface PhaseLimits {
  /** Name resolution, TCP and TLS. */
  readonly connectMs: number;
  /** From request sent to response headers. */
  readonly headersMs: number;
  /** From response headers to the first body byte. */
  readonly firstByteMs: number;
  /** Between two body chunks. */
  readonly idleMs: number;
  /** The whole exchange. */
  readonly totalMs: number;
}

/** One request to an upstream. */
export interface UpstreamRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  readonly limits: PhaseLimits;
  readonly permit: EgressPermit;
  /** The longest answer body, bytes; more is `upstream-too-large`. Absent: the cap that the transport was made with. */
  readonly maxBytes?: number;
}

/**
 * Receives an answer. `head` at most once, then `data`, then exactly one of `end` or `fail`; nothing after that, and nothing
 * after `abort`. 1xx answers are not reported.
 */
export interface UpstreamHandler {
  head(status: number, headers: HeaderView): void;
  data(chunk: Uint8Array): void;
  end(): void;
  /**
   * `upstream-dns|connect|tls` before anything was sent, `upstream-reset` before headers, `upstream-timeout` for connect,
   * headers, first byte and total, `upstream-stalled` and `upstream-disconnected` after headers, `upstream-malformed` for
   * what is not HTTP or is compressed although identity was asked, `upstream-too-large`, `egress-denied`,
   * `gateway-shutdown` after `close`. `where` names the phase: `connect`, `headers`, `first-byte`, `idle`, `body`, `total`.
   */
  fail(error: GatewayError): void;
}

/** Steers an exchange that is under way. */
export interface UpstreamControl {
  /** Stops reading; the socket's window fills. */
  pause(): void;
  resume(): void;
  /** Drops the exchange and its connection at once; the handler hears nothing more. Idempotent. */
  abort(reason: string): void;
}

/** Opens exchanges. Follows no redirects, uses no proxies from the environment, asks for identity encoding. */
export interface Transport {
  /** Never calls the handler before it returned. Without a genuine permit for the exact origin: `fail(egress-denied)`. */
  open(request: UpstreamRequest, handler: UpstreamHandler): UpstreamControl;
  /** Closes idle connections and lets running exchanges finish. */
  close(): Promise<void>;
}
