/** Reads a reasoning item of an answer: each summary and each text is a part, the sealed form comes with the last. */
import type { ChatEvent } from '../../core/events.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import { isEmpty, isVoid, unknownFields } from '../../wire/codec/extra.ts';
import type { AnswerParts, GrowingPart, ItemReader } from './answer-parts.ts';
import { REASONING_FIELDS, type ReasoningKind } from './reasoning.ts';

const PIECE = new Set(['type', 'text']);

/** One reasoning item under way. */
export class ReasoningReader implements ItemReader {
  readonly #parts: AnswerParts;
  readonly #index: number;
  readonly #head: MutableJsonObject;
  readonly #open = new Map<string, GrowingPart>();
  readonly #kinds = new Set<ReasoningKind>();
  #last: GrowingPart | null = null;

  /** @param item as it was announced */
  constructor(item: JsonObject, index: number, parts: AnswerParts) {
    this.#parts = parts;
    this.#index = index;
    const { id } = item;
    this.#head = { '#item': index, ...(typeof id === 'string' ? { '#id': id } : {}) };
  }

  read(type: string, body: JsonObject, out: ChatEvent[]): void {
    const { part: piece, delta, text } = body;
    switch (type) {
      case 'response.reasoning_summary_text.delta':
        return this.#parts.grow(this.#part('summary', body['summary_index'], out), delta, out);
      case 'response.reasoning_summary_text.done':
        return this.#complete('summary', body['summary_index'], { text }, out);
      case 'response.reasoning_summary_part.added':
      case 'response.reasoning_summary_part.done':
        return this.#complete('summary', body['summary_index'], piece, out);
      case 'response.reasoning_text.delta':
        return this.#parts.grow(this.#part('text', body['content_index'], out), delta, out);
      case 'response.reasoning_text.done':
        return this.#complete('text', body['content_index'], { text }, out);
      case 'response.content_part.added':
      case 'response.content_part.done':
        return this.#complete('text', body['content_index'], piece, out);
    }
  }

  done(item: JsonObject, out: ChatEvent[]): void {
    this.#lists(item, out);
    const last = this.#last ?? this.#part('none', 0, out);
    const unknown = unknownFields(item, REASONING_FIELDS);
    for (const key in unknown) if (isVoid(unknown[key])) delete unknown[key];
    if (!isEmpty(unknown)) last.bag['item'] = unknown;
    if (typeof item['status'] === 'string' && item['status'] !== 'completed') last.bag['#status'] = item['status'];
    const sealed = item['encrypted_content'];
    this.#parts.end(last, out, typeof sealed === 'string' && sealed !== '' ? { opaque: sealed } : {});
  }

  /** Texts go before summaries, which say the same in fewer words; what was streamed goes before what was not. */
  #lists({ summary, content }: JsonObject, out: ChatEvent[]): void {
    const streamed = (kind: ReasoningKind): boolean => this.#kinds.size === 0 || this.#kinds.has(kind);
    const hasText = isJsonArray(content) && content.length > 0;
    if (isJsonArray(summary) && (this.#kinds.has('summary') || (!hasText && streamed('summary'))))
      summary.forEach((piece, at) => this.#complete('summary', at, piece, out));
    if (isJsonArray(content) && streamed('text')) {
      content.forEach((piece, at) => this.#complete('text', at, piece, out));
      if (this.#last !== null && isJsonArray(summary) && summary.length > 0 && !this.#kinds.has('summary'))
        this.#last.bag['#summary'] = summary;
    }
  }

  /** A piece as it is announced or whole. */
  #complete(kind: ReasoningKind, at: Json | undefined, piece: Json | undefined, out: ChatEvent[]): void {
    if (!isJsonObject(piece) || typeof piece['text'] !== 'string') return;
    const part = this.#part(kind, at, out);
    if (part !== this.#last) return;
    this.#parts.complete(part, piece['text'], out);
    const rest = unknownFields(piece, PIECE);
    if (!isEmpty(rest)) part.bag['#piece'] = rest;
  }

  #part(kind: ReasoningKind, at: Json | undefined, out: ChatEvent[]): GrowingPart {
    const key = `${kind} ${typeof at === 'number' ? at : 0}`;
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const isFirst = this.#open.size === 0;
    if (this.#last !== null) this.#parts.end(this.#last, out);
    const bag = { ...(isFirst ? this.#head : { '#item': this.#index }), '#kind': kind };
    const part = this.#parts.start('reasoning', bag, out);
    this.#open.set(key, part);
    this.#kinds.add(kind);
    this.#last = part;
    return part;
  }
}
