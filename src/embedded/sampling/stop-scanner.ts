/** Finds stop strings in text that comes in pieces, and holds back what may yet become one. */
import type { TokenLogprobs } from './logprobs.ts';

/** Text that may be shown, with the scores of its tokens where they were asked for. */
export interface Piece {
  readonly text: string;
  readonly logprobs: readonly TokenLogprobs[];
}

/** What a push found. */
export interface Scan extends Piece {
  /** True when a stop string came; `text` then ends right before it. */
  readonly stopped: boolean;
}

interface HeldToken {
  /** Where its text begins in the held text. */
  readonly at: number;
  readonly logprobs: TokenLogprobs;
}

/** Scans one answer. */
export class StopScanner {
  readonly #stops: readonly string[];
  #text = '';
  #tokens: HeldToken[] = [];

  constructor(stops: readonly string[]) {
    this.#stops = stops;
  }

  /** Adds the text of one token; `logprobs` null where not asked for. */
  push(text: string, logprobs: TokenLogprobs | null): Scan {
    if (logprobs !== null) this.#tokens.push({ at: this.#text.length, logprobs });
    this.#text += text;
    const found = this.#stops.map((stop) => this.#text.indexOf(stop)).filter((at) => at !== -1);
    if (found.length > 0) return { ...this.#release(Math.min(...found)), stopped: true };
    return { ...this.#release(this.#text.length - this.#heldBack()), stopped: false };
  }

  /** Everything that is left, at the end of the answer. */
  flush(text: string): Piece {
    this.#text += text;
    const piece = { text: this.#text, logprobs: this.#tokens.map(({ logprobs }) => logprobs) };
    this.#text = '';
    this.#tokens = [];
    return piece;
  }

  /** Length of the longest end of the text that begins a stop string. */
  #heldBack(): number {
    let longest = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, this.#text.length); length > longest; length--) {
        if (this.#text.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }

  #release(end: number): Piece {
    const released = this.#tokens.filter(({ at }) => at < end);
    const piece = { text: this.#text.slice(0, end), logprobs: released.map(({ logprobs }) => logprobs) };
    this.#text = this.#text.slice(end);
    this.#tokens = this.#tokens.filter(({ at }) => at >= end).map(({ at, logprobs }) => ({ at: at - end, logprobs }));
    return piece;
  }
}
