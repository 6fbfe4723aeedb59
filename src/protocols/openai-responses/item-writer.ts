/** Writes the frames of one output item, from its announcement to its end. */
import { isJsonArray, type Json, type JsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Frame } from '../../core/protocol.ts';
import { textHint } from './extra.ts';
import type { FrameSequence } from './frame-sequence.ts';
import { sharesItem, type Group } from './groups.ts';
import { outputContent, outputItem } from './output-item.ts';
import { kindOf } from './reasoning.ts';
import type { WrittenPart } from './written-part.ts';

/** What an item must know of its answer. */
export interface ItemSetting {
  readonly frames: FrameSequence;
  readonly answerId: string;
  readonly losses: LossLog;
}

/** One item under way; its parts follow each other. */
export class ItemWriter {
  readonly #setting: ItemSetting;
  readonly #index: number;
  readonly #parts: WrittenPart[] = [];
  readonly #id: Json | undefined;
  /** What every frame of the item names. */
  readonly #place: JsonObject;
  /** Type and fixed fields of the running part's deltas. */
  #delta: readonly [type: string, tail: string] = ['', ''];
  /** Position of the running part in its list; -1 = nothing of it was announced yet. */
  #at = -1;
  readonly #counts = { summary: 0, content: 0 };

  /** Announces the item. @param index its place in the output */
  constructor(setting: ItemSetting, index: number, first: WrittenPart, out: Frame[]) {
    this.#setting = setting;
    this.#index = index;
    this.#parts.push(first);
    const item = this.#build('in_progress');
    this.#id = item['id'];
    this.#place = { item_id: this.#id, output_index: index };
    const { encrypted_content: _sealed, ...bare } = item;
    const empty = first.type === 'text' ? { content: [] } : first.type === 'reasoning' ? { summary: [] } : {};
    const announced = { ...bare, ...empty, status: 'in_progress' };
    setting.frames.emit('response.output_item.added', { output_index: index, item: announced }, out);
    this.#begin(first, out);
  }

  /** True when a part goes on with this item. */
  takes(part: WrittenPart): boolean {
    const last = this.#last;
    return sharesItem(last, part);
  }

  /** The next part of this item; the one before is over. */
  add(part: WrittenPart, out: Frame[]): void {
    this.#parts.push(part);
    this.#begin(part, out);
  }

  /** More of the running part. */
  grow(delta: string, out: Frame[]): void {
    if (delta === '') return;
    const part = this.#last;
    part.text += delta;
    if (this.#at < 0) this.#announceThought(part, out);
    const [type, tail] = this.#delta;
    if (type !== '') this.#setting.frames.emitDelta(type, tail, delta, out);
  }

  /** The running part is over. */
  endPart(out: Frame[]): void {
    const part = this.#last;
    if (part.type === 'tool-call') return this.#endCall(part, out);
    if (part.type === 'reasoning') return this.#endThought(part, out);
    const { frames } = this.#setting;
    const at = { ...this.#place, content_index: this.#at };
    const content = outputContent(part.asText, part.logprobs);
    const { text, refusal, annotations, logprobs } = content;
    if (refusal !== undefined) frames.emit('response.refusal.done', { ...at, refusal }, out);
    else {
      if (isJsonArray(annotations)) {
        annotations.forEach((annotation, i) => {
          const fields = { ...at, annotation_index: i, annotation };
          frames.emit('response.output_text.annotation.added', fields, out);
        });
      }
      frames.emit('response.output_text.done', { ...at, text, logprobs }, out);
    }
    frames.emit('response.content_part.done', { ...at, part: content }, out);
  }

  /** The item is over; returns it as it stands in the output. */
  close(status: string, out: Frame[]): JsonObject {
    const item = this.#build(status);
    this.#setting.frames.emit('response.output_item.done', { output_index: this.#index, item }, out);
    return item;
  }

  get #last(): WrittenPart {
    return this.#parts[this.#parts.length - 1]!;
  }

  #build(status: string): JsonObject {
    const { answerId, losses } = this.#setting;
    const logprobs = this.#parts.flatMap((part) => part.logprobs);
    const item = outputItem(groupOf(this.#parts), { index: this.#index, answerId, status, logprobs, losses });
    return item === null || this.#id === undefined ? (item ?? {}) : { ...item, id: this.#id };
  }

  #begin(part: WrittenPart, out: Frame[]): void {
    this.#at = -1;
    this.#delta = ['', ''];
    if (part.type === 'tool-call') {
      this.#at = 0;
      const type = part.start.kind === 'custom' ? 'custom_tool_call_input' : 'function_call_arguments';
      this.#delta = [`response.${type}.delta`, tailOf(this.#place)];
    } else if (part.type === 'reasoning') {
      // other languages' reasoning may turn out to be sealed and without a word
      if (textHint(part.extra, '#kind') !== null) this.#announceThought(part, out);
    } else {
      this.#at = this.#counts.content++;
      const at = { ...this.#place, content_index: this.#at };
      const isRefusal = part.start.part === 'refusal';
      const empty = isRefusal
        ? { type: 'refusal', refusal: '' }
        : { type: 'output_text', text: '', annotations: [], logprobs: [] };
      this.#setting.frames.emit('response.content_part.added', { ...at, part: empty }, out);
      this.#delta = isRefusal
        ? ['response.refusal.delta', tailOf(at)]
        : ['response.output_text.delta', tailOf({ ...at, logprobs: [] })];
    }
  }

  #announceThought(part: WrittenPart, out: Frame[]): void {
    const { frames } = this.#setting;
    const kind = kindOf({ ...part.asReasoning, text: part.text === '' ? ' ' : part.text });
    if (kind === 'none') return;
    if (kind === 'summary') {
      this.#at = this.#counts.summary++;
      const at = { ...this.#place, summary_index: this.#at };
      frames.emit('response.reasoning_summary_part.added', { ...at, part: { type: 'summary_text', text: '' } }, out);
      this.#delta = ['response.reasoning_summary_text.delta', tailOf(at)];
    } else {
      this.#at = this.#counts.content++;
      const at = { ...this.#place, content_index: this.#at };
      frames.emit('response.content_part.added', { ...at, part: { type: 'reasoning_text', text: '' } }, out);
      this.#delta = ['response.reasoning_text.delta', tailOf(at)];
    }
  }

  #endThought({ text }: WrittenPart, out: Frame[]): void {
    if (this.#at < 0) return;
    const { frames } = this.#setting;
    if (this.#delta[0] === 'response.reasoning_summary_text.delta') {
      const at = { ...this.#place, summary_index: this.#at };
      frames.emit('response.reasoning_summary_text.done', { ...at, text }, out);
      frames.emit('response.reasoning_summary_part.done', { ...at, part: { type: 'summary_text', text } }, out);
    } else {
      const at = { ...this.#place, content_index: this.#at };
      frames.emit('response.reasoning_text.done', { ...at, text }, out);
      frames.emit('response.content_part.done', { ...at, part: { type: 'reasoning_text', text } }, out);
    }
  }

  #endCall(part: WrittenPart, out: Frame[]): void {
    const { frames } = this.#setting;
    if (part.start.kind === 'custom') {
      frames.emit('response.custom_tool_call_input.done', { ...this.#place, input: part.text }, out);
    } else {
      const { name } = this.#build('completed');
      frames.emit('response.function_call_arguments.done', { ...this.#place, name, arguments: part.text }, out);
    }
  }
}

/** The members of an object as JSON text that follows others. */
function tailOf(fields: JsonObject): string {
  return `,${JSON.stringify(fields).slice(1, -1)}`;
}

function groupOf(parts: readonly WrittenPart[]): Group {
  const [first] = parts;
  if (first?.type === 'tool-call') return { kind: 'call', part: first.asCall };
  if (first?.type === 'reasoning') return { kind: 'reasoning', parts: parts.map((part) => part.asReasoning) };
  return { kind: 'message', parts: parts.map((part) => part.asText) };
}
