/** Words that say what the number behind them is, read once along with the numbers of a text. */
import { isLetter } from './characters.ts';
import type { Reading } from './reading.ts';

/** How far before a number its word may end, UTF-16 units. */
const REACH = 48;
/** Nothing before this can matter: the reach and the longest word. */
const FAR = REACH + 32;
/** Kinds that one reader tells apart. */
const KINDS = 32;

/** Words, by their hash in small letters. Two words of one hash only protect too much. */
export interface ContextWords {
  /** The kinds that a word speaks of, one bit each. */
  readonly kinds: ReadonlyMap<number, number>;
  /** 1 at the low bits of each hash: nearly every other word is turned away by these. */
  readonly sieve: Uint8Array;
}

const SIEVE = 1024;

/** Compiles words of letters a to z, one text per kind. */
export function contextWords(...kinds: readonly string[]): ContextWords {
  const words = new Map<number, number>();
  const sieve = new Uint8Array(SIEVE);
  for (const [kind, text] of kinds.entries()) {
    for (const word of text.split(' ')) {
      let hash = 0;
      for (let i = 0; i < word.length; i++) hash = step(hash, word.charCodeAt(i));
      words.set(hash, (words.get(hash) ?? 0) | (1 << kind));
      sieve[hash & (SIEVE - 1)] = 1;
    }
  }
  return { kinds: words, sieve };
}

/** Reads the words of one text from its beginning to its end, as far as it is asked: linear over all questions. */
export class ContextReader {
  readonly #units: Uint8Array;
  readonly #words: ContextWords;
  /** Where the last word of each kind ended. */
  readonly #ends = new Int32Array(KINDS).fill(-REACH - 1);
  #at = 0;

  constructor({ units }: Reading, words: ContextWords) {
    this.#units = units;
    this.#words = words;
  }

  /** True when a word of the kind ends in the 48 units before `offset`. Offsets never go back. */
  near(offset: number, kind = 0): boolean {
    if (offset > this.#at) this.#readTo(offset);
    return offset - this.#ends[kind]! <= REACH;
  }

  #readTo(end: number): void {
    const units = this.#units;
    const { sieve } = this.#words;
    let at = Math.max(this.#at, end - FAR);
    if (at > this.#at) while (at < end && isLetter(units[at - 1]!)) at++;
    while (at < end) {
      const start = at;
      let hash = 0;
      for (let unit = units[at]!; at < end && isLetter(unit); unit = units[++at]!) hash = step(hash, unit | 32);
      if (at === start) at++;
      else if (sieve[hash & (SIEVE - 1)] === 1) this.#note(hash, at);
    }
    this.#at = end;
  }

  #note(hash: number, end: number): void {
    let kinds = this.#words.kinds.get(hash) ?? 0;
    for (let kind = 0; kinds !== 0; kind++, kinds >>>= 1) if ((kinds & 1) === 1) this.#ends[kind] = end;
  }
}

function step(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0;
}
