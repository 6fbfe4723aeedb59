/** Reads one output item of an answer, from its events or given whole, into parts. */
import type { ChatEvent } from '../../core/events.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { isEmpty } from '../../wire/codec/extra.ts';
import type { AnswerParts, ItemReader } from './answer-parts.ts';
import { CallReader } from './call-reader.ts';
import { PROTOCOL } from './extra.ts';
import { MessageReader } from './message-reader.ts';
import { ReasoningReader } from './reasoning-reader.ts';
import { CLIENT_CALLS } from './wire-event.ts';

/** The reader of an item as it was announced. `index` counts the items of this answer from 0. */
export function createItemReader(item: JsonObject, index: number, parts: AnswerParts): ItemReader {
  const { type } = item;
  if (type === 'message') return new MessageReader(item, index, parts);
  if (type === 'reasoning') return new ReasoningReader(item, index, parts);
  if (CLIENT_CALLS.has(type)) return new CallReader(item, index, parts);
  return new OpaqueReader(item, parts);
}

/** The item that an event belongs to, where it was never announced; null when the event tells nothing of it. */
export function itemOfEvent(type: string, body: JsonObject): JsonObject | null {
  const id: Json | undefined = body['item_id'];
  const head: JsonObject = typeof id === 'string' ? { id } : {};
  if (type.startsWith('response.output_text.') || type.startsWith('response.refusal.'))
    return { ...head, type: 'message' };
  if (type.startsWith('response.content_part.')) return { ...head, type: 'message' };
  if (type.startsWith('response.reasoning_')) return { ...head, type: 'reasoning' };
  if (type.startsWith('response.function_call_arguments.')) return { ...head, type: 'function_call' };
  if (type.startsWith('response.custom_tool_call_input.')) return { ...head, type: 'custom_tool_call' };
  return null;
}

/** Hosted tools and whatever comes next year: the whole item is one part, its progress belongs to the stream. */
class OpaqueReader implements ItemReader {
  readonly #parts: AnswerParts;
  readonly #item: JsonObject;

  constructor(item: JsonObject, parts: AnswerParts) {
    this.#item = item;
    this.#parts = parts;
  }

  read(_type: string, body: JsonObject, out: ChatEvent[]): void {
    out.push({ type: 'opaque', protocol: PROTOCOL, value: body });
  }

  done(item: JsonObject, out: ChatEvent[]): void {
    this.#parts.opaque(isEmpty(item) ? this.#item : item, out);
  }
}
