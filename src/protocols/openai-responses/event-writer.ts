/** Writes events as a stream of this language: one item after the other, each with its whole lifecycle. */
import type { ChatRequest, Extra } from '../../core/chat.ts';
import type { ChatEvent, OpaqueEvent, PartDelta, PartEnd, PartStart, ResponseStart } from '../../core/events.ts';
import type { GatewayError } from '../../core/gateway-error.ts';
import { isJsonObject, stringOrNull, type JsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Frame } from '../../core/protocol.ts';
import type { FinishReason, Usage } from '../../core/usage.ts';
import { setDefined } from '../../wire/codec/extra.ts';
import { loseFinish } from '../../wire/codec/lose-finish.ts';
import { loseOpaque, StreamWriter } from '../../wire/codec/stream-writer.ts';
import { echoOf } from './echo.ts';
import { errorFrames } from './error-frames.ts';
import { loseForeign, PROTOCOL } from './extra.ts';
import { FrameSequence } from './frame-sequence.ts';
import { ItemWriter } from './item-writer.ts';
import { loseSound } from './output-item.ts';
import {
  contentLogprobs,
  lastStatus,
  loseChoice,
  responseHead,
  responseObject,
  type ResponseHead,
} from './response-write.ts';
import { WrittenPart } from './written-part.ts';

/** Something that waits for the items before it to end: a part with the text that came meanwhile, or an opaque event. */
type Waiting = { readonly part: WrittenPart; text: string } | { readonly opaque: OpaqueEvent };

/**
 * Writes one stream. Clients of this language take items one by one (Pi runs the first of two overlapping calls twice): while a part is
 * open, the parts that other languages open beside it wait, and follow whole when it ends.
 */
export class ResponsesEventWriter extends StreamWriter {
  readonly #request: ChatRequest;
  readonly #losses: LossLog;
  readonly #frames = new FrameSequence();
  #head: ResponseHead = responseHead('', '', null, undefined);
  readonly #output: JsonObject[] = [];
  #item: ItemWriter | null = null;
  /** The part that is written now. */
  #live: { readonly part: WrittenPart; readonly index: number } | null = null;
  readonly #waiting = new Map<number, Waiting>();
  /** Ids of hosted tools' items that were announced and are not over. */
  readonly #announced = new Map<string, number>();
  #queued = 0;
  #end: { readonly finish: FinishReason; readonly extra: Extra | undefined } | null = null;
  #usage: Usage | null = null;

  /** @param request the client's own: the answer repeats what it asked */
  constructor(request: ChatRequest, losses: LossLog) {
    super();
    this.#request = request;
    this.#losses = losses;
  }

  protected say(event: Exclude<ChatEvent, { type: 'error' }>, out: Frame[]): void {
    if ('choice' in event && event.choice !== 0) return loseChoice(event.choice, this.#losses);
    switch (event.type) {
      case 'response-start':
        return this.#start(event, out);
      case 'part-start':
        return this.#partStart(event, out);
      case 'part-delta':
        return this.#partDelta(event, out);
      case 'part-end':
        return this.#partEnd(event, out);
      case 'logprobs-delta': {
        const list = contentLogprobs(event.logprobs, this.#losses);
        if (this.#live?.part.type === 'text') this.#live.part.logprobs.push(...list);
        else if (list.length > 0) this.#lose('logprobs', 'They came outside of any text.');
        return;
      }
      case 'choice-end':
        loseForeign(event.extra, 'choices[0]', this.#losses);
        this.#end = { finish: event.finish, extra: event.extra };
        return this.#settle(event.finish, out);
      case 'usage':
        this.#usage = event.usage;
        return;
      case 'opaque':
        return this.#opaque(event, out);
      case 'response-end':
        return this.#finish(out);
    }
  }

  protected lastWords(error: GatewayError): readonly Frame[] {
    return errorFrames(error, this.#frames.next, { ...this.#head, output: this.#output });
  }

  #lose(field: string, why: string): void {
    this.#losses.add({ field, kind: 'dropped', why });
  }

  /** `response.created` and `response.in_progress` are prologue: they commit to nothing. */
  #start(event: ResponseStart, out: Frame[]): void {
    loseForeign(event.extra, '', this.#losses);
    this.#head = {
      ...responseHead(event.id, event.model, event.createdAtMs, event.serviceTier),
      ...echoOf(this.#request),
    };
    const running = { status: 'in_progress', error: null, incomplete_details: null, output: [], usage: null };
    const response = { ...this.#head, ...running };
    this.#frames.emit('response.created', { response }, out);
    this.#frames.emit('response.in_progress', { response }, out);
  }

  #partStart(event: PartStart, out: Frame[]): void {
    if (event.part === 'audio') return loseSound(this.#losses);
    const part = new WrittenPart(event);
    if (this.#live === null && this.#waiting.size === 0) this.#open(part, event.index, out);
    else this.#waiting.set(event.index, { part, text: '' });
  }

  #partDelta({ index, delta }: PartDelta, out: Frame[]): void {
    if (this.#live?.index === index) return this.#item?.grow(delta, out);
    const waiting = this.#waiting.get(index);
    if (waiting !== undefined && 'part' in waiting) waiting.text += delta;
  }

  #partEnd(event: PartEnd, out: Frame[]): void {
    const waiting = this.#waiting.get(event.index);
    if (waiting !== undefined && 'part' in waiting) return waiting.part.end(event);
    if (this.#live?.index !== event.index) return;
    this.#live.part.end(event);
    this.#endLive(out);
    this.#advance(out);
  }

  #open(part: WrittenPart, index: number, out: Frame[]): void {
    this.#live = { part, index };
    if (this.#item?.takes(part) === true) return this.#item.add(part, out);
    this.#closeItem('completed', out);
    const setting = { frames: this.#frames, answerId: this.#head.id, losses: this.#losses };
    this.#item = new ItemWriter(setting, this.#output.length, part, out);
  }

  #endLive(out: Frame[]): void {
    if (this.#live === null) return;
    this.#item?.endPart(out);
    const isAlone = this.#live.part.type === 'tool-call';
    this.#live = null;
    if (isAlone) this.#closeItem('completed', out);
  }

  #closeItem(status: string, out: Frame[]): void {
    if (this.#item === null) return;
    this.#output.push(this.#item.close(status, out));
    this.#item = null;
  }

  /** Those that waited follow, until one of them is still under way. */
  #advance(out: Frame[]): void {
    for (const [index, next] of this.#waiting) {
      this.#waiting.delete(index);
      if ('opaque' in next) this.#writeOpaque(next.opaque, out);
      else {
        this.#open(next.part, index, out);
        this.#item?.grow(next.text, out);
        if (!next.part.ended) return;
        this.#endLive(out);
      }
    }
  }

  /** Everything that is open is closed; the last item was cut off where the answer was. */
  #settle(finish: FinishReason, out: Frame[]): void {
    while (this.#live !== null) {
      this.#endLive(out);
      this.#advance(out);
    }
    this.#advance(out);
    this.#closeItem(lastStatus(finish), out);
  }

  #opaque(event: OpaqueEvent, out: Frame[]): void {
    if (event.protocol !== PROTOCOL) return loseOpaque(event, `output[${event.at?.index ?? 0}]`, this.#losses);
    if (this.#live === null && this.#waiting.size === 0) this.#writeOpaque(event, out);
    else this.#waiting.set(-1 - this.#queued++, { opaque: event });
  }

  /** A hosted tool's item, or an event of its progress under the numbers of this stream. */
  #writeOpaque({ value, at }: OpaqueEvent, out: Frame[]): void {
    if (!isJsonObject(value)) return;
    if (at !== undefined) return this.#hostedItem(value, out);
    const { type, sequence_number: _sequence, ...body } = value;
    if (typeof type !== 'string') return;
    const item = body['item'];
    const id = isJsonObject(item) ? item['id'] : body['item_id'];
    if (type === 'response.output_item.added' && typeof id === 'string') {
      this.#closeItem('completed', out);
      this.#announced.set(id, this.#output.length);
    }
    const index = typeof id === 'string' ? this.#announced.get(id) : undefined;
    setDefined(body, 'output_index', index ?? body['output_index']);
    this.#frames.emit(type, body, out);
  }

  #hostedItem(item: JsonObject, out: Frame[]): void {
    this.#closeItem('completed', out);
    const place = { output_index: this.#output.length, item };
    const { id } = item;
    const isAnnounced = typeof id === 'string' && this.#announced.delete(id);
    if (!isAnnounced) this.#frames.emit('response.output_item.added', place, out);
    this.#frames.emit('response.output_item.done', place, out);
    this.#output.push(item);
  }

  #finish(out: Frame[]): void {
    const finish = this.#end?.finish ?? { unified: 'other', raw: null };
    if (this.#end === null) this.#settle(finish, out);
    this.close();
    const response = responseObject(this.#head, finish, this.#end?.extra, this.#output, this.#usage);
    const { status } = response;
    loseFinish(finish, stringOrNull(status), this.#losses);
    const word = status === 'incomplete' || status === 'failed' ? status : 'completed';
    this.#frames.emit(`response.${word}`, { response }, out);
  }
}
