/** The slot of a stream whose languages match: events go on as the bytes they came in, a tap reads along. */
import { GatewayError, toGatewayError } from '../core/gateway-error.ts';
import { TapMark, type ChatProtocol, type ReadContext, type StreamTap } from '../core/protocol.ts';
import type { FinishReason, Usage } from '../core/usage.ts';
import { appendBytes } from '../wire/append-bytes.ts';
import { spliceModel } from '../wire/json-splice.ts';
import { createSseSplitter, encodeFrames, type RawEvent, type SseSplitter } from '../wire/sse.ts';
import { SseStencil } from '../wire/sse-stencil.ts';
import type { Slot, SlotOptions } from './slot.ts';

const LF = 0x0a;
const PASS = 'pass';
const HIDE = 'hide';
const STOP = 'stop';

/** Passes whole events only, so that a cut upstream never leaves half an event before the error. */
export class PassStream implements Slot {
  committed = false;
  done = false;
  error: GatewayError | null = null;
  readonly #protocol: ChatProtocol;
  readonly #tap: StreamTap;
  readonly #splitter: SseSplitter;
  readonly #stencil: SseStencil;
  readonly #events: RawEvent[] = [];
  readonly #answerModel: string | null;
  readonly #hideUsage: boolean;

  /** @param hideUsage true when the usage frame was asked for by us and not by the client */
  constructor(protocol: ChatProtocol, from: ReadContext, hideUsage: boolean, options: SlotOptions) {
    this.#protocol = protocol;
    this.#tap = protocol.createTap(from);
    this.#splitter = createSseSplitter({ maxEventBytes: options.eventBytes });
    this.#stencil = new SseStencil(this.#tap.words ?? [], options.eventBytes);
    this.#answerModel = options.answerModel;
    this.#hideUsage = hideUsage;
  }

  get id(): string | null {
    return this.#tap.id;
  }

  get usage(): Usage | null {
    return this.#tap.usage;
  }

  get finish(): FinishReason | null {
    return this.#tap.finish;
  }

  get seal(): string | null {
    return this.#tap.seal ?? null;
  }

  push(chunk: Uint8Array, out: Uint8Array[]): void {
    if (this.done || this.error !== null) return;
    for (let at = 0; at < chunk.length && !this.done && this.error === null;) {
      if (this.#splitter.isAtBorder) at = this.#stencil.pass(chunk, at, out);
      // one event alone, while those that follow may be known by it
      const end = this.#stencil.isHopeful ? endOfEvent(chunk, at) : chunk.length;
      if (at < end) this.#read(chunk.subarray(at, end), out);
      at = end;
    }
  }

  end(out: Uint8Array[]): void {
    if (this.done || this.error !== null) return;
    this.#events.length = 0;
    this.#splitter.end(this.#events);
    this.#passAll(out);
    this.error = this.#tap.error;
    if (!this.done) this.error ??= new GatewayError('upstream-truncated');
  }

  abort(error: GatewayError, requestId: string, out: Uint8Array[]): void {
    out.push(encodeFrames(this.#tap.abort(error, requestId)));
  }

  #read(piece: Uint8Array, out: Uint8Array[]): void {
    this.#events.length = 0;
    try {
      this.#splitter.push(piece, this.#events);
    } catch (cause) {
      this.error = toGatewayError(cause);
    }
    this.#passAll(out);
    this.error = this.#tap.error ?? this.error;
  }

  /** Passes events on, each run of untouched ones as one piece of the bytes they came in. */
  #passAll(out: Uint8Array[]): void {
    const events = this.#events;
    let first = 0;
    let at = 0;
    for (; at < events.length && !this.done; at++) {
      const event = events[at]!;
      const verdict = this.#look(event);
      if (verdict === PASS) continue;
      appendRun(events, first, at, out);
      first = at + 1;
      if (verdict === STOP) return;
      if (verdict !== HIDE) out.push(verdict);
    }
    appendRun(events, first, at, out);
  }

  /** What becomes of one event: as it is, left out, other bytes in its place, or an error that ends the stream. */
  #look(event: RawEvent): typeof PASS | typeof HIDE | typeof STOP | Uint8Array {
    const { bytes } = event;
    if (this.#stencil.fits(bytes)) {
      return this.#answerModel === null ? PASS : this.#stencil.rewrite(bytes);
    }
    if (event.isComment) return PASS;
    const mark = this.#tap.inspect(event.frame());
    if ((mark & TapMark.wordsOnly) === 0) this.#stencil.forget();
    if ((mark & TapMark.error) !== 0) return STOP;
    if ((mark & TapMark.usageOnly) !== 0 && this.#hideUsage) return HIDE;
    if ((mark & TapMark.content) !== 0) this.committed = true;
    if ((mark & TapMark.terminal) !== 0) this.done = true;
    const { streamModelPath } = this.#protocol;
    const sent = this.#answerModel === null ? null : spliceModel(bytes, this.#answerModel, streamModelPath);
    if ((mark & TapMark.wordsOnly) !== 0) this.#stencil.learn(bytes, sent ?? bytes);
    return sent ?? PASS;
  }
}

/** Appends the bytes of `events[first, end)`. */
function appendRun(events: readonly RawEvent[], first: number, end: number, out: Uint8Array[]): void {
  if (first === end) return;
  const run = events[first]!.through(events[end - 1]!);
  if (run !== null) appendBytes(out, run);
  else for (let i = first; i < end; i++) appendBytes(out, events[i]!.bytes);
}

/** Behind the next empty line from `at` where lines end with line feeds alone, or the end of the bytes. */
function endOfEvent(bytes: Uint8Array, at: number): number {
  let lf = bytes.indexOf(LF, at);
  while (lf !== -1 && bytes[lf + 1] !== LF) lf = bytes.indexOf(LF, lf + 1);
  return lf === -1 ? bytes.length : lf + 2;
}
