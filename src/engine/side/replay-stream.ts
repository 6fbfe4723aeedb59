/** The slot of a stored answer that is streamed once more: what it was then goes on as it is, its failure included. */
import { GatewayError, toGatewayError } from '../../core/gateway-error.ts';
import { TapMark, type ChatProtocol, type ReadContext, type StreamTap } from '../../core/protocol.ts';
import { spliceModel } from '../../wire/json-splice.ts';
import { createSseSplitter, encodeFrames, type RawEvent, type SseSplitter } from '../../wire/sse.ts';
import type { Slot, SlotOptions } from '../slot.ts';

const DONE = TapMark.terminal | TapMark.error;

/**
 * Commits with its first event: there is nobody else to ask. A stream without any event is whole, since the client may have seen them all;
 * one that stops before its last is not. Its tokens were accounted for when it was made.
 */
export class ReplayStream implements Slot {
  committed = false;
  done = false;
  error: GatewayError | null = null;
  readonly id = null;
  readonly usage = null;
  readonly finish = null;
  readonly seal = null;
  readonly #tap: StreamTap;
  readonly #splitter: SseSplitter;
  readonly #answerModel: string | null;
  readonly #modelPath: readonly string[];

  constructor(protocol: ChatProtocol, from: ReadContext, options: SlotOptions) {
    this.#tap = protocol.createTap(from);
    this.#splitter = createSseSplitter({ maxEventBytes: options.eventBytes });
    this.#answerModel = options.answerModel;
    this.#modelPath = protocol.streamModelPath;
  }

  push(chunk: Uint8Array, out: Uint8Array[]): void {
    if (this.done || this.error !== null) return;
    const events: RawEvent[] = [];
    let broken: GatewayError | null = null;
    try {
      this.#splitter.push(chunk, events);
    } catch (cause) {
      broken = toGatewayError(cause);
    }
    this.#pass(events, out);
    this.error ??= broken;
  }

  end(out: Uint8Array[]): void {
    if (this.done || this.error !== null) return;
    const events: RawEvent[] = [];
    this.#splitter.end(events);
    this.#pass(events, out);
    if (this.done || this.error !== null) return;
    if (this.committed) this.error = new GatewayError('upstream-truncated');
    else this.done = true;
  }

  abort(error: GatewayError, requestId: string, out: Uint8Array[]): void {
    out.push(encodeFrames(this.#tap.abort(error, requestId)));
  }

  #pass(events: readonly RawEvent[], out: Uint8Array[]): void {
    for (const event of events) {
      const mark = event.isComment ? TapMark.none : this.#tap.inspect(event.frame());
      if (this.#tap.error?.code === 'upstream-malformed') {
        this.error = this.#tap.error;
        return;
      }
      out.push(this.#renamed(event.bytes));
      this.committed ||= !event.isComment;
      this.done = (mark & DONE) !== 0;
      if (this.done) return;
    }
  }

  #renamed(bytes: Uint8Array): Uint8Array {
    return (this.#answerModel === null ? null : spliceModel(bytes, this.#answerModel, this.#modelPath)) ?? bytes;
  }
}
