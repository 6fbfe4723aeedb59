/** Numbers the parts of the one choice and hands on their events, whatever item they belong to. */
import type { Extra } from '../../core/chat.ts';
import type { ChatEvent, PartStart, StreamedPart } from '../../core/events.ts';
import type { Json, JsonObject, MutableJsonObject } from '../../core/json.ts';
import type { NameMap, ReadContext } from '../../core/protocol.ts';
import { isEmpty } from '../../wire/codec/extra.ts';
import { ThinkTagSplitter, type TaggedText } from '../../wire/codec/think-tags.ts';
import { carry, PROTOCOL } from './extra.ts';

/** A part under way: how much text it has, and what its end will carry. */
export interface GrowingPart {
  /** Its number; -1 while it is not known whether its text is text. */
  index: number;
  length: number;
  hasLogprobs: boolean;
  readonly bag: MutableJsonObject;
  /** Text that may begin with tagged reasoning: what its start will carry, and the number of the reasoning that is open. */
  readonly tagged?: { readonly bag: JsonObject; thought: number; hasThought: boolean };
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
  /** Splits the text of servers that write reasoning between tags; null where text is text. */
  readonly #splitter: ThinkTagSplitter | null;
  /** True once a call that the client must make was seen. */
  hasCalls = false;
  #count = 0;

  /** @param from the names of this exchange, and how its upstream shows reasoning */
  constructor({ names, dialect }: ReadContext) {
    const { output } = dialect.reasoning;
    this.names = names;
    this.#splitter = output === 'tags' || output === 'primed' ? new ThinkTagSplitter(output === 'primed') : null;
  }

  /** Begins a part. */
  start(part: StreamedPart, bag: JsonObject, out: ChatEvent[], call: Partial<PartStart> = {}): GrowingPart {
    if (part === 'text' && this.#splitter !== null) {
      const tagged = { bag, thought: -1, hasThought: false };
      return { index: -1, length: 0, hasLogprobs: false, bag: {}, tagged };
    }
    const index = this.#open(part, bag, out, call);
    return { index, length: 0, hasLogprobs: false, bag: {} };
  }

  #open(part: StreamedPart, bag: JsonObject, out: ChatEvent[], call: Partial<PartStart> = {}): number {
    const index = this.#count++;
    out.push({ type: 'part-start', choice: 0, index, part, ...call, ...carry(bag) });
    return index;
  }

  /** More text. */
  grow(part: GrowingPart, delta: Json | undefined, out: ChatEvent[]): void {
    if (typeof delta !== 'string' || delta === '') return;
    part.length += delta.length;
    if (part.tagged !== undefined) return this.#split(part, this.#splitter?.push(delta) ?? [], out);
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

  /** Reasoning between tags is a part of its own, before the text that it stands in. */
  #split(part: GrowingPart, pieces: readonly TaggedText[], out: ChatEvent[]): void {
    const { tagged } = part;
    if (tagged === undefined) return;
    for (const { reasoning, text } of pieces) {
      if (!reasoning) this.#beginText(part, out);
      else if (tagged.thought < 0) {
        tagged.thought = this.#open('reasoning', {}, out);
        tagged.hasThought = true;
      }
      out.push({ type: 'part-delta', choice: 0, index: reasoning ? tagged.thought : part.index, delta: text });
    }
  }

  #beginText(part: GrowingPart, out: ChatEvent[]): void {
    this.#endThought(part, out);
    if (part.index < 0) part.index = this.#open('text', part.tagged?.bag ?? {}, out);
  }

  #endThought({ tagged }: GrowingPart, out: ChatEvent[]): void {
    if (tagged === undefined || tagged.thought < 0) return;
    out.push({ type: 'part-end', choice: 0, index: tagged.thought });
    tagged.thought = -1;
  }

  /** A part is whole. Text of which nothing but its reasoning came is no part. */
  end(part: GrowingPart, out: ChatEvent[], sealed: { readonly opaque?: string } = {}): void {
    if (part.tagged !== undefined) {
      this.#split(part, this.#splitter?.end() ?? [], out);
      this.#endThought(part, out);
      if (part.index < 0 && part.tagged.hasThought && isEmpty(part.bag)) return;
      this.#beginText(part, out);
    }
    const extra: { readonly extra?: Extra } = carry(part.bag);
    out.push({ type: 'part-end', choice: 0, index: part.index, ...sealed, ...extra });
  }

  /** An item that only this protocol knows, as a part. */
  opaque(value: JsonObject, out: ChatEvent[]): void {
    out.push({ type: 'opaque', protocol: PROTOCOL, value, at: { choice: 0, index: this.#count++ } });
  }
}
