/** A part that is being written: what has been said of it so far. */
import type { Extra, ReasoningPart, TextPart, ToolCallPart } from '../../core/chat.ts';
import type { PartEnd, PartStart } from '../../core/events.ts';
import type { Json } from '../../core/json.ts';
import type { ItemPart } from './groups.ts';

/** Collects one part. Audio has no place in this language and never becomes one. */
export class WrittenPart implements ItemPart {
  readonly start: PartStart;
  readonly type: 'text' | 'reasoning' | 'tool-call';
  extra: Extra;
  text = '';
  logprobs: Json[] = [];
  ended = false;
  #sealed: { signature?: string; opaque?: string; origin?: string } = {};

  /** @param start not of an audio part */
  constructor(start: PartStart) {
    this.start = start;
    this.type = start.part === 'reasoning' || start.part === 'tool-call' ? start.part : 'text';
    this.extra = start.extra ?? {};
  }

  /** The part is whole. */
  end({ signature, opaque, origin, extra = {} }: PartEnd): void {
    this.ended = true;
    this.#sealed = {
      ...(signature === undefined ? {} : { signature }),
      ...(opaque === undefined ? {} : { opaque }),
      ...(origin === undefined ? {} : { origin }),
    };
    const merged: { -readonly [P in keyof Extra]: Extra[P] } = { ...this.extra };
    for (const [protocol, bag] of Object.entries(extra)) {
      const id = protocol as keyof Extra;
      merged[id] = { ...merged[id], ...bag };
    }
    this.extra = merged;
  }

  /** The text so far as a part. */
  get asText(): TextPart {
    const refusal = this.start.part === 'refusal' ? { refusal: true as const } : {};
    return { type: 'text', text: this.text, ...refusal, extra: this.extra };
  }

  /** The reasoning so far as a part. */
  get asReasoning(): ReasoningPart {
    return { type: 'reasoning', text: this.text, ...this.#sealed, extra: this.extra };
  }

  /** The call so far as a part. */
  get asCall(): ToolCallPart {
    const { id = '', name = '', kind } = this.start;
    const custom = kind === undefined ? {} : { kind };
    return { type: 'tool-call', id, name, arguments: this.text, ...custom, extra: this.extra };
  }
}
