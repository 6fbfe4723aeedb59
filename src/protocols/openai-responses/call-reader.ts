/** Reads a call that the client must make: its part begins with the first of its arguments, for an announcement alone is no content. */
import type { ChatEvent } from '../../core/events.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { isVoid, unknownFields } from '../../wire/codec/extra.ts';
import type { AnswerParts, GrowingPart, ItemReader } from './answer-parts.ts';
import { flattenName } from './names.ts';

const KNOWN = new Set(['type', 'id', 'status', 'call_id', 'name', 'namespace', 'arguments', 'input']);

/** One function or custom tool call under way. */
export class CallReader implements ItemReader {
  readonly #parts: AnswerParts;
  readonly #index: number;
  readonly #isCustom: boolean;
  #item: JsonObject;
  #part: GrowingPart | null = null;
  /** Arguments that came before the name. */
  #early = '';

  /** @param item as it was announced */
  constructor(item: JsonObject, index: number, parts: AnswerParts) {
    this.#parts = parts;
    this.#index = index;
    this.#isCustom = item['type'] === 'custom_tool_call';
    this.#item = item;
    parts.hasCalls = true;
  }

  read(type: string, body: JsonObject, out: ChatEvent[]): void {
    if (type.endsWith('.delta')) this.#grow(body['delta'], out);
    else if (type.endsWith('.done')) {
      if (typeof body['name'] === 'string' && this.#item['name'] === undefined)
        this.#item = { ...this.#item, name: body['name'] };
      this.#complete(this.#isCustom ? body['input'] : body['arguments'], out);
    }
  }

  done(item: JsonObject, out: ChatEvent[]): void {
    this.#item = { ...this.#item, ...item };
    this.#complete(item[this.#isCustom ? 'input' : 'arguments'], out);
    const part = this.#part ?? this.#start(out);
    if (this.#early !== '') this.#parts.grow(part, this.#takeEarly(), out);
    if (part.length === 0 && !this.#isCustom) this.#parts.grow(part, '{}', out);
    const unknown = unknownFields(item, KNOWN);
    for (const key in unknown) if (!isVoid(unknown[key])) part.bag[key] = unknown[key];
    if (typeof item['status'] === 'string' && item['status'] !== 'completed') part.bag['#status'] = item['status'];
    this.#parts.end(part, out);
  }

  #grow(delta: Json | undefined, out: ChatEvent[]): void {
    if (typeof delta !== 'string' || delta === '') return;
    if (this.#part === null && typeof this.#item['name'] !== 'string') this.#early += delta;
    else this.#parts.grow(this.#part ?? this.#start(out), delta, out);
  }

  /** Arguments are JSON text; servers that send the object itself are put right. */
  #complete(said: Json | undefined, out: ChatEvent[]): void {
    const text = isJsonObject(said) ? JSON.stringify(said) : said;
    if (typeof text !== 'string' || text === '') return;
    if (this.#part === null && typeof this.#item['name'] !== 'string') {
      this.#early = text;
      return;
    }
    const part = this.#part ?? this.#start(out);
    if (this.#early !== '') this.#parts.grow(part, this.#takeEarly(), out);
    this.#parts.complete(part, text, out);
  }

  #takeEarly(): string {
    const early = this.#early;
    this.#early = '';
    return early;
  }

  #start(out: ChatEvent[]): GrowingPart {
    const { id, call_id: callId, name, namespace } = this.#item;
    const { names } = this.#parts;
    const written = textOf(callId) ?? textOf(id) ?? `call_${this.#index}`;
    const called = textOf(name) ?? '';
    const flat = flattenName(textOf(namespace), names.get(called) ?? called);
    const bag = { '#item': this.#index, ...(typeof id === 'string' ? { '#id': id } : {}) };
    this.#part = this.#parts.start('tool-call', bag, out, {
      id: names.get(written) ?? written,
      name: flat,
      ...(this.#isCustom ? { kind: 'custom' } : {}),
    });
    return this.#part;
  }
}

function textOf(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
