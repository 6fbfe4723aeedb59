/** One block of a written stream: its start, its deltas and its stop, or the same kept back while another block is open. */
import type { Extra } from '../../core/chat.ts';
import type { PartEnd, PartStart } from '../../core/events.ts';
import { isJsonArray, type JsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Frame } from '../../core/protocol.ts';
import { isEmpty, sendable } from '../../wire/codec/extra.ts';
import { loseForeign, ownBag } from './extra.ts';
import { isRedacted, signatureOf } from './reasoning-write.ts';
import { inputOf } from './tool-use.ts';

/** An event of this language. */
export function frameOf(type: string, rest: string): Frame {
  return { event: type, data: `{"type":"${type}"${rest}}` };
}

/** What blocks need of their stream. */
export interface BlockStream {
  readonly losses: LossLog;
  /** Takes the number of the next block. */
  nextBlock(): number;
}

/** A part that becomes a block. Text and thinking open with their first words: an empty block is never written. */
export class StreamBlock {
  ended: PartEnd | null = null;
  readonly #start: PartStart;
  readonly #stream: BlockStream;
  /** Number of the block; -1 until it is open. */
  #index = -1;
  #held = '';
  #isLive = false;

  constructor(start: PartStart, stream: BlockStream) {
    this.#start = start;
    this.#stream = stream;
  }

  /** It is this block's turn: what was kept back goes out, and everything after it at once. */
  live(out: Frame[]): void {
    this.#isLive = true;
    const { part, id = '', name = '', extra } = this.#start;
    if (part === 'tool-call') {
      this.#open({ type: 'tool_use', id, name, input: {}, ...sendable(ownBag(extra)) }, out);
    }
    const held = this.#held;
    if (this.#isFreeText) return;
    this.#held = '';
    if (held !== '') this.#write(held, out);
  }

  delta(text: string, out: Frame[]): void {
    if (text === '') return;
    if (this.#isLive && !this.#isFreeText) this.#write(text, out);
    else this.#held += text;
  }

  /** Closes the block; `ended` may be missing where the stream ends without it. */
  close(out: Frame[]): void {
    const { part, extra } = this.#start;
    if (part === 'reasoning') this.#sign(out);
    else loseForeign(merged(extra, this.ended?.extra), `content[${this.#start.index}]`, this.#stream.losses);
    if (part === 'text') this.#cite(out);
    if (this.#isFreeText) {
      const call = { arguments: this.#held, kind: 'custom' } as const;
      this.#write(JSON.stringify(inputOf(call, `content[${this.#start.index}]`, this.#stream.losses)), out);
    }
    if (this.#index >= 0) out.push(frameOf('content_block_stop', `,"index":${this.#index}`));
  }

  /** Text of a custom tool goes into an object, which needs the whole of it. */
  get #isFreeText(): boolean {
    return this.#start.kind === 'custom';
  }

  #write(text: string, out: Frame[]): void {
    const words = JSON.stringify(text);
    switch (this.#start.part) {
      case 'text':
      case 'refusal':
        if (this.#index < 0) this.#open({ type: 'text', text: '' }, out);
        return this.#delta(`{"type":"text_delta","text":${words}}`, out);
      case 'reasoning':
        if (this.#index < 0) this.#open({ type: 'thinking', thinking: '', signature: '' }, out);
        return this.#delta(`{"type":"thinking_delta","thinking":${words}}`, out);
      case 'tool-call':
        return this.#delta(`{"type":"input_json_delta","partial_json":${words}}`, out);
      case 'audio':
        return;
    }
  }

  #open(block: JsonObject, out: Frame[]): void {
    this.#index = this.#stream.nextBlock();
    out.push(frameOf('content_block_start', `,"index":${this.#index},"content_block":${JSON.stringify(block)}`));
  }

  #delta(delta: string, out: Frame[]): void {
    out.push(frameOf('content_block_delta', `,"index":${this.#index},"delta":${delta}`));
  }

  #sign(out: Frame[]): void {
    const { signature, opaque, origin, extra } = this.ended ?? {};
    const bags = merged(this.#start.extra, extra);
    const seal = {
      ...(signature === undefined ? {} : { signature }),
      ...(opaque === undefined ? {} : { opaque }),
      ...(origin === undefined ? {} : { origin }),
      ...(bags === undefined ? {} : { extra: bags }),
    };
    if (this.#index < 0 && isRedacted(seal)) {
      return this.#open({ type: 'redacted_thinking', data: opaque ?? '', ...sendable(ownBag(bags)) }, out);
    }
    const written = signatureOf(seal);
    if (written === null) return;
    if (this.#index < 0) this.#open({ type: 'thinking', thinking: '', signature: '' }, out);
    this.#delta(`{"type":"signature_delta","signature":${JSON.stringify(written)}}`, out);
  }

  #cite(out: Frame[]): void {
    const { citations } = ownBag(this.ended?.extra);
    if (!isJsonArray(citations) || citations.length === 0) return;
    if (this.#index < 0) this.#open({ type: 'text', text: '' }, out);
    for (const citation of citations) {
      this.#delta(`{"type":"citations_delta","citation":${JSON.stringify(citation)}}`, out);
    }
  }
}

function merged(a: Extra | undefined, b: Extra | undefined): Extra | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const bags: { [protocol: string]: JsonObject } = {};
  for (const extra of [a, b]) {
    for (const [protocol, bag] of Object.entries(extra)) bags[protocol] = { ...bags[protocol], ...bag };
  }
  return isEmpty(bags) ? undefined : bags;
}
