/** A checking walk over JSON bytes that builds nothing: it accepts exactly what JSON.parse accepts, within limits, and reports members. */
import { GatewayError } from '../core/gateway-error.ts';
import { readName, type MemberName } from './member-name.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const UNDERSCORE = 0x5f;

const ONES = 0x01010101;
const HIGH_BITS = 0x80808080;
const SPACES = 0x20202020;
const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;

/** 1 for the bytes that end a string or stand there only escaped. */
const STOPS = new Uint8Array(256).fill(1, 0, 0x20);
STOPS[QUOTE] = STOPS[BACKSLASH] = 1;
/** How far a string is read byte by byte. */
const NEAR = 16;
/** Below this many bytes a view of words costs more than it saves. */
const WORTH_WORDS = 256;
const NO_WORDS = new Int32Array(0);

/** 1 for the bytes that may follow a backslash, without `u`. */
const ESCAPES = new Uint8Array(256);
for (const c of '"\\/bfnrt') ESCAPES[c.charCodeAt(0)] = 1;

/** What a walk is held to. */
export interface ReadLimits {
  /** Deepest nesting of objects and arrays; the outermost is 1. */
  readonly maxDepth: number;
  /** Most keys of an object whose members are reported. */
  readonly maxKeys: number;
}

/** Limits where the caller names none. */
export const READ_LIMITS: ReadLimits = Object.freeze({ maxDepth: 64, maxKeys: 512 });

/** Takes the members of one object as offsets: the key with its quotes, and the value. May throw. */
export interface MemberSink {
  member(name: MemberName, keyStart: number, keyEnd: number, start: number, end: number): void;
}

/** Says for each object of a walk, when it opens, who takes its members; null = nobody. */
export type SinkFor = (depth: number) => MemberSink | null;

/** One walk over `bytes`. Offsets are indices into them. */
export class JsonReader {
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  /** Offset of the first word. */
  readonly #shift: number;
  readonly #limits: ReadLimits;
  readonly #sinkFor: SinkFor;
  /** Arrays that were opened so far. */
  arrays = 0;
  #high = 0;
  #escaped = false;

  constructor(bytes: Uint8Array, limits: ReadLimits, sinkFor: SinkFor) {
    this.#bytes = bytes;
    this.#limits = limits;
    this.#sinkFor = sinkFor;
    this.#shift = -bytes.byteOffset & 3;
    this.#words =
      bytes.length < WORTH_WORDS
        ? NO_WORDS
        : new Int32Array(bytes.buffer, bytes.byteOffset + this.#shift, (bytes.length - this.#shift) >> 2);
  }

  /** True when a string that was walked may hold bytes beyond ASCII: only then UTF-8 needs a check. */
  get sawHighBytes(): boolean {
    return (this.#high & HIGH_BITS) !== 0;
  }

  /** The first offset at or after `at` that is not white space. */
  skipSpace(at: number): number {
    return (this.#bytes[at] ?? 0) > 0x20 ? at : this.#skipBlanks(at);
  }

  /** Walks the value at `at`; answers the offset behind it. Throws GatewayError `bad-json`, `too-deep`, `forbidden-key`. */
  readValue(at: number, depth: number): number {
    const c = this.#bytes[at] ?? 0;
    if (c === QUOTE) return this.#readString(at);
    if (c === OPEN_OBJECT) return this.readObject(at, depth, false);
    if (c === OPEN_ARRAY) return this.#readArray(at, depth);
    if (c === 0x74) return this.#readLiteral(at, 'true');
    if (c === 0x66) return this.#readLiteral(at, 'false');
    if (c === 0x6e) return this.#readLiteral(at, 'null');
    return this.#readNumber(at);
  }

  /** As `readValue` for what must be an object; `inConstructor` when it is the value of a key `constructor`. */
  readObject(at: number, depth: number, inConstructor: boolean): number {
    const bytes = this.#bytes;
    if (bytes[at] !== OPEN_OBJECT) throw this.fault(at, 'an object');
    this.#checkDepth(depth);
    const sink = this.#sinkFor(depth);
    at = this.skipSpace(at + 1);
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    for (;;) {
      if (bytes[at] !== QUOTE) throw this.fault(at, 'a key in double quotes');
      const keyStart = at;
      const keyEnd = this.#readString(at);
      const name =
        sink !== null || this.#isSuspect(keyStart, keyEnd, inConstructor) ? this.#nameAt(keyStart, keyEnd) : null;
      if (name !== null) this.#checkName(name.text, inConstructor, keyStart);
      at = this.skipSpace(keyEnd);
      if (bytes[at] !== COLON) throw this.fault(at, '":" after the key');
      const start = this.skipSpace(at + 1);
      const nested = name?.text === 'constructor' && bytes[start] === OPEN_OBJECT;
      const end = nested ? this.readObject(start, depth + 1, true) : this.readValue(start, depth + 1);
      if (sink !== null && name !== null) sink.member(name, keyStart, keyEnd, start, end);
      at = this.skipSpace(end);
      if (bytes[at] === CLOSE_OBJECT) return at + 1;
      if (bytes[at] !== COMMA) throw this.fault(at, '"," or "}"');
      at = this.skipSpace(at + 1);
    }
  }

  /** The error for what stands at `at` in place of `expected`. */
  fault(at: number, expected: string): GatewayError {
    const c = this.#bytes[at];
    const shown = c !== undefined && c > 0x20 && c < 0x7f ? JSON.stringify(String.fromCharCode(c)) : `byte ${c}`;
    return new GatewayError(
      'bad-json',
      `The body is not one JSON object: expected ${expected}, found ${c === undefined ? 'the end' : shown} at ${this.place(at)}.`,
    );
  }

  /** An offset for people: bytes from 0, line and column (in bytes) from 1. */
  place(at: number): string {
    let line = 1;
    let start = 0;
    for (let lf = this.#bytes.indexOf(0x0a); lf !== -1 && lf < at; lf = this.#bytes.indexOf(0x0a, lf + 1)) {
      line++;
      start = lf + 1;
    }
    return `byte ${at} (line ${line}, column ${at - start + 1})`;
  }

  #skipBlanks(at: number): number {
    const bytes = this.#bytes;
    for (; at < bytes.length; at++) {
      const c = bytes[at];
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break;
    }
    return at;
  }

  #readArray(at: number, depth: number): number {
    const bytes = this.#bytes;
    this.arrays++;
    this.#checkDepth(depth);
    at = this.skipSpace(at + 1);
    if (bytes[at] === CLOSE_ARRAY) return at + 1;
    for (;;) {
      at = this.skipSpace(this.readValue(at, depth + 1));
      if (bytes[at] === CLOSE_ARRAY) return at + 1;
      if (bytes[at] !== COMMA) throw this.fault(at, '"," or "]"');
      at = this.skipSpace(at + 1);
    }
  }

  /** Byte by byte at first, for most strings are short; then four bytes a step. */
  #readString(quote: number): number {
    const bytes = this.#bytes;
    const { length } = bytes;
    let high = 0;
    let escaped = false;
    let at = quote + 1;
    for (;;) {
      const near = Math.min(((at - this.#shift + NEAR) & ~3) + this.#shift, length);
      let c = 0;
      for (; at < near; at++) {
        c = bytes[at] ?? 0;
        if (STOPS[c] === 1) break;
        high |= c;
      }
      if (at === near) {
        if (at === length) throw this.fault(at, 'the closing quote of a string');
        at = this.#skipWords(at);
      } else if (c === QUOTE) {
        this.#high |= high;
        this.#escaped = escaped;
        return at + 1;
      } else if (c === BACKSLASH) {
        escaped = true;
        at = this.#readEscape(at + 1);
      } else throw this.fault(at, 'no control character in a string');
    }
  }

  /** The first word boundary from `at`, itself one, behind which something stops a string. */
  #skipWords(at: number): number {
    const words = this.#words;
    let high = 0;
    let w = (at - this.#shift) >> 2;
    for (; w < words.length; w++) {
      const x = words[w] ?? 0;
      // The high bit of each byte that is below 0x20, a quote or a backslash; a borrow only follows a true hit.
      const hits = (x - SPACES) | ((x ^ QUOTES) - ONES) | ((x ^ BACKSLASHES) - ONES);
      if ((hits & ~x & HIGH_BITS) !== 0) break;
      high |= x;
    }
    this.#high |= high;
    return (w << 2) + this.#shift;
  }

  #readEscape(at: number): number {
    const c = this.#bytes[at] ?? 0;
    if (ESCAPES[c] === 1) return at + 1;
    if (c !== 0x75) throw this.fault(at, 'an escape of JSON');
    for (let i = 1; i <= 4; i++) {
      const digit = this.#bytes[at + i] ?? 0;
      const letter = digit | 0x20;
      if (!isDigit(digit) && (letter < 0x61 || letter > 0x66)) throw this.fault(at + i, 'a hexadecimal digit');
    }
    return at + 5;
  }

  #readLiteral(at: number, text: string): number {
    for (let i = 1; i < text.length; i++) {
      if (this.#bytes[at + i] !== text.charCodeAt(i)) throw this.fault(at + i, `"${text}"`);
    }
    return at + text.length;
  }

  #readNumber(at: number): number {
    const bytes = this.#bytes;
    const start = at;
    if (bytes[at] === 0x2d) at++;
    if (bytes[at] === 0x30) at++;
    else if (isDigit(bytes[at])) at = this.#readDigits(at);
    else throw this.fault(at, at === start ? 'a value' : 'a digit');
    if (bytes[at] === 0x2e) at = this.#readDigits(at + 1);
    if (bytes[at] === 0x65 || bytes[at] === 0x45) {
      const sign = bytes[at + 1];
      at = this.#readDigits(sign === 0x2b || sign === 0x2d ? at + 2 : at + 1);
    }
    return at;
  }

  #readDigits(at: number): number {
    if (!isDigit(this.#bytes[at])) throw this.fault(at, 'a digit');
    while (isDigit(this.#bytes[at])) at++;
    return at;
  }

  #checkDepth(depth: number): void {
    const { maxDepth } = this.#limits;
    if (depth > maxDepth) throw new GatewayError('too-deep', `The body is nested more than ${maxDepth} levels deep.`);
  }

  /** True when the key that was just walked must be read to know that it is harmless. */
  #isSuspect(keyStart: number, keyEnd: number, inConstructor: boolean): boolean {
    if (this.#escaped || inConstructor) return true;
    const length = keyEnd - keyStart - 2;
    const first = this.#bytes[keyStart + 1];
    return (first === UNDERSCORE && length === 9) || (first === 0x63 && length === 11);
  }

  #nameAt(keyStart: number, keyEnd: number): MemberName {
    return readName(this.#bytes, keyStart + 1, keyEnd - 1, this.#escaped);
  }

  #checkName(text: string, inConstructor: boolean, at: number): void {
    if (text !== '__proto__' && !(inConstructor && text === 'prototype')) return;
    const name = inConstructor ? 'constructor.prototype' : '__proto__';
    throw new GatewayError('forbidden-key', `The body carries the key "${name}" at ${this.place(at)}.`, {
      where: name,
    });
  }
}

function isDigit(c: number | undefined): boolean {
  return c !== undefined && c >= 0x30 && c <= 0x39;
}
