/** Splits text that carries its reasoning between `<think>` tags, wherever the chunks are cut. */

const OPEN = '<think>';
const CLOSE = '</think>';

/** What a piece of text is. */
export interface TaggedText {
  readonly reasoning: boolean;
  readonly text: string;
}

/**
 * An incremental splitter. `tags`: the text may begin with `<think>`, after white space only; once visible text began no tag
 * is touched any more. `primed`: the template already wrote the opening tag, so the text begins inside the reasoning.
 */
export class ThinkTagSplitter {
  #state: 'start' | 'reasoning' | 'text' = 'start';
  readonly #primed: boolean;
  #held = '';

  /** @param primed true where the opening tag was spent in the prompt */
  constructor(primed: boolean) {
    this.#primed = primed;
  }

  /** The pieces that are certain after more text came. */
  push(more: string): TaggedText[] {
    const out: TaggedText[] = [];
    let rest = this.#held + more;
    this.#held = '';
    if (this.#state === 'start') rest = this.#begin(rest);
    if (this.#state === 'reasoning') rest = this.#reason(rest, out);
    if (this.#state === 'text' && rest !== '') out.push({ reasoning: false, text: rest });
    return out;
  }

  /** What was held back when the text ended in the middle of what might have been a tag. */
  end(): TaggedText[] {
    const rest = this.#held;
    this.#held = '';
    if (rest === '') return [];
    return [{ reasoning: this.#state === 'reasoning' || (this.#state === 'start' && this.#primed), text: rest }];
  }

  #begin(text: string): string {
    const body = text.trimStart();
    if (body.startsWith(OPEN)) {
      this.#state = 'reasoning';
      return body.slice(OPEN.length);
    }
    if (OPEN.startsWith(body)) {
      this.#held = text;
      return '';
    }
    this.#state = this.#primed ? 'reasoning' : 'text';
    return text;
  }

  #reason(text: string, out: TaggedText[]): string {
    const at = text.indexOf(CLOSE);
    if (at >= 0) {
      if (at > 0) out.push({ reasoning: true, text: text.slice(0, at) });
      this.#state = 'text';
      return text.slice(at + CLOSE.length);
    }
    const keep = tailThatMayOpen(text);
    if (text.length > keep) out.push({ reasoning: true, text: text.slice(0, text.length - keep) });
    this.#held = text.slice(text.length - keep);
    return '';
  }
}

/** How many characters at the end may be the beginning of the closing tag. */
function tailThatMayOpen(text: string): number {
  for (let length = Math.min(CLOSE.length - 1, text.length); length > 0; length--) {
    if (CLOSE.startsWith(text.slice(text.length - length))) return length;
  }
  return 0;
}
