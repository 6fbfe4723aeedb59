/** Words that say what the number behind them is, read once along with the numbers of a text. */
import { isLetter } from './characters.ts';

/** How far before a number its word may end, UTF-16 units. */
const REACH = 48;
/** Nothing before this can matter: the reach and the longest word. */
const FAR = REACH + 32;
/** Kinds that one reader tells apart. */
const KINDS = 32;

/** Hash of a word in small letters -> the kinds it speaks of, one bit each. Two words of one hash only protect too much. */
export type ContextWords = ReadonlyMap<number, number>;

/** Compiles words of letters a to z, one text per kind. */
export function contextWords(...kinds: readonly string[]): ContextWords {
  const words = new Map<number, number>();
  for (const [kind, text] of kinds.entries()) {
    for (const word of text.split(' ')) {
      let hash = 0;
      for (let i = 0; i < word.length; i++) hash = step(hash, word.charCodeAt(i));
      words.set(hash, (words.get(hash) ?? 0) | (1 << kind));
    }
  }
  return words;
}

/** Reads the words of one text from its beginning to its end, as far as it is asked: linear over all questions. */
export class ContextReader {
  readonly #text: string;
  readonly #words: ContextWords;
  /** Where the last word of each kind ended. */
  readonly #ends = new Int32Array(KINDS).fill(-REACH - 1);
  #at = 0;

  constructor(text: string, words: ContextWords) {
    this.#text = text;
    this.#words = words;
  }

  /** True when a word of the kind ends in the 48 units before `offset`. Offsets never go back. */
  near(offset: number, kind = 0): boolean {
    if (offset > this.#at) this.#readTo(offset);
    return offset - this.#ends[kind]! <= REACH;
  }

  #readTo(end: number): void {
    const text = this.#text;
    let at = Math.max(this.#at, end - FAR);
    if (at > this.#at) while (at < end && isLetter(text.charCodeAt(at - 1))) at++;
    while (at < end) {
      let hash = 0;
      const start = at;
      for (; at < end; at++) {
        const code = text.charCodeAt(at);
        if (!isLetter(code)) break;
        hash = step(hash, code | 32);
      }
      if (at > start) this.#note(hash, at);
      else at++;
    }
    this.#at = end;
  }

  #note(hash: number, end: number): void {
    let kinds = this.#words.get(hash) ?? 0;
    for (let kind = 0; kinds !== 0; kind++, kinds >>>= 1) if ((kinds & 1) === 1) this.#ends[kind] = end;
  }
}

function step(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0;
}
