/** The digest of one file of a model, and the order in which files are listed. */

/** One regular file, or one range of it where the model was hashed in shards. */
export interface FileDigest {
  /** Path with `/`, relative to the model's root; of a shard `path:start:end`, the end exclusive. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** 32 bytes. */
  readonly sha256: Uint8Array;
}

/**
 * Order of names by Unicode code point, which is the order of their UTF-8 bytes. JavaScript's own order is by UTF-16 unit and
 * puts an emoji before U+E000. Source: OpenSSF Model Signing v1.0, section 5.2.1.
 */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Lifts surrogates, which stand for code points above U+FFFF, over the units from U+E000 on. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
