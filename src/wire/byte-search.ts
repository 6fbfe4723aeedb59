/** Finds a text in bytes from their end, a pattern's length at a time. */

const SLOTS = 4096;

/** Where the skip of two neighbours is kept; neighbours that share a slot share the smaller skip. */
function slotOf(first: number, second: number): number {
  return ((first << 5) ^ second) & (SLOTS - 1);
}

/**
 * One ASCII pattern, prepared: Horspool's search (Practical fast searching in strings, Software: Practice and Experience 10, 1980) turned
 * round and over pairs of bytes. Most bytes are never looked at, so that asking costs next to nothing.
 */
export class LastSearch {
  readonly #pattern: Uint8Array;
  readonly #skips: Uint8Array;

  /** @param text ASCII, 2 to 255 characters */
  constructor(text: string) {
    const pattern = new TextEncoder().encode(text);
    const last = pattern.length - 1;
    const skips = new Uint8Array(SLOTS).fill(pattern.length);
    for (let next = 0; next < 256; next++) skips[slotOf(pattern[last]!, next)] = last;
    for (let i = last - 1; i > 0; i--) skips[slotOf(pattern[i]!, pattern[i + 1]!)] = i;
    this.#pattern = pattern;
    this.#skips = skips;
  }

  /** How long the pattern is, bytes. */
  get length(): number {
    return this.#pattern.length;
  }

  /** Offset of the last occurrence within `bytes[start, end)`; -1 when there is none. */
  in(bytes: Uint8Array, start: number, end: number): number {
    const pattern = this.#pattern;
    const skips = this.#skips;
    const length = pattern.length;
    const head = pattern[0]!;
    for (let at = end - length; at >= start;) {
      const first = bytes[at]!;
      const second = bytes[at + 1]!;
      if (first === head) {
        let i = 1;
        while (i < length && bytes[at + i] === pattern[i]) i++;
        if (i === length) return at;
      }
      at -= skips[slotOf(first, second)]!;
    }
    return -1;
  }
}
