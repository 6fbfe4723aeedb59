/** Turns the events of a stream into those of the block model, and a whole answer as if it had been streamed. */
import type { ChatEvent } from '../../core/events.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { EventReader, Frame, ReadContext } from '../../core/protocol.ts';
import { AnswerParts, type ItemReader } from './answer-parts.ts';
import { carry, PROTOCOL } from './extra.ts';
import { readFinish } from './finish.ts';
import { createItemReader, itemOfEvent } from './item-reader.ts';
import { answerBag, createdAt, tierOf } from './response-object.ts';
import { readUsage } from './usage.ts';
import { readEvent, TERMINAL, truncated } from './wire-event.ts';

interface OpenItem {
  readonly id: string | null;
  readonly slot: number | null;
  readonly type: Json | undefined;
  readonly reader: ItemReader;
  done: boolean;
}

/**
 * Reads one stream. It does not rely on the lifecycle: items may begin without their announcement, and what was never streamed is taken
 * from the item's end or from the terminal event. Items are found by id, then by `output_index` (vendors that change ids between the
 * announcement and the end), then the last one that is open.
 */
export class ResponsesEventReader implements EventReader {
  readonly #from: ReadContext;
  readonly #items: OpenItem[] = [];
  readonly #parts: AnswerParts;
  #started = false;
  #tier: string | null = null;
  #over = false;

  /** @param from dialect of the upstream and the names that were changed for it */
  constructor(from: ReadContext) {
    this.#from = from;
    this.#parts = new AnswerParts(from);
  }

  read(frame: Frame, out: ChatEvent[]): void {
    if (this.#over) return;
    const event = readEvent(frame);
    if (event === null) return;
    if (event instanceof GatewayError) return this.#fail(event, out);
    const { type, body } = event;
    if (TERMINAL.has(type)) return this.finish(isJsonObject(body['response']) ? body['response'] : {}, out);
    if (isJsonObject(body['response'])) this.#start(body['response'], out);
    else this.#item(type, body, out);
  }

  end(out: ChatEvent[]): void {
    if (!this.#over) this.#fail(truncated(), out);
  }

  /** The whole response object: closes the stream, and reads what of it was not streamed. */
  finish(response: JsonObject, out: ChatEvent[]): void {
    this.#over = true;
    this.#start(response, out);
    const output = isJsonArray(response['output']) ? response['output'] : [];
    const streamed = new Set(this.#items);
    output.forEach((item, slot) => {
      if (isJsonObject(item)) streamed.delete(this.#done(item, slot, streamed, out));
    });
    for (const item of this.#items) if (!item.done) item.reader.done({}, out);
    const usage = readUsage(response['usage'], this.#from.dialect.usageExcludesReasoning);
    if (usage !== null) out.push({ type: 'usage', usage });
    const bag = answerBag(response);
    const tier = tierOf(response);
    if (tier !== null && tier !== this.#tier) bag['service_tier'] = tier;
    const finish = readFinish(response, this.#parts.hasCalls);
    out.push({ type: 'choice-end', choice: 0, finish, ...carry(bag) }, { type: 'response-end' });
  }

  #fail(error: GatewayError, out: ChatEvent[]): void {
    this.#over = true;
    out.push({ type: 'error', error });
  }

  #start(response: JsonObject, out: ChatEvent[]): void {
    if (this.#started) return;
    this.#started = true;
    this.#tier = tierOf(response);
    out.push({
      type: 'response-start',
      id: typeof response['id'] === 'string' ? response['id'] : '',
      model: typeof response['model'] === 'string' ? response['model'] : '',
      createdAtMs: createdAt(response),
      ...(this.#tier === null ? {} : { serviceTier: this.#tier }),
    });
  }

  #item(type: string, body: JsonObject, out: ChatEvent[]): void {
    this.#start({}, out);
    const slot = typeof body['output_index'] === 'number' ? body['output_index'] : null;
    const item = body['item'];
    if (type === 'response.output_item.added' && isJsonObject(item)) {
      this.#add(item, slot).reader.read(type, body, out);
      return;
    }
    if (type === 'response.output_item.done' && isJsonObject(item))
      return void this.#done(item, slot, this.#items, out);
    const known = this.#find(body['item_id'], slot, null, this.#items);
    const announced = known === null ? itemOfEvent(type, body) : null;
    const open = announced === null ? known : this.#add(announced, slot);
    if (open === null) out.push({ type: 'opaque', protocol: PROTOCOL, value: body });
    else if (!open.done) open.reader.read(type, body, out);
  }

  #add(item: JsonObject, slot: number | null): OpenItem {
    const id = typeof item['id'] === 'string' ? item['id'] : null;
    const reader = createItemReader(item, this.#items.length, this.#parts);
    const open = { id, slot, type: item['type'], reader, done: false };
    this.#items.push(open);
    return open;
  }

  /** The item among `those` that ends here; ended once, it stays so. */
  #done(item: JsonObject, slot: number | null, those: Iterable<OpenItem>, out: ChatEvent[]): OpenItem {
    const open = this.#find(item['id'], slot, item['type'] ?? null, those) ?? this.#add(item, slot);
    if (open.done) return open;
    open.done = true;
    open.reader.done(item, out);
    return open;
  }

  /** xAI gives several items of one answer the same id: where both id and place are told, both must fit. */
  #find(id: Json | undefined, slot: number | null, type: Json, those: Iterable<OpenItem>): OpenItem | null {
    let byId: OpenItem | null = null;
    let bySlot: OpenItem | null = null;
    let last: OpenItem | null = null;
    for (const item of those) {
      if (type !== null && item.type !== type) continue;
      const isNamed = typeof id === 'string' && item.id === id;
      if (isNamed && slot !== null && item.slot === slot) return item;
      if (isNamed) byId = item;
      if (slot !== null && item.slot === slot) bySlot = item;
      if (!item.done) last = item;
    }
    return byId ?? bySlot ?? (slot === null ? last : null);
  }
}
