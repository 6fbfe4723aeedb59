/** One exchange with an upstream: undici's handler, our control and its alarm in a single object. */
import { errors, type Dispatcher } from 'undici';
import { GatewayError, isGatewayError, toGatewayError } from '../../core/gateway-error.ts';
import { viewOfRecord } from '../../core/headers.ts';
import type { PhaseLimits, UpstreamControl, UpstreamHandler, UpstreamRequest } from '../../core/transport.ts';
import { encodingFailure, failure, lateFailure, lostFailure, sizeFailure } from '../failure.ts';
import { Alarm, type TimerWheel } from './timer-wheel.ts';

type Controller = Dispatcher.DispatchController;
type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/** Thrown into undici to take back a request that was not written yet, and given to it as the reason of an abort. */
const DROPPED = new Error('dropped by the gateway');

/** Codes of a connection that broke or ended too early. */
const LOST: ReadonlySet<string> = new Set([
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Exchanges with data of this turn; one microtask serves them all. */
let due: Exchange[] = [];

function deliverSoon(exchange: Exchange): void {
  due.push(exchange);
  if (due.length === 1) queueMicrotask(deliverDue);
}

function deliverDue(): void {
  const now = due;
  due = [];
  for (const exchange of now) exchange.deliver();
}

/** Follows one request through its phases; after `end`, `fail` or `abort` it is deaf. */
export class Exchange extends Alarm implements Dispatcher.DispatchHandler, UpstreamControl {
  readonly #handler: UpstreamHandler;
  readonly #wheel: TimerWheel;
  readonly #limits: PhaseLimits;
  readonly #maxBytes: number;
  readonly #totalDeadline: number;
  #controller: Controller | null = null;
  #phase: 'connect' | 'headers' | 'first-byte' | 'idle' = 'connect';
  #bytes = 0;
  readonly #pending: Uint8Array[] = [];
  #isOpening = true;
  #failedAtOnce: GatewayError | null = null;
  #isPaused = false;
  #isDone = false;

  /** @param maxBytes the cap for a request that names none */
  constructor(request: UpstreamRequest, handler: UpstreamHandler, wheel: TimerWheel, maxBytes: number) {
    super();
    this.#handler = handler;
    this.#wheel = wheel;
    this.#limits = request.limits;
    this.#maxBytes = request.maxBytes ?? maxBytes;
    this.#totalDeadline = wheel.now + request.limits.totalMs;
    this.#wait('connect', request.limits.connectMs);
  }

  /** `open` returns its control now: from the next microtask on the handler may be called. */
  opened(): void {
    this.#isOpening = false;
    const error = this.#failedAtOnce;
    if (error !== null) queueMicrotask(() => this.fail(error));
  }

  /** Ends the exchange with an error, at the earliest after `open` has returned. */
  fail(error: GatewayError): void {
    if (this.#isDone) return;
    if (this.#isOpening) {
      this.#failedAtOnce ??= error;
      return;
    }
    this.deliver();
    if (this.#isDone) return;
    this.#finish();
    this.#handler.fail(error);
  }

  pause(): void {
    if (this.#isDone || this.#isPaused) return;
    this.#isPaused = true;
    this.#controller?.pause();
    // A slow reader is not a stalled upstream: only the total limit runs on.
    if (this.#phase === 'first-byte' || this.#phase === 'idle') this.#wheel.set(this, this.#totalDeadline);
  }

  resume(): void {
    if (this.#isDone || !this.#isPaused) return;
    this.#isPaused = false;
    if (this.#phase === 'first-byte') this.#wait('first-byte', this.#limits.firstByteMs);
    else if (this.#phase === 'idle') this.#wait('idle', this.#limits.idleMs);
    // undici parses while it resumes, which must not happen inside the parser of another exchange.
    queueMicrotask(() => {
      if (!this.#isDone && !this.#isPaused) this.#controller?.resume();
    });
  }

  abort(): void {
    if (!this.#isDone) this.#finish();
  }

  ring(): void {
    this.fail(lateFailure(this.#wheel.now >= this.#totalDeadline ? 'total' : this.#phase));
  }

  onRequestStart(controller: Controller): void {
    if (this.#isDone) throw DROPPED;
    this.#controller = controller;
    if (this.#isPaused) controller.pause();
    this.#wait('headers', this.#limits.headersMs);
  }

  onResponseStart(_: Controller, status: number, headers: Headers): void {
    if (this.#isDone || status < 200) return;
    const encoding = headers['content-encoding'];
    if (encoding !== undefined && encoding !== 'identity') return this.fail(encodingFailure());
    if (Number(headers['content-length']) > this.#maxBytes) return this.fail(sizeFailure(this.#maxBytes));
    this.#wait('first-byte', this.#limits.firstByteMs);
    this.#handler.head(status, viewOfRecord(headers));
  }

  onResponseData(_: Controller, chunk: Uint8Array): void {
    if (this.#isDone) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#maxBytes) return this.fail(sizeFailure(this.#maxBytes));
    this.#pending.push(chunk);
    if (this.#pending.length === 1) deliverSoon(this);
  }

  /** @internal Hands on what came in this turn: one packet often holds many chunks, and each one costs the whole way to the client. */
  deliver(): void {
    const chunks = this.#pending;
    if (chunks.length === 0 || this.#isDone) return;
    const data = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    chunks.length = 0;
    if (this.#isPaused) this.#phase = 'idle';
    else this.#wait('idle', this.#limits.idleMs);
    this.#handler.data(data);
  }

  onResponseEnd(): void {
    this.deliver();
    if (this.#isDone) return;
    this.#isDone = true;
    this.#wheel.clear(this);
    this.#handler.end();
  }

  onResponseError(_: Controller | null, error: Error): void {
    if (!this.#isDone) this.fail(this.#translate(error));
  }

  /** Deaf from here on; the connection goes with the exchange. */
  #finish(): void {
    this.#isDone = true;
    this.#wheel.clear(this);
    this.#controller?.abort(DROPPED);
  }

  #wait(phase: 'connect' | 'headers' | 'first-byte' | 'idle', ms: number): void {
    this.#phase = phase;
    this.#wheel.set(this, Math.min(this.#wheel.now + ms, this.#totalDeadline));
  }

  #translate(error: Error): GatewayError {
    if (isGatewayError(error)) return error;
    const hasHead = this.#phase === 'first-byte' || this.#phase === 'idle';
    if (error instanceof errors.HTTPParserError) {
      // llhttp calls it an invalid EOF state when the connection ended inside a message.
      if (error.message.includes('EOF')) return lostFailure(hasHead, error);
      return failure('upstream-malformed', hasHead ? 'body' : 'headers', undefined, error);
    }
    const code = 'code' in error ? String(error.code) : '';
    if (LOST.has(code)) return lostFailure(hasHead, error);
    if (code === 'UND_ERR_HEADERS_OVERFLOW') {
      return failure('upstream-malformed', 'headers', 'The headers of the upstream are too large.', error);
    }
    if (code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED') return new GatewayError('gateway-shutdown');
    return toGatewayError(error);
  }
}
