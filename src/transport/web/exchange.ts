/** One exchange over fetch: a read loop that stops while its reader is slow, and one timer that follows the phase. */
import type { Clock, Timer } from '../../core/clock.ts';
import type { GatewayError } from '../../core/gateway-error.ts';
import { NO_HEADERS, viewOfWeb } from '../../core/headers.ts';
import type { UpstreamControl, UpstreamHandler, UpstreamRequest } from '../../core/transport.ts';
import { failure, lateFailure, lostFailure, sizeFailure } from '../failure.ts';

type Waiting = 'headers' | 'first-byte' | 'idle';

/** Follows one fetch through its phases; after `end`, `fail` or `abort` it is deaf. */
export class FetchExchange implements UpstreamControl {
  readonly #request: UpstreamRequest;
  readonly #handler: UpstreamHandler;
  readonly #clock: Clock;
  readonly #fetch: typeof fetch;
  readonly #maxBytes: number;
  readonly #over: () => void;
  readonly #abort = new AbortController();
  readonly #totalDeadline: number;
  #phase: Waiting = 'headers';
  #deadline = Infinity;
  #timer: Timer | null = null;
  #timerAt = Infinity;
  #resume: (() => void) | null = null;
  #isPaused = false;
  #isDone = false;

  /** @param over called once when the exchange is over, however it ended */
  constructor(
    request: UpstreamRequest,
    handler: UpstreamHandler,
    options: { readonly clock: Clock; readonly fetch: typeof fetch; readonly maxAnswerBytes: number },
    over: () => void,
  ) {
    this.#request = request;
    this.#handler = handler;
    this.#clock = options.clock;
    this.#fetch = options.fetch;
    this.#maxBytes = request.maxBytes ?? options.maxAnswerBytes;
    this.#over = over;
    this.#totalDeadline = options.clock.tick() + request.limits.totalMs;
  }

  /** Sends the request; every outcome goes to the handler. */
  run(): void {
    const { limits } = this.#request;
    this.#wait('headers', limits.connectMs + limits.headersMs);
    this.#exchange().catch((error: unknown) => this.fail(translate(error, this.#phase !== 'headers')));
  }

  /** Ends the exchange with an error. */
  fail(error: GatewayError): void {
    if (this.#isDone) return;
    this.#finish();
    this.#abort.abort();
    this.#handler.fail(error);
  }

  pause(): void {
    if (this.#isDone || this.#isPaused) return;
    this.#isPaused = true;
    // A slow reader is not a stalled upstream: only the total limit runs on.
    if (this.#phase !== 'headers') this.#setDeadline(this.#totalDeadline);
  }

  resume(): void {
    if (this.#isDone || !this.#isPaused) return;
    this.#isPaused = false;
    const { limits } = this.#request;
    if (this.#phase === 'first-byte') this.#wait('first-byte', limits.firstByteMs);
    else if (this.#phase === 'idle') this.#wait('idle', limits.idleMs);
    this.#resume?.();
  }

  abort(): void {
    if (this.#isDone) return;
    this.#finish();
    this.#abort.abort();
  }

  async #exchange(): Promise<void> {
    const { url, method, headers, body, limits } = this.#request;
    const doFetch = this.#fetch;
    const response = await doFetch(url, {
      method,
      headers: pairs(headers),
      body: body.length === 0 ? null : new Uint8Array(body),
      redirect: 'manual',
      signal: this.#abort.signal,
    });
    if (this.#isDone) return;
    if (Number(response.headers.get('content-length')) > this.#maxBytes) {
      this.fail(sizeFailure(this.#maxBytes));
      return;
    }
    this.#wait('first-byte', limits.firstByteMs);
    // A browser hides the status of a redirect; that it was one is what matters.
    if (response.type === 'opaqueredirect') this.#handler.head(302, NO_HEADERS);
    else this.#handler.head(response.status, viewOfWeb(response.headers));
    if (response.body !== null) await this.#readAll(response.body);
    if (this.#isDone) return;
    this.#finish();
    this.#handler.end();
  }

  async #readAll(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader();
    let bytes = 0;
    while (!this.#isDone) {
      if (this.#isPaused) await this.#untilResumed();
      const { done, value } = await reader.read();
      if (done || this.#isDone) return;
      if (value.length === 0) continue;
      bytes += value.length;
      if (bytes > this.#maxBytes) {
        this.fail(sizeFailure(this.#maxBytes));
        return;
      }
      if (this.#isPaused) this.#phase = 'idle';
      else this.#wait('idle', this.#request.limits.idleMs);
      this.#handler.data(value);
    }
  }

  #untilResumed(): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = () => {
        this.#resume = null;
        resolve();
      };
    });
  }

  #finish(): void {
    this.#isDone = true;
    this.#timer?.cancel();
    this.#timer = null;
    this.#resume?.();
    this.#over();
  }

  #wait(phase: Waiting, ms: number): void {
    this.#phase = phase;
    this.#setDeadline(Math.min(this.#clock.tick() + ms, this.#totalDeadline));
  }

  /** One timer at a time: a deadline that moves later is looked at when the timer that is set rings. */
  #setDeadline(deadline: number): void {
    this.#deadline = deadline;
    if (this.#timer !== null && this.#timerAt <= deadline) return;
    this.#timer?.cancel();
    this.#timerAt = deadline;
    this.#timer = this.#clock.after(Math.max(0, deadline - this.#clock.tick()), this.#ring);
  }

  readonly #ring = (): void => {
    this.#timer = null;
    const now = this.#clock.tick();
    if (now < this.#deadline) this.#setDeadline(this.#deadline);
    else this.fail(lateFailure(now >= this.#totalDeadline ? 'total' : this.#phase));
  };
}

function pairs(list: readonly string[]): [string, string][] {
  const out: [string, string][] = [['accept-encoding', 'identity']];
  for (let i = 0; i + 1 < list.length; i += 2) out.push([list[i]!, list[i + 1]!]);
  return out;
}

const DNS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA']);
const CONNECT = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']);
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|EPROTO)/;

/** fetch rejects with a TypeError; some runtimes say more in its cause. Without a code the request may have been executed. */
function translate(error: unknown, hasHead: boolean): GatewayError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  if (isMalformed(cause, code)) return failure('upstream-malformed', hasHead ? 'body' : 'headers', undefined, error);
  if (hasHead) return lostFailure(true, error);
  if (DNS.has(code)) return failure('upstream-dns', 'connect', undefined, error);
  if (CONNECT.has(code)) return failure('upstream-connect', 'connect', undefined, error);
  if (TLS.test(code)) return failure('upstream-tls', 'connect', undefined, error);
  return lostFailure(false, error);
}

/** Node's fetch tells a broken message from a broken connection; a message that only ended too early is the latter. */
function isMalformed(cause: unknown, code: string): boolean {
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return true;
  return cause instanceof Error && cause.name === 'HTTPParserError' && !cause.message.includes('EOF');
}
