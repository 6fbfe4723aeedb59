/** A lenient walk over the JSON of answers: it finds one value fast and proves nothing about the rest. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Start and end offset of the value at `path` in the object that begins at `at`; null when the object has no such member or is not
 * readable that far. Of members with one name the first is taken; names with escapes are not recognised.
 */
export function findValue(
  bytes: Uint8Array,
  at: number,
  path: readonly string[],
): readonly [start: number, end: number] | null {
  for (const name of path) {
    at = findMember(bytes, at, name);
    if (at === -1) return null;
  }
  const end = skipValue(bytes, at);
  return end === -1 ? null : [at, end];
}

/** The first offset at or after `at` that is not white space of JSON. */
export function skipBlanks(bytes: Uint8Array, at: number): number {
  while (at < bytes.length && isBlank(bytes[at])) at++;
  return at;
}

/** True when `bytes` hold `text`, which is ASCII, at `at`. */
export function holdsAt(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Start of the value of a member of the object at `at`; -1 when there is none. */
function findMember(bytes: Uint8Array, at: number, name: string): number {
  if (bytes[at] !== OPEN_OBJECT) return -1;
  for (;;) {
    const key = skipBlanks(bytes, at + 1);
    if (bytes[key] !== QUOTE) return -1;
    const keyEnd = skipString(bytes, key);
    const colon = keyEnd === -1 ? -1 : skipBlanks(bytes, keyEnd);
    if (colon === -1 || bytes[colon] !== COLON) return -1;
    const value = skipBlanks(bytes, colon + 1);
    if (keyEnd - key - 2 === name.length && holdsAt(bytes, key + 1, name)) return value;
    const end = skipValue(bytes, value);
    at = end === -1 ? -1 : skipBlanks(bytes, end);
    if (at === -1 || bytes[at] !== COMMA) return -1;
  }
}

/** Offset behind the value at `at`; -1 when the bytes end inside it. */
function skipValue(bytes: Uint8Array, at: number): number {
  const c = bytes[at];
  if (c === QUOTE) return skipString(bytes, at);
  if (c === OPEN_OBJECT || c === OPEN_ARRAY) return skipContainer(bytes, at);
  while (at < bytes.length && !isDelimiter(bytes[at])) at++;
  return at;
}

function skipContainer(bytes: Uint8Array, at: number): number {
  for (let depth = 0; at < bytes.length; at++) {
    const c = bytes[at];
    if (c === QUOTE) {
      const end = skipString(bytes, at);
      if (end === -1) return -1;
      at = end - 1;
    } else if (c === OPEN_OBJECT || c === OPEN_ARRAY) depth++;
    else if ((c === CLOSE_OBJECT || c === CLOSE_ARRAY) && --depth === 0) return at + 1;
  }
  return -1;
}

function skipString(bytes: Uint8Array, quote: number): number {
  for (let at = quote + 1; at < bytes.length; at++) {
    const c = bytes[at];
    if (c === QUOTE) return at + 1;
    if (c === BACKSLASH) at++;
  }
  return -1;
}

function isBlank(c: number | undefined): boolean {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}

function isDelimiter(c: number | undefined): boolean {
  return c === COMMA || c === CLOSE_OBJECT || c === CLOSE_ARRAY || isBlank(c);
}
