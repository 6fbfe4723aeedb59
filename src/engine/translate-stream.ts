/** The slot of a stream whose languages differ: bytes to frames to events to frames to bytes. */
import type { ChatRequest } from '../core/chat.ts';
import type { ChatEvent } from '../core/events.ts';
import { GatewayError, toGatewayError } from '../core/gateway-error.ts';
import type { LossLog } from '../core/loss.ts';
import type { ChatProtocol, EventReader, EventWriter, Frame, ReadContext } from '../core/protocol.ts';
import type { FinishReason, Usage } from '../core/usage.ts';
import { createSseDecoder, encodeFrames, type SseDecoder } from '../wire/sse.ts';
import { markEvent } from './origins.ts';
import type { Slot, SlotOptions } from './slot.ts';

/** Both ends of a translation, and what the client asked. */
export interface Translation {
  readonly from: ChatProtocol;
  readonly context: ReadContext;
  readonly to: ChatProtocol;
  readonly request: ChatRequest;
  readonly losses: LossLog;
}

/** Reads one language and writes another through the block model's events. */
export class TranslateStream implements Slot {
  committed = false;
  done = false;
  error: GatewayError | null = null;
  id: string | null = null;
  usage: Usage | null = null;
  finish: FinishReason | null = null;
  seal: string | null = null;
  readonly #decoder: SseDecoder;
  readonly #reader: EventReader;
  readonly #writer: EventWriter;
  readonly #answerModel: string | null;
  readonly #origin: string | undefined;
  readonly #frames: Frame[] = [];
  readonly #events: ChatEvent[] = [];

  constructor(translation: Translation, options: SlotOptions) {
    this.#decoder = createSseDecoder({ maxEventBytes: options.eventBytes });
    this.#reader = translation.from.createEventReader(translation.context);
    this.#writer = translation.to.createEventWriter(translation.request, translation.losses);
    this.#answerModel = options.answerModel;
    this.#origin = translation.context.dialect.origin;
  }

  push(chunk: Uint8Array, out: Uint8Array[]): void {
    if (this.done || this.error !== null) return;
    this.#frames.length = 0;
    try {
      this.#decoder.push(chunk, this.#frames);
    } catch (cause) {
      this.#relay(out);
      this.error ??= toGatewayError(cause);
      return;
    }
    this.#relay(out);
  }

  end(out: Uint8Array[]): void {
    if (this.done || this.error !== null) return;
    this.#frames.length = 0;
    this.#decoder.end(this.#frames);
    this.#relay(out);
    if (this.done || this.error !== null) return;
    this.#events.length = 0;
    this.#reader.end(this.#events);
    this.#write(out);
    if (!this.done) this.error ??= new GatewayError('upstream-truncated');
  }

  abort(error: GatewayError, requestId: string, out: Uint8Array[]): void {
    const frames: Frame[] = [];
    this.#writer.abort(error, frames, requestId);
    out.push(encodeFrames(frames));
  }

  #relay(out: Uint8Array[]): void {
    this.#events.length = 0;
    for (const frame of this.#frames) this.#reader.read(frame, this.#events);
    this.#write(out);
  }

  #write(out: Uint8Array[]): void {
    const frames: Frame[] = [];
    for (const event of this.#events) {
      if (event.type === 'error') {
        this.error = event.error;
        break;
      }
      this.#note(event);
      this.#writer.write(this.#renamed(event), frames);
      if (event.type === 'response-end') {
        this.#writer.end(frames);
        this.done = true;
        break;
      }
    }
    if (frames.length > 0) out.push(encodeFrames(frames));
  }

  #note(event: ChatEvent): void {
    if (event.type === 'part-delta') this.committed ||= event.delta !== '';
    else if (event.type === 'part-start') this.committed ||= event.part === 'tool-call';
    else if (event.type === 'part-end') this.seal = event.signature ?? event.opaque ?? this.seal;
    else if (event.type === 'response-start') this.id = event.id;
    else if (event.type === 'usage') this.usage = event.usage;
    else if (event.type === 'choice-end' && event.choice === 0) this.finish = event.finish;
  }

  #renamed(event: ChatEvent): ChatEvent {
    if (event.type === 'part-end') return markEvent(event, this.#origin);
    if (event.type !== 'response-start' || this.#answerModel === null) return event;
    return { ...event, model: this.#answerModel };
  }
}
