/** Knows the next event of a stream by its likeness to one that was understood: everything is the same but the words. */
import { appendBytes } from './append-bytes.ts';

/** Streams whose events differ elsewhere too are not worth learning; this many in a row that did not fit prove it. */
const PATIENCE = 8;
const LF = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** What may follow a backslash, but for `u` with its four digits. */
const SIMPLE_ESCAPES = new TextEncoder().encode('"\\/bfnrt');
/** One byte is one character, so that offsets in the text are offsets in the bytes. */
const decoder = new TextDecoder('latin1');

/** Bytes that are to be found again, four at a time. */
interface Pattern {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
}

/** What stands before and after the words of an event. */
interface Surround {
  readonly lead: Pattern;
  readonly tail: Pattern;
}

/**
 * Tokens come one by one in events that are equal to the byte but for one string. Once such an event was read and understood, bytes at
 * the border of an event that are equal before and after that string, with another JSON string in its place, are one event, valid JSON
 * and of the same meaning: they need not be split, decoded or parsed.
 */
export class SseStencil {
  readonly #fields: readonly string[];
  readonly #maxEventBytes: number;
  /** null = nothing is known. */
  #known: Surround | null = null;
  /** How an event goes on that is not passed as it came. */
  #sent: Surround | null = null;
  #misses = 0;

  /**
   * @param fields fields whose words may differ, with quotes and colon: `"content":`
   * @param maxEventBytes a longer event never fits
   */
  constructor(fields: readonly string[], maxEventBytes: number) {
    this.#fields = fields;
    this.#maxEventBytes = maxEventBytes;
  }

  /** False where the events of the stream are not alike. */
  get isHopeful(): boolean {
    return this.#fields.length > 0 && this.#misses < PATIENCE;
  }

  /** True for a whole event that is the learned one with other words, none of them empty. */
  fits(event: Uint8Array): boolean {
    return this.#known !== null && this.#endOf(this.#known, event, viewOf(event), 0) === event.length;
  }

  /** Passes on the events from `start`, which is the border of one, that fit; answers where the first other one begins. */
  pass(chunk: Uint8Array, start: number, out: Uint8Array[]): number {
    const known = this.#known;
    if (known === null) return start;
    const view = viewOf(chunk);
    let at = start;
    for (let end = this.#endOf(known, chunk, view, at); end !== -1; end = this.#endOf(known, chunk, view, at)) {
      if (this.#sent !== null) out.push(this.rewrite(chunk.subarray(at, end)));
      at = end;
    }
    if (this.#sent === null && at > start) appendBytes(out, chunk.subarray(start, at));
    return at;
  }

  /** How an event goes on that fits. */
  rewrite(event: Uint8Array): Uint8Array {
    if (this.#known === null || this.#sent === null) return event;
    const { lead, tail } = this.#sent;
    const words = event.subarray(this.#known.lead.bytes.length, event.length - this.#known.tail.bytes.length);
    const bytes = new Uint8Array(lead.bytes.length + words.length + tail.bytes.length);
    bytes.set(lead.bytes);
    bytes.set(words, lead.bytes.length);
    bytes.set(tail.bytes, lead.bytes.length + words.length);
    return bytes;
  }

  /** What follows means something else: nothing is known any more. */
  forget(): void {
    this.#known = null;
    this.#misses++;
  }

  /** Learns an event that carries nothing but words, and what went on in its place. */
  learn(event: Uint8Array, sent: Uint8Array): void {
    this.forget();
    // behind a carriage return a line feed may still belong to the event
    if (this.#misses > PATIENCE || event[event.length - 1] !== LF) return;
    const came = cut(event, this.#fields);
    this.#sent = sent === event ? null : cut(sent, this.#fields);
    if (sent === event || this.#sent !== null) this.#known = came;
  }

  /** The end of the event that begins at `at`; -1 when it does not fit. */
  #endOf({ lead, tail }: Surround, chunk: Uint8Array, view: DataView, at: number): number {
    if (!holdsAt(chunk, view, at, lead)) return -1;
    const open = at + lead.bytes.length;
    const close = endOfWords(chunk, open);
    const end = close + tail.bytes.length;
    if (close === open || end - at > this.#maxEventBytes || !holdsAt(chunk, view, close, tail)) return -1;
    this.#misses = 0;
    return end;
  }
}

/** The event around the words of the one field that it has. */
function cut(event: Uint8Array, fields: readonly string[]): Surround | null {
  const text = decoder.decode(event);
  for (const field of fields) {
    const at = text.indexOf(field);
    if (at === -1 || text.lastIndexOf(field) !== at) continue;
    const open = text.indexOf('"', at + field.length) + 1;
    if (open === 0 || text.slice(at + field.length, open - 1).trim() !== '') continue;
    const close = endOfWords(event, open);
    if (close > open && event[close] === QUOTE)
      return { lead: patternOf(event, 0, open), tail: patternOf(event, close, event.length) };
  }
  return null;
}

/** A copy: a view would keep the whole read alive that the bytes came in. */
function patternOf(event: Uint8Array, start: number, end: number): Pattern {
  const bytes = new Uint8Array(event.subarray(start, end));
  const view = viewOf(bytes);
  const words = new Int32Array(bytes.length >> 2);
  for (let i = 0; i < words.length; i++) words[i] = view.getInt32(i * 4);
  return { bytes, words };
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Where the JSON string ends whose words begin at `at`: its quote, or what no string may hold there, or the end of the bytes. */
function endOfWords(bytes: Uint8Array, at: number): number {
  const { length } = bytes;
  for (; at < length; at++) {
    const c = bytes[at]!;
    if (c === BACKSLASH) {
      const size = sizeOfEscape(bytes, at);
      if (size === 0) return at;
      at += size - 1;
    } else if (c === QUOTE || c < SPACE) return at;
  }
  return length;
}

/** Bytes of the escape whose backslash is at `at`; 0 when it is none of JSON's (RFC 8259, section 7). */
function sizeOfEscape(bytes: Uint8Array, at: number): number {
  const letter = bytes[at + 1] ?? 0;
  if (letter !== 0x75) return SIMPLE_ESCAPES.includes(letter) ? 2 : 0;
  for (let i = 2; i < 6; i++) {
    const digit = bytes[at + i] ?? 0;
    const letterDigit = digit | 0x20;
    if (!(digit >= 0x30 && digit <= 0x39) && !(letterDigit >= 0x61 && letterDigit <= 0x66)) return 0;
  }
  return 6;
}

function holdsAt(chunk: Uint8Array, view: DataView, at: number, { bytes, words }: Pattern): boolean {
  if (at + bytes.length > chunk.length) return false;
  for (let i = 0; i < words.length; i++) if (view.getInt32(at + i * 4) !== words[i]) return false;
  for (let i = words.length * 4; i < bytes.length; i++) if (chunk[at + i] !== bytes[i]) return false;
  return true;
}
