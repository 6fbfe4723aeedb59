/** Turns the chunks of a stream into events: ids, model, extras and usage here, each choice in its own reader. */
import type { ChatEvent } from '../../core/events.ts';
import type { GatewayError } from '../../core/gateway-error.ts';
import {
  isJsonArray,
  isJsonObject,
  numberOrNull,
  type Json,
  type JsonObject,
  type MutableJsonObject,
} from '../../core/json.ts';
import type { EventReader, Frame, ReadContext } from '../../core/protocol.ts';
import { ChoiceReader } from './choice-reader.ts';
import { choiceIndex, isDone, noAnswer, notAChunk, truncated } from './chunk.ts';
import { inBandError } from './in-band-error.ts';
import { isEmpty, unknownFields } from '../../wire/codec/extra.ts';
import { carry, PROTOCOL } from './extra.ts';
import { readUsage, usageIn } from './usage.ts';

/** `obfuscation` is random padding of one chunk and means nothing in another. */
const KNOWN = new Set(['id', 'object', 'created', 'model', 'choices', 'usage', 'service_tier', 'obfuscation', 'error']);

/**
 * Reads one stream. Choices are closed at the terminal marker and not at their finish reason: vendors repeat the reason, send
 * fields after it, or send none. The first answer to id, model and time holds for the whole stream.
 */
export class ChatEventReader implements EventReader {
  readonly #from: ReadContext;
  readonly #choices: ChoiceReader[] = [];
  #over = false;
  #started = false;
  #id = '';
  /** Top-level fields outside the model, as far as they were handed on. */
  #seen: MutableJsonObject = {};

  /** @param from dialect of the upstream and the names that were changed for it */
  constructor(from: ReadContext) {
    this.#from = from;
  }

  read(frame: Frame, out: ChatEvent[]): void {
    const { data } = frame;
    if (this.#over || data === '') return;
    if (isDone(data)) return this.#finish(out);
    let chunk: Json;
    try {
      chunk = JSON.parse(data) as Json;
    } catch {
      return this.#fail(notAChunk(), out);
    }
    if (!isJsonObject(chunk)) return this.#fail(notAChunk(), out);
    const error = inBandError(chunk, frame.event);
    if (error !== null) return this.#fail(error, out);
    this.chunk(chunk, out);
  }

  end(out: ChatEvent[]): void {
    if (!this.#over) this.#fail(truncated(), out);
  }

  /** One parsed chunk without an error in it. */
  chunk(chunk: JsonObject, out: ChatEvent[]): void {
    const choices = isJsonArray(chunk['choices']) ? chunk['choices'] : [];
    this.#head(chunk, choices.length > 0, out);
    for (let i = 0; i < choices.length; i++) {
      const index = choiceIndex(choices[i], i);
      if (index === null) return this.#fail(notAChunk(), out);
      const reader = (this.#choices[index] ??= new ChoiceReader(index, this.#id, this.#from));
      reader.read(choices[i] as JsonObject, out);
    }
    const usage = readUsage(usageIn(chunk) ?? undefined, this.#from.dialect.usageExcludesReasoning);
    if (usage !== null) out.push({ type: 'usage', usage });
  }

  #fail(error: GatewayError, out: ChatEvent[]): void {
    this.#over = true;
    out.push({ type: 'error', error });
  }

  #finish(out: ChatEvent[]): void {
    if (this.#choices.length === 0) return this.#fail(noAnswer(), out);
    this.#over = true;
    for (const choice of this.#choices) choice?.end(out);
    out.push({ type: 'response-end' });
  }

  /** Azure opens with a chunk that has neither id nor choices: what it brings waits for the first real one. */
  #head(chunk: JsonObject, hasChoices: boolean, out: ChatEvent[]): void {
    if (this.#started) return this.#late(chunk, out);
    const id = typeof chunk['id'] === 'string' ? chunk['id'] : '';
    Object.assign(this.#seen, unknownFields(chunk, KNOWN));
    if (id === '' && !hasChoices) return;
    this.#started = true;
    this.#id = id;
    const created = numberOrNull(chunk['created']);
    const tier = chunk['service_tier'];
    out.push({
      type: 'response-start',
      id,
      model: typeof chunk['model'] === 'string' ? chunk['model'] : '',
      createdAtMs: created === null || created <= 0 ? null : created * 1000,
      ...(typeof tier === 'string' ? { serviceTier: tier } : {}),
      ...carry({ ...this.#seen }),
    });
    if (typeof tier === 'string') this.#seen['service_tier'] = tier;
  }

  /** Fields that come, or change, after the start travel as one opaque event. */
  #late(chunk: JsonObject, out: ChatEvent[]): void {
    const late: MutableJsonObject = {};
    for (const key in chunk) {
      if (KNOWN.has(key) && key !== 'service_tier') continue;
      const value = chunk[key];
      if (value === null || isSame(value, this.#seen[key]) || key === '__proto__' || key.startsWith('#')) continue;
      late[key] = value;
      this.#seen[key] = value;
    }
    if (!isEmpty(late)) out.push({ type: 'opaque', protocol: PROTOCOL, value: late });
  }
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  return typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b);
}
