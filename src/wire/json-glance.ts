/** Two questions about a JSON array that are answered without parsing it: how many elements, and whether a name may be in it. */
import { decodeUtf8 } from './utf8.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/**
 * Number of elements of the array in `bytes[start, end)`, which is valid JSON; counting stops above `max`. null when the value
 * is no array. Elements are counted only where `max` of them fit at `least` bytes each: a short array is just 1, an empty one 0.
 */
export function countElements(
  bytes: Uint8Array,
  start: number,
  end: number,
  max: number,
  least: number,
): number | null {
  if (bytes[start] !== 0x5b) return null;
  let at = start + 1;
  while (isSpace(bytes[at])) at++;
  if (bytes[at] === 0x5d) return 0;
  if ((end - at) / least <= max) return 1;
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

/** A name with its quotes, to look for. */
export function quoted(name: string): string {
  return `"${name}"`;
}

/**
 * True when a whole string of the JSON text in `bytes[start, end)` is one of the quoted names. Text that only speaks of them does
 * not count: its quotes are escaped.
 */
export function hasName(bytes: Uint8Array, start: number, end: number, names: readonly string[]): boolean {
  const text = decodeUtf8(bytes.subarray(start, end));
  return names.some((name) => text.includes(name));
}
