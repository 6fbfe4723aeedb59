/** Ids of tool calls that a vendor would refuse (Mistral: nine letters and digits), renamed so that they can be named back. */

/** Renames ids for one request. */
export interface CallIds {
  /** The id that is written for `id`; the same for the same id. */
  write(id: string): string;
  /** Written -> original, for every id that was changed. */
  readonly names: ReadonlyMap<string, string>;
}

/** @param pattern source of a regular expression that ids must match; null = any */
export function createCallIds(pattern: string | null): CallIds {
  const names = new Map<string, string>();
  const written = new Map<string, string>();
  const allowed = pattern === null ? null : new RegExp(pattern);
  return {
    names,
    write(id) {
      if (allowed === null || allowed.test(id)) return id;
      const known = written.get(id);
      if (known !== undefined) return known;
      const short = shorten(id, allowed, names);
      written.set(id, short);
      if (short !== id) names.set(short, id);
      return short;
    },
  };
}

/** Nine characters is what Mistral asks; 24 and 40 with the usual prefix are what others accept. */
const SHAPES: readonly (readonly [prefix: string, length: number])[] = [
  ['', 9],
  ['call_', 24],
  ['', 24],
  ['', 40],
];

/** A short id that the pattern allows and nobody else has; the id itself where no shape fits the pattern. */
function shorten(id: string, allowed: RegExp, taken: ReadonlyMap<string, string>): string {
  for (const [prefix, length] of SHAPES) {
    for (let salt = 0; salt < 16; salt++) {
      const short = prefix + digits(`${salt}:${id}`, length);
      if (!allowed.test(short)) break;
      if (!taken.has(short)) return short;
    }
  }
  return id;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Letters and digits from FNV-1a hashes of the text: the same on every runtime and in every later turn. */
function digits(text: string, length: number): string {
  let out = '';
  for (let round = 0; out.length < length; round++) {
    let hash = (0x811c9dc5 ^ round) >>> 0;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x2c1b3c6d) >>> 0;
    for (let k = 0; k < 5 && out.length < length; k++) {
      out += ALPHABET[hash % 36];
      hash = Math.floor(hash / 36);
    }
  }
  return out;
}
