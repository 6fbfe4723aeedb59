/** Random access to the bytes of a model file, so that a reader touches only what it needs. */
import { ArtifactError } from './artifact-error.ts';

/** A file of known size. */
export interface ByteSource {
  /** Bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `offset`; the caller asks only for what lies inside. The result is read, never written. */
  read(offset: number, length: number): Uint8Array;
}

/** A file that is wholly in memory; reads are views, not copies. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.byteLength, read: (offset, length) => bytes.subarray(offset, offset + length) };
}

const WINDOW_BYTES = 65_536;

/** Reads little-endian values one after the other; a read past the end is an ArtifactError `truncated`. */
export class ByteCursor {
  readonly #source: ByteSource;
  readonly #text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #windowStart = 0;
  #window: DataView = new DataView(new ArrayBuffer(0));
  #offset = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Bytes left to the end of the file. */
  get remaining(): number {
    return this.#source.size - this.#offset;
  }

  u8(where: string): number {
    const at = this.#advance(1, where);
    return this.#window.getUint8(at);
  }

  u32(where: string): number {
    const at = this.#advance(4, where);
    return this.#window.getUint32(at, true);
  }

  u64(where: string): bigint {
    const at = this.#advance(8, where);
    return this.#window.getBigUint64(at, true);
  }

  /** An unsigned 64-bit count that must not be larger than `limit`. */
  count(where: string, limit: number): number {
    const value = this.u64(where);
    if (value > BigInt(limit)) throw new ArtifactError('limit-exceeded', where, `${value} is more than ${limit}`);
    return Number(value);
  }

  /** A view over the next `length` bytes, valid until the next read. */
  view(length: number, where: string): DataView {
    const at = this.#advance(length, where);
    return new DataView(this.#window.buffer, this.#window.byteOffset + at, length);
  }

  /** UTF-8 text of `length` bytes; invalid UTF-8 is `malformed`. */
  text(length: number, where: string): string {
    const view = this.view(length, where);
    try {
      return this.#text.decode(view);
    } catch {
      throw new ArtifactError('malformed', where, 'the text is not UTF-8');
    }
  }

  /** Makes `length` bytes available in the window and steps over them; returns their place in the window. */
  #advance(length: number, where: string): number {
    if (length > this.remaining) {
      throw new ArtifactError('truncated', where, `${length} bytes are announced, ${this.remaining} are left`);
    }
    const start = this.#offset - this.#windowStart;
    if (start + length > this.#window.byteLength) return this.#refill(length);
    this.#offset += length;
    return start;
  }

  #refill(length: number): number {
    const bytes = this.#source.read(this.#offset, Math.min(this.remaining, Math.max(length, WINDOW_BYTES)));
    this.#window = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#windowStart = this.#offset;
    this.#offset += length;
    return 0;
  }
}
