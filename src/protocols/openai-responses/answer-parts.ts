/** Numbers the parts of the one choice and hands on their events, whatever item they belong to. */
import type { Extra } from '../../core/chat.ts';
import type { ChatEvent, PartStart, StreamedPart } from '../../core/events.ts';
import type { Json, JsonObject, MutableJsonObject } from '../../core/json.ts';
import type { NameMap } from '../../core/protocol.ts';
import { carry, PROTOCOL } from './extra.ts';

/** A part under way: how much text it has, and what its end will carry. */
export interface GrowingPart {
  readonly index: number;
  length: number;
  hasLogprobs: boolean;
  readonly bag: MutableJsonObject;
}

/** One item under way. */
export interface ItemReader {
  /** An event that names this item. */
  read(type: string, body: JsonObject, out: ChatEvent[]): void;
  /** The item is whole, streamed before or not; an empty object where its end never came. */
  done(item: JsonObject, out: ChatEvent[]): void;
}

/** The parts of an answer so far. */
export class AnswerParts {
  readonly names: NameMap;
  /** True once a call that the client must make was seen. */
  hasCalls = false;
  #count = 0;

  /** @param names of this exchange, written -> original */
  constructor(names: NameMap) {
    this.names = names;
  }

  /** Begins a part. */
  start(part: StreamedPart, bag: JsonObject, out: ChatEvent[], call: Partial<PartStart> = {}): GrowingPart {
    const index = this.#count++;
    out.push({ type: 'part-start', choice: 0, index, part, ...call, ...carry(bag) });
    return { index, length: 0, hasLogprobs: false, bag: {} };
  }

  /** More text. */
  grow(part: GrowingPart, delta: Json | undefined, out: ChatEvent[]): void {
    if (typeof delta !== 'string' || delta === '') return;
    part.length += delta.length;
    out.push({ type: 'part-delta', choice: 0, index: part.index, delta });
  }

  /** The whole text is known: what did not come in deltas goes on now. */
  complete(part: GrowingPart, text: Json | undefined, out: ChatEvent[]): void {
    if (typeof text === 'string' && text.length > part.length) this.grow(part, text.slice(part.length), out);
  }

  /** Log probabilities of text. */
  logprobs(part: GrowingPart, list: readonly Json[], out: ChatEvent[]): void {
    if (list.length === 0) return;
    part.hasLogprobs = true;
    out.push({ type: 'logprobs-delta', choice: 0, logprobs: { content: list } });
  }

  /** A part is whole. */
  end(part: GrowingPart, out: ChatEvent[], sealed: { readonly opaque?: string } = {}): void {
    const extra: { readonly extra?: Extra } = carry(part.bag);
    out.push({ type: 'part-end', choice: 0, index: part.index, ...sealed, ...extra });
  }

  /** An item that only this protocol knows, as a part. */
  opaque(value: JsonObject, out: ChatEvent[]): void {
    out.push({ type: 'opaque', protocol: PROTOCOL, value, at: { choice: 0, index: this.#count++ } });
  }
}
