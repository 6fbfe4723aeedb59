/** Reads a message item of an answer: each of its texts and refusals is a part. */
import type { ChatEvent } from '../../core/events.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import { isVoid, unknownFields } from '../../wire/codec/extra.ts';
import type { AnswerParts, GrowingPart, ItemReader } from './answer-parts.ts';

const KNOWN_ITEM = new Set(['type', 'id', 'role', 'status', 'content', 'phase']);
const KNOWN_PART = new Set(['type', 'text', 'refusal', 'annotations', 'logprobs']);

/** One message item under way. */
export class MessageReader implements ItemReader {
  readonly #parts: AnswerParts;
  readonly #index: number;
  readonly #head: MutableJsonObject;
  readonly #open = new Map<number, GrowingPart>();
  #last: { readonly at: number; readonly part: GrowingPart } | null = null;

  /** @param item as it was announced */
  constructor(item: JsonObject, index: number, parts: AnswerParts) {
    this.#parts = parts;
    this.#index = index;
    this.#head = { '#item': index };
    if (typeof item['id'] === 'string') this.#head['#id'] = item['id'];
    if (typeof item['phase'] === 'string') this.#head['phase'] = item['phase'];
  }

  read(type: string, body: JsonObject, out: ChatEvent[]): void {
    const at = typeof body['content_index'] === 'number' ? body['content_index'] : (this.#last?.at ?? 0);
    switch (type) {
      case 'response.output_text.delta': {
        const part = this.#part(at, 'text', out);
        this.#parts.grow(part, body['delta'], out);
        if (isJsonArray(body['logprobs'])) this.#parts.logprobs(part, body['logprobs'], out);
        return;
      }
      case 'response.refusal.delta':
        return this.#parts.grow(this.#part(at, 'refusal', out), body['delta'], out);
      case 'response.output_text.done':
      case 'response.refusal.done':
        return this.#complete(at, type === 'response.refusal.done' ? 'refusal' : 'text', body, out);
      case 'response.output_text.annotation.added':
        return this.#annotate(this.#part(at, 'text', out), body['annotation']);
      case 'response.content_part.added':
      case 'response.content_part.done':
        return this.#piece(at, body['part'], out);
    }
  }

  done(item: JsonObject, out: ChatEvent[]): void {
    const content = isJsonArray(item['content']) ? item['content'] : [];
    const unread: Json[] = [];
    content.forEach((piece, at) => {
      if (isPiece(piece)) this.#piece(at, piece, out);
      else unread.push(piece);
    });
    if (this.#last === null) {
      if ('content' in item) this.#parts.opaque(item, out);
      return;
    }
    const { bag } = this.#last.part;
    const unknown = unknownFields(item, KNOWN_ITEM);
    if (unread.length > 0) unknown['content'] = unread;
    if (typeof item['phase'] === 'string' && this.#head['phase'] === undefined) unknown['phase'] = item['phase'];
    for (const key in unknown) if (isVoid(unknown[key])) delete unknown[key];
    if (Object.keys(unknown).length > 0) bag['item'] = unknown;
    if (typeof item['status'] === 'string' && item['status'] !== 'completed') bag['#status'] = item['status'];
    this.#close(out);
  }

  /** A content part as it is announced or whole. */
  #piece(at: number, piece: Json | undefined, out: ChatEvent[]): void {
    if (isPiece(piece)) this.#complete(at, piece['type'] === 'refusal' ? 'refusal' : 'text', piece, out);
  }

  #complete(at: number, kind: 'text' | 'refusal', said: JsonObject, out: ChatEvent[]): void {
    const part = this.#part(at, kind, out);
    if (part !== this.#last?.part) return;
    this.#parts.complete(part, kind === 'refusal' ? said['refusal'] : said['text'], out);
    if (!part.hasLogprobs && isJsonArray(said['logprobs'])) this.#parts.logprobs(part, said['logprobs'], out);
    const { annotations } = said;
    if (isJsonArray(annotations) && annotations.length > 0) part.bag['annotations'] = annotations;
    if (said['type'] !== 'output_text' && said['type'] !== 'refusal') return;
    const unknown = unknownFields(said, KNOWN_PART);
    for (const key in unknown) if (!isVoid(unknown[key])) part.bag[key] = unknown[key];
  }

  #annotate(part: GrowingPart, annotation: Json | undefined): void {
    const before = part.bag['annotations'];
    if (isJsonObject(annotation)) part.bag['annotations'] = [...(isJsonArray(before) ? before : []), annotation];
  }

  #part(at: number, kind: 'text' | 'refusal', out: ChatEvent[]): GrowingPart {
    const known = this.#open.get(at);
    if (known !== undefined) return known;
    const isFirst = this.#open.size === 0;
    if (this.#last !== null) this.#parts.end(this.#last.part, out);
    const part = this.#parts.start(kind, isFirst ? this.#head : { '#item': this.#index }, out);
    this.#open.set(at, part);
    this.#last = { at, part };
    return part;
  }

  #close(out: ChatEvent[]): void {
    if (this.#last !== null) this.#parts.end(this.#last.part, out);
  }
}

function isPiece(piece: Json | undefined): piece is JsonObject {
  return isJsonObject(piece) && (piece['type'] === 'output_text' || piece['type'] === 'refusal');
}
