/** Cuts a Server-Sent Events stream into events that keep their bytes, so that they can go on untouched and be read where somebody looks. */
import type { Frame } from '../core/protocol.ts';
import { Carry, checkSize, type EventLimits } from './carry.ts';
import { parseFrame } from './sse-frame.ts';
import { decodeUtf8 } from './utf8.ts';

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const NOTHING: Frame = Object.freeze({ event: null, data: '' });

/** One event as it came, with its blank line. The bytes of all events together are the bytes of the stream. */
export interface RawEvent {
  /** The whole event: a view of the chunk where it lies in one, a copy where it crosses chunks. */
  readonly bytes: Uint8Array;
  /** The event decoded, at the first call; empty data when `isComment`. */
  frame(): Frame;
  /** Only comments, blank lines or fields without data: by the grammar nothing is dispatched. */
  readonly isComment: boolean;
  /** The bytes from this event to the end of `last`, both included, without a copy; null when they do not lie in one piece. */
  through(last: RawEvent): Uint8Array | null;
}

/** Finds the borders of events. After a throw it is not used again. */
export interface SseSplitter {
  /** Appends the events that `chunk` completes; the chunk must not be changed afterwards. Throws GatewayError `upstream-too-large`. */
  push(chunk: Uint8Array, out: RawEvent[]): void;
  /** True when what comes next begins an event: nothing waits to be completed. */
  readonly isAtBorder: boolean;
  /** The bytes ended. True when an event without its blank line remained; it is appended too. */
  end(out: RawEvent[]): boolean;
}

/** Makes a splitter for one stream; blank lines between events travel with the event that follows, or alone at the end of a chunk. */
export function createSseSplitter(limits: EventLimits): SseSplitter {
  return new Splitter(limits);
}

/**
 * Bytes that several events lie in, decoded together: a string is searched several times faster than bytes, and a tap reads nearly every
 * event anyway. Where text and bytes have one length every byte stands for one code unit, so that offsets are the same in both; where
 * they have not, borders are searched in the bytes and each event is decoded alone.
 */
class Source {
  readonly bytes: Uint8Array;
  hasCr: boolean;
  readonly #text: string;
  readonly #aligned: boolean;

  constructor(bytes: Uint8Array, hasCr: boolean) {
    this.bytes = bytes;
    this.hasCr = hasCr;
    this.#text = decodeUtf8(bytes);
    this.#aligned = this.#text.length === bytes.length;
  }

  /** Offset of the next line feed from `at`, or the length. */
  findLf(at: number): number {
    const found = this.#aligned ? this.#text.indexOf('\n', at) : this.bytes.indexOf(LF, at);
    return found === -1 ? this.bytes.length : found;
  }

  /** Offset of the next carriage return from `at`, or the length. */
  findCr(at: number): number {
    const found = this.#aligned ? this.#text.indexOf('\r', at) : this.bytes.indexOf(CR, at);
    return found === -1 ? this.bytes.length : found;
  }

  parse(start: number, end: number, first: boolean): Frame | null {
    if (this.#aligned) return parseFrame(this.#text, start, end, this.hasCr);
    const whole = end - start === this.bytes.length;
    const text = whole ? this.#text : decodeUtf8(this.bytes.subarray(start, end));
    return parseFrame(text, first && text.startsWith('\uFEFF') ? 1 : 0, text.length, this.hasCr);
  }
}

class SseEvent implements RawEvent {
  readonly #source: Source;
  readonly #start: number;
  readonly #end: number;
  readonly #first: boolean;
  #frame: Frame | null = null;

  constructor(source: Source, start: number, end: number, first: boolean) {
    this.#source = source;
    this.#start = start;
    this.#end = end;
    this.#first = first;
  }

  get bytes(): Uint8Array {
    const { bytes } = this.#source;
    return this.#end - this.#start === bytes.length ? bytes : bytes.subarray(this.#start, this.#end);
  }

  get isComment(): boolean {
    return this.frame() === NOTHING;
  }

  through(last: RawEvent): Uint8Array | null {
    if (!(last instanceof SseEvent) || last.#source !== this.#source) return null;
    return this.#source.bytes.subarray(this.#start, last.#end);
  }

  frame(): Frame {
    return (this.#frame ??= this.#source.parse(this.#start, this.#end, this.#first) ?? NOTHING);
  }
}

class Splitter implements SseSplitter {
  readonly #limits: EventLimits;
  readonly #carry: Carry;
  /** Bytes of a byte order mark seen; 3 = the question is settled. */
  #mark = 0;
  /** No event was appended yet. */
  #first = true;
  /** The event has a line with content. */
  #content = false;
  /** The current line has bytes. */
  #open = false;
  #carryHasCr = false;
  #afterCr = false;

  constructor(limits: EventLimits) {
    this.#limits = limits;
    this.#carry = new Carry(limits);
  }

  get isAtBorder(): boolean {
    return this.#mark === 3 && !this.#content && !this.#open && !this.#afterCr && this.#carry.length === 0;
  }

  push(chunk: Uint8Array, out: RawEvent[]): void {
    const { length } = chunk;
    if (length === 0) return;
    let line = this.#mark < 3 ? this.#readMark(chunk) : this.#afterCr && chunk[0] === LF ? 1 : 0;
    const source = new Source(chunk, false);
    let lf = source.findLf(line);
    let cr = source.findCr(line);
    source.hasCr = cr < length;
    let start = 0;
    let content = this.#content;
    let open = this.#open;
    while (lf < length || cr < length) {
      const at = lf < cr ? lf : cr;
      const next = at === cr && chunk[at + 1] === LF ? at + 2 : at + 1;
      if (open || at > line) content = true;
      else if (content) {
        this.#emit(source, start, next, out);
        start = next;
        content = false;
      }
      open = false;
      line = next;
      // A blank line mostly follows at once: the byte in hand saves a search.
      if (lf < next) lf = chunk[next] === LF ? next : source.findLf(next);
      if (cr < next) cr = source.findCr(next);
    }
    this.#content = content;
    this.#open = open || line < length;
    this.#afterCr = chunk[length - 1] === CR;
    this.#keep(source, start, out);
  }

  end(out: RawEvent[]): boolean {
    const unfinished = this.#content || this.#open;
    if (this.#carry.length > 0) this.#append(new Source(this.#carry.take(), this.#carryHasCr), out);
    this.#content = this.#open = this.#carryHasCr = false;
    return unfinished;
  }

  /** What no blank line has closed waits in the carry; blank lines alone go on at once, for they may be a server's heartbeat. */
  #keep(source: Source, start: number, out: RawEvent[]): void {
    const { length } = source.bytes;
    if (this.#content || this.#open || this.#mark === 1 || this.#mark === 2) {
      if (start < length) this.#carry.add(source.bytes, start, length);
      this.#carryHasCr ||= source.hasCr;
    } else if (start < length) this.#emit(source, start, length, out);
  }

  #emit(source: Source, start: number, end: number, out: RawEvent[]): void {
    if (this.#carry.length === 0) {
      checkSize(end - start, this.#limits);
      out.push(new SseEvent(source, start, end, this.#first));
      this.#first = false;
      return;
    }
    this.#carry.add(source.bytes, start, end);
    this.#append(new Source(this.#carry.take(), source.hasCr || this.#carryHasCr), out);
    this.#carryHasCr = false;
  }

  #append(source: Source, out: RawEvent[]): void {
    out.push(new SseEvent(source, 0, source.bytes.length, this.#first));
    this.#first = false;
  }

  /** Steps over the byte order mark at the start of the stream; answers where the first line begins in `chunk`. */
  #readMark(chunk: Uint8Array): number {
    for (let i = 0; i < chunk.length; i++) {
      if (chunk[i] !== BYTE_ORDER_MARK[this.#mark]) {
        this.#open = this.#mark > 0;
        this.#mark = 3;
        return 0;
      }
      if (++this.#mark === 3) return i + 1;
    }
    return chunk.length;
  }
}
