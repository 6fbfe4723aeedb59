/** Turns the events of a stream, or a whole answer, into events of the block model. */
import type { ChatEvent } from '../../core/events.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import {
  isJsonArray,
  isJsonObject,
  stringOrNull,
  type Json,
  type JsonObject,
  type MutableJsonObject,
} from '../../core/json.ts';
import type { EventReader, Frame, ReadContext } from '../../core/protocol.ts';
import { unknownFields } from '../../wire/codec/extra.ts';
import { ThinkTagSplitter } from '../../wire/codec/think-tags.ts';
import { openBlock, withoutNulls, type BlockHost, type BlockReader } from './block-reader.ts';
import { carry } from './extra.ts';
import { readFinish } from './finish.ts';
import { indexOf, STOP, StreamGrammar, truncated } from './grammar.ts';
import { mergeUsage, readServiceTier, readUsage } from './usage.ts';

const KNOWN_MESSAGE = new Set(['id', 'type', 'role', 'model', 'content', 'stop_reason', 'usage']);
/** What belongs to the end of an answer: a stream brings it with `message_delta`. */
const ENDING = ['stop_sequence', 'stop_details', 'container', 'context_management'];
const KNOWN_EVENT = new Set(['type', 'delta', 'usage']);

/** Reads one stream. The answer's one choice is closed at the terminal event: counts and fields may follow its stop reason. */
export class MessagesEventReader implements EventReader, BlockHost {
  readonly splitter: ThinkTagSplitter | null;
  readonly #from: ReadContext;
  readonly #grammar = new StreamGrammar();
  readonly #blocks = new Map<number, BlockReader>();
  #over = false;
  #id = '';
  #parts = 0;
  #hasCalls = false;
  #stopReason: string | null = null;
  #usage: JsonObject | null = null;
  readonly #ending: MutableJsonObject = {};

  /** @param from dialect of the upstream and the names that were changed for it */
  constructor(from: ReadContext) {
    const { output } = from.dialect.reasoning;
    this.#from = from;
    this.splitter = output === 'tags' || output === 'primed' ? new ThinkTagSplitter(output === 'primed') : null;
  }

  read(frame: Frame, out: ChatEvent[]): void {
    if (this.#over) return;
    const event = this.#grammar.read(frame);
    if (event === null) return;
    if (event instanceof GatewayError) return this.#fail(event, out);
    this.#event(event.type, event.data, out);
  }

  end(out: ChatEvent[]): void {
    if (!this.#over) this.#fail(truncated(), out);
  }

  /** A whole answer, which is checked already. */
  whole(message: JsonObject, out: ChatEvent[]): void {
    this.#start(message, out);
    for (const block of isJsonArray(message['content']) ? message['content'] : []) {
      if (isJsonObject(block)) openBlock(block, this, out).stop(out);
    }
    this.#endOf(message);
    this.#finish(out);
  }

  nextPart(): number {
    return this.#parts++;
  }

  /** The same id for the same call of the same answer, streamed or whole, and another one in the next answer. */
  inventId(part: number): string {
    return `toolu_${this.#id.replace(/[^A-Za-z0-9]/g, '').slice(-16)}_${part}`;
  }

  original(name: string): string {
    return this.#from.names.get(name) ?? name;
  }

  called(): void {
    this.#hasCalls = true;
  }

  #event(type: string, data: JsonObject, out: ChatEvent[]): void {
    switch (type) {
      case 'message_start':
        if (isJsonObject(data['message'])) this.#start(data['message'], out);
        return;
      case 'content_block_start':
        return this.#open(data, out);
      case 'content_block_delta':
        if (isJsonObject(data['delta'])) this.#blocks.get(indexOf(data) ?? -1)?.delta(data['delta'], out);
        return;
      case 'content_block_stop':
        return this.#close(indexOf(data) ?? -1, out);
      case 'message_delta':
        Object.assign(this.#ending, withoutNulls(unknownFields(data, KNOWN_EVENT)));
        if (isJsonObject(data['delta'])) this.#endOf(data['delta']);
        return this.#count(data['usage'], out);
      case STOP:
        return this.#finish(out);
    }
  }

  #fail(error: GatewayError, out: ChatEvent[]): void {
    this.#over = true;
    out.push({ type: 'error', error });
  }

  #start(message: JsonObject, out: ChatEvent[]): void {
    this.#id = stringOrNull(message['id']) ?? '';
    out.push({
      type: 'response-start',
      id: this.#id,
      model: stringOrNull(message['model']) ?? '',
      createdAtMs: null,
      ...readServiceTier(message['usage']),
      ...carry(withoutNulls(unknownFields(message, new Set([...KNOWN_MESSAGE, ...ENDING])))),
    });
    this.#count(message['usage'], out);
  }

  /** Servers that give two blocks one index have the first one closed by the second. */
  #open(data: JsonObject, out: ChatEvent[]): void {
    const index = indexOf(data) ?? -1;
    this.#close(index, out);
    if (isJsonObject(data['content_block'])) this.#blocks.set(index, openBlock(data['content_block'], this, out));
  }

  #close(index: number, out: ChatEvent[]): void {
    this.#blocks.get(index)?.stop(out);
    this.#blocks.delete(index);
  }

  #endOf(fields: JsonObject): void {
    if (typeof fields['stop_reason'] === 'string') this.#stopReason = fields['stop_reason'];
    for (const key of ENDING) {
      const value = fields[key];
      if (value !== undefined && value !== null) this.#ending[key] = value;
    }
  }

  #count(usage: Json | undefined, out: ChatEvent[]): void {
    if (!isJsonObject(usage)) return;
    this.#usage = mergeUsage(this.#usage, usage);
    const counted = readUsage(this.#usage);
    if (counted !== null) out.push({ type: 'usage', usage: counted });
  }

  #finish(out: ChatEvent[]): void {
    this.#over = true;
    for (const index of this.#blocks.keys()) this.#close(index, out);
    const finish = readFinish(this.#stopReason, this.#hasCalls);
    out.push({ type: 'choice-end', choice: 0, finish, ...carry(this.#ending) });
    out.push({ type: 'response-end' });
  }
}
