/** Finds a text in bytes from their end, a pattern's length at a time. */

/**
 * One ASCII pattern, prepared: Horspool's search (Practical fast searching in strings, Software: Practice and Experience 10, 1980) turned
 * round. Most bytes are never looked at, so that asking costs next to nothing.
 */
export class LastSearch {
  readonly #pattern: Uint8Array;
  readonly #skips: Uint8Array;

  /** @param text ASCII, at most 255 characters */
  constructor(text: string) {
    this.#pattern = new TextEncoder().encode(text);
    const length = this.#pattern.length;
    this.#skips = new Uint8Array(256).fill(length);
    for (let i = length - 1; i > 0; i--) this.#skips[this.#pattern[i]!] = i;
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
    const first = pattern[0]!;
    for (let at = end - length; at >= start;) {
      const byte = bytes[at]!;
      if (byte === first) {
        let i = 1;
        while (i < length && bytes[at + i] === pattern[i]) i++;
        if (i === length) return at;
      }
      at -= skips[byte]!;
    }
    return -1;
  }
}
