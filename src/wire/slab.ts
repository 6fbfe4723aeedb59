/** Small byte arrays cut from larger ones, because a fresh buffer per event costs several times what filling it does. */

const SLAB = 16_384;
const LARGEST = 2048;

const encoder = new TextEncoder();
let slab = new Uint8Array(SLAB);
let used = 0;

/**
 * A zeroed array of `length` bytes that nobody else holds: no byte is handed out twice. A small one shares its buffer with others, so
 * `.buffer` is not for callers, and holding it holds up to 16 KB.
 */
export function takeBytes(length: number): Uint8Array {
  if (length > LARGEST) return new Uint8Array(length);
  return claim(length, room(length));
}

/** The UTF-8 bytes of a text, held as `takeBytes` says; lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const most = text.length * 3;
  if (most > LARGEST) return encoder.encode(text);
  const start = room(most);
  return claim(encoder.encodeInto(text, slab.subarray(start)).written, start);
}

/** Where `length` bytes are free, in a new slab if need be. */
function room(length: number): number {
  if (used + length > SLAB) {
    slab = new Uint8Array(SLAB);
    used = 0;
  }
  return used;
}

function claim(length: number, start: number): Uint8Array {
  // The next one begins on a word border, for readers of words.
  used = (start + length + 3) & ~3;
  return slab.subarray(start, start + length);
}
