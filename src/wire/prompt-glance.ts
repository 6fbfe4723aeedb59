/** Two figures about the prompt in a JSON body, taken from its bytes: a hash of its beginning, and how much of it is encoded media. */

const QUOTE = 0x22;
const SPACE = 0x20;
/** A string without a space in its first bytes that is longer than this is no text. */
const LONG = 2048;
const LOOK = 256;

/**
 * FNV-1a over the first bytes of `bytes[start, end)`, 32 bits, at most `most` bytes of it: equal beginnings have equal hashes, which is
 * what caches of prompts go by.
 */
export function hashBeginning(bytes: Uint8Array, start: number, end: number, most: number): number {
  const stop = Math.min(end, start + most);
  let hash = 0x811c9dc5;
  for (let i = start; i < stop; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return hash >>> 0;
}

/** Bytes that lie in long strings without a space at their beginning: images, sound and files in base64. */
export function countMediaBytes(bytes: Uint8Array): number {
  let count = 0;
  let from = bytes.indexOf(QUOTE);
  while (from !== -1) {
    const to = bytes.indexOf(QUOTE, from + 1);
    if (to === -1) break;
    if (to - from > LONG && !hasSpace(bytes, from + 1)) count += to - from - 1;
    from = to;
  }
  return count;
}

function hasSpace(bytes: Uint8Array, start: number): boolean {
  for (let i = start; i < start + LOOK; i++) if (bytes[i] === SPACE) return true;
  return false;
}
