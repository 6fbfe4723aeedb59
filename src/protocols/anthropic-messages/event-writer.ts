/** Writes events as the events of a Messages stream. */
import type { ChatEvent, PartStart, ResponseStart } from '../../core/events.ts';
import type { GatewayError } from '../../core/gateway-error.ts';
import { isJsonObject, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Frame } from '../../core/protocol.ts';
import type { FinishReason, Usage } from '../../core/usage.ts';
import { sendable } from '../../wire/codec/extra.ts';
import { loseFinish } from '../../wire/codec/lose-finish.ts';
import { loseOpaque, StreamWriter } from '../../wire/codec/stream-writer.ts';
import { loseSound } from './block-write.ts';
import { writeErrorFrames } from './error-write.ts';
import { loseForeign, ownBag, PROTOCOL } from './extra.ts';
import { writeFinish } from './finish.ts';
import { STOP } from './grammar.ts';
import { failedAnswer, loseChoice, loseLogprobs, loseUsage } from './response-write.ts';
import { frameOf, StreamBlock, type BlockStream } from './stream-block.ts';
import { writeUsage } from './usage.ts';

/** Fields of an ending that stand beside `delta`, not in it. */
const BESIDE = new Set(['context_management']);

/**
 * Writes one stream: message_start once something is to be said, blocks one after the other however their parts overlap,
 * message_delta with the stop reason and all counts, message_stop once.
 */
export class MessagesEventWriter extends StreamWriter implements BlockStream {
  readonly losses: LossLog;
  readonly #blocks = new Map<number, StreamBlock>();
  /** Parts that began and are not closed, in that order: the first one is written, the others wait. */
  readonly #queue: (StreamBlock | JsonObject)[] = [];
  #head: ResponseStart | null = null;
  #isOpen = false;
  #written = 0;
  #usage: Usage | null = null;
  #finish: FinishReason = { unified: 'other', raw: null };
  #ending: JsonObject = {};
  #isRefused = false;

  /** @param losses gets what a Messages stream cannot say */
  constructor(losses: LossLog) {
    super();
    this.losses = losses;
  }

  protected say(event: Exclude<ChatEvent, { type: 'error' }>, out: Frame[]): void {
    if ('choice' in event && event.choice !== 0) return loseChoice(event.choice, this.losses);
    switch (event.type) {
      case 'response-start':
        loseForeign(event.extra, '', this.losses);
        this.#head = event;
        return;
      case 'usage':
        this.#usage = event.usage;
        return;
      case 'part-start':
        return this.#partStart(event, out);
      case 'part-delta':
        return this.#blocks.get(event.index)?.delta(event.delta, out);
      case 'part-end':
        return this.#partEnd(event, out);
      case 'opaque':
        return this.#opaque(event, out);
      case 'logprobs-delta':
        return loseLogprobs(this.losses);
      case 'choice-end':
        loseForeign(event.extra, 'choices[0]', this.losses);
        this.#finish = event.finish;
        this.#ending = ownBag(event.extra);
        return;
      case 'response-end':
        return this.#terminate(out);
    }
  }

  protected lastWords(error: GatewayError, requestId?: string): readonly Frame[] {
    return writeErrorFrames(error, requestId);
  }

  nextBlock(): number {
    return this.#written++;
  }

  #partStart(event: PartStart, out: Frame[]): void {
    if (event.part === 'audio') return loseSound(this.losses);
    this.#isRefused ||= event.part === 'refusal';
    this.#open(out);
    const block = new StreamBlock(event, this);
    this.#blocks.set(event.index, block);
    this.#queue.push(block);
    if (this.#queue.length === 1) block.live(out);
  }

  #partEnd(event: Extract<ChatEvent, { type: 'part-end' }>, out: Frame[]): void {
    const block = this.#blocks.get(event.index);
    if (block === undefined) return;
    block.ended = event;
    this.#blocks.delete(event.index);
    if (this.#queue[0] === block) this.#advance(out);
  }

  #opaque(event: Extract<ChatEvent, { type: 'opaque' }>, out: Frame[]): void {
    if (event.protocol !== PROTOCOL) return loseOpaque(event, `content[${event.at?.index ?? 0}]`, this.losses);
    if (event.at !== undefined && isJsonObject(event.value)) {
      this.#open(out);
      this.#queue.push(event.value);
      if (this.#queue.length === 1) this.#advance(out);
    }
  }

  /** Closes the first of the queue where it is whole, and goes on with the next ones as far as they are. */
  #advance(out: Frame[]): void {
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      if (!(first instanceof StreamBlock)) this.#whole(first, out);
      else if (first.ended === null) return;
      else first.close(out);
      this.#queue.shift();
      const next = this.#queue[0];
      if (next instanceof StreamBlock) next.live(out);
    }
  }

  /** A block carried whole: its input goes as a delta, as clients gather it. */
  #whole(block: JsonObject, out: Frame[]): void {
    const index = this.nextBlock();
    const { input } = block;
    const start = isJsonObject(input) ? { ...block, input: {} } : block;
    out.push(frameOf('content_block_start', `,"index":${index},"content_block":${JSON.stringify(start)}`));
    if (isJsonObject(input)) {
      const text = JSON.stringify(JSON.stringify(input));
      const delta = `{"type":"input_json_delta","partial_json":${text}}`;
      out.push(frameOf('content_block_delta', `,"index":${index},"delta":${delta}`));
    }
    out.push(frameOf('content_block_stop', `,"index":${index}`));
  }

  /** Counts that came before the first words are the first that the client sees; else they are 0 so far. */
  #open(out: Frame[]): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const { id = '', model = '', serviceTier, extra } = this.#head ?? {};
    const message: JsonObject = {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      ...sendable(ownBag(extra)),
      usage: writeUsage(this.#usage, serviceTier),
    };
    out.push(frameOf('message_start', `,"message":${JSON.stringify(message)}`));
  }

  #terminate(out: Frame[]): void {
    if (this.#finish.unified === 'error') return this.abort(failedAnswer(this.#finish), out);
    this.#open(out);
    for (const block of this.#queue) if (block instanceof StreamBlock) block.ended ??= UNSAID;
    this.#advance(out);
    this.close();
    if (this.#usage === null) loseUsage(this.losses);
    const stop = writeFinish(this.#finish, this.#isRefused);
    loseFinish(this.#finish, stop, this.losses);
    const delta = { stop_reason: stop, stop_sequence: null, stop_details: null, ...sendable(this.#ending, BESIDE) };
    const beside: MutableJsonObject = {};
    for (const key of BESIDE) if (this.#ending[key] !== undefined) beside[key] = this.#ending[key];
    const fields = { delta, usage: writeUsage(this.#usage, undefined), ...beside };
    out.push(frameOf('message_delta', `,${JSON.stringify(fields).slice(1, -1)}`));
    out.push(frameOf(STOP, ''));
  }
}

const UNSAID: Extract<ChatEvent, { type: 'part-end' }> = { type: 'part-end', choice: 0, index: 0 };
