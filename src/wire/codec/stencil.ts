/** Knows the next chunk of a stream by its likeness to one that was parsed: everything is the same but the words. */

/** Streams whose chunks differ elsewhere too are not worth learning; this many misses in a row prove it. */
const PATIENCE = 8;
/** What a JSON string holds only with an escape. */
// oxlint-disable-next-line no-control-regex
const SPECIAL = /["\\\u0000-\u001f]/;

/**
 * Tokens come one by one in chunks that are equal to the byte but for one string. Once such a chunk was parsed and understood, a chunk
 * with the same text before and after that string, and a string without quotes, escapes and controls in its place, is valid JSON and
 * means the same, so that it need not be parsed.
 */
export class Stencil {
  #before = '';
  #after = '';
  #misses = 0;
  readonly #fields: readonly string[];

  /** @param fields delta fields whose words may differ, with quotes and colon: `"content":` */
  constructor(fields: readonly string[]) {
    this.#fields = fields;
  }

  /** True when `data` is the learned chunk with other, non-empty words. */
  fits(data: string): boolean {
    const start = this.#before.length;
    const end = data.length - this.#after.length;
    if (start === 0 || end <= start) return false;
    // equality of slices is twice as fast as startsWith and endsWith
    if (data.slice(0, start) !== this.#before || data.slice(end) !== this.#after) return false;
    if (SPECIAL.test(data.slice(start, end))) return false;
    this.#misses = 0;
    return true;
  }

  /** What follows means something else: nothing is known any more. */
  forget(): void {
    this.#before = '';
  }

  /** Learns a parsed chunk that carries nothing but words. */
  learn(data: string): void {
    if (this.#misses++ >= PATIENCE) return;
    this.#before = '';
    for (const field of this.#fields) {
      const at = data.indexOf(field);
      if (at === -1 || data.lastIndexOf(field) !== at) continue;
      const open = data.indexOf('"', at + field.length);
      const close = data.indexOf('"', open + 1);
      if (close <= open + 1 || data.slice(open, close).includes('\\')) continue;
      if (data.slice(at + field.length, open).trim() !== '') continue;
      this.#before = data.slice(0, open + 1);
      this.#after = data.slice(close);
      return;
    }
  }
}
