/** Two questions about a JSON array that are answered on its bytes: how many elements, and whether media may be in it. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/**
 * Number of elements of the array in `bytes[start, end)`, which is valid JSON; counting stops above `max`. null when the value
 * is no array. An empty or short array costs a few bytes' look.
 */
export function countElements(bytes: Uint8Array, start: number, end: number, max: number): number | null {
  if (bytes[start] !== 0x5b) return null;
  let at = start + 1;
  while (isSpace(bytes[at])) at++;
  if (bytes[at] === 0x5d) return 0;
  // two bytes is the least that an element and its comma take
  if ((end - at) / 2 <= max || max === 0) return 1;
  let count = 1;
  for (let depth = 0; at < end && count <= max; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at, end);
    else if (byte === 0x7b || byte === 0x5b) depth++;
    else if (byte === 0x7d || byte === 0x5d) depth--;
    else if (byte === COMMA && depth === 0) count++;
  }
  return count;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Offset of the quote that closes the string which opens at `at`. */
function endOfString(bytes: Uint8Array, at: number, end: number): number {
  for (let i = at + 1; i < end; i++) {
    if (bytes[i] === BACKSLASH) i++;
    else if (bytes[i] === QUOTE) return i;
  }
  return end;
}

const encoder = new TextEncoder();

/** The bytes of a name with its quotes, to look for. */
export function quoted(name: string): Uint8Array {
  return encoder.encode(`"${name}"`);
}

/**
 * True when a whole string of the JSON text in `bytes[start, end)` is one of the names. Text that only speaks of them does not
 * count: its quotes are escaped.
 */
export function hasName(bytes: Uint8Array, start: number, end: number, names: readonly Uint8Array[]): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] !== QUOTE) continue;
    for (const name of names) {
      if (bytes[at + 1] === name[1] && isAt(bytes, at, end, name) && bytes[at - 1] !== BACKSLASH) return true;
    }
  }
  return false;
}

function isAt(bytes: Uint8Array, at: number, end: number, name: Uint8Array): boolean {
  if (at + name.length > end) return false;
  for (let i = 1; i < name.length; i++) if (bytes[at + i] !== name[i]) return false;
  return true;
}
