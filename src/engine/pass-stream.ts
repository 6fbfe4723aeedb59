/** The slot of a stream whose languages match: events go on as the bytes they came in, a tap reads along. */
import { GatewayError, toGatewayError } from '../core/gateway-error.ts';
import { TapMark, type ChatProtocol, type ReadContext, type StreamTap } from '../core/protocol.ts';
import type { FinishReason, Usage } from '../core/usage.ts';
import { spliceModel } from '../wire/json-splice.ts';
import { createSseSplitter, encodeFrames, type RawEvent, type SseSplitter } from '../wire/sse.ts';
import type { Slot, SlotOptions } from './slot.ts';

/** Passes whole events only, so that a cut upstream never leaves half an event before the error. */
export class PassStream implements Slot {
  committed = false;
  done = false;
  error: GatewayError | null = null;
  readonly #protocol: ChatProtocol;
  readonly #tap: StreamTap;
  readonly #splitter: SseSplitter;
  readonly #events: RawEvent[] = [];
  readonly #answerModel: string | null;
  readonly #hideUsage: boolean;

  /** @param hideUsage true when the usage frame was asked for by us and not by the client */
  constructor(protocol: ChatProtocol, from: ReadContext, hideUsage: boolean, options: SlotOptions) {
    this.#protocol = protocol;
    this.#tap = protocol.createTap(from);
    this.#splitter = createSseSplitter({ maxEventBytes: options.eventBytes });
    this.#answerModel = options.answerModel;
    this.#hideUsage = hideUsage;
  }

  get usage(): Usage | null {
    return this.#tap.usage;
  }

  get finish(): FinishReason | null {
    return this.#tap.finish;
  }

  push(chunk: Uint8Array, out: Uint8Array[]): void {
    if (this.done || this.error !== null) return;
    const events = this.#events;
    events.length = 0;
    try {
      this.#splitter.push(chunk, events);
    } catch (cause) {
      this.error = toGatewayError(cause);
    }
    for (let i = 0; i < events.length && !this.done && this.#tap.error === null; i++) this.#pass(events[i]!, out);
    this.error = this.#tap.error ?? this.error;
  }

  end(out: Uint8Array[]): void {
    if (this.done || this.error !== null) return;
    this.#events.length = 0;
    this.#splitter.end(this.#events);
    for (const event of this.#events) this.#pass(event, out);
    this.error = this.#tap.error;
    if (!this.done) this.error ??= new GatewayError('upstream-truncated');
  }

  abort(error: GatewayError, out: Uint8Array[]): void {
    out.push(encodeFrames(this.#protocol.writeErrorFrames(error)));
  }

  #pass(event: RawEvent, out: Uint8Array[]): void {
    if (!event.isComment) {
      const mark = this.#tap.inspect(event.frame());
      if ((mark & TapMark.error) !== 0) return;
      if ((mark & TapMark.usageOnly) !== 0 && this.#hideUsage) return;
      if ((mark & TapMark.content) !== 0) this.committed = true;
      if ((mark & TapMark.terminal) !== 0) this.done = true;
    }
    const renamed = this.#answerModel === null || event.isComment ? null : spliceModel(event.bytes, this.#answerModel);
    append(out, renamed ?? event.bytes);
  }
}

/** Appends bytes, joined to the last piece where they follow it in the same buffer: one write per network read. */
function append(out: Uint8Array[], bytes: Uint8Array): void {
  const last = out.at(-1);
  if (last !== undefined && last.buffer === bytes.buffer && last.byteOffset + last.byteLength === bytes.byteOffset) {
    out[out.length - 1] = new Uint8Array(last.buffer, last.byteOffset, last.byteLength + bytes.byteLength);
  } else {
    out.push(bytes);
  }
}
