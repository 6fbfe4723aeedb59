/** The bytes of an unfinished event, kept from one network read to the next. */
import { GatewayError } from '../core/gateway-error.ts';
import { takeBytes } from './slab.ts';

const SMALLEST = 1024;

/** How much one event may hold. */
export interface EventLimits {
  /** Largest event in bytes, framing included; a longer one throws GatewayError `upstream-too-large`. */
  readonly maxEventBytes: number;
}

/** A growing buffer that doubles, so that an event that comes byte by byte is copied a bounded number of times. */
export class Carry {
  readonly #limits: EventLimits;
  #bytes: Uint8Array | null = null;
  #length = 0;

  constructor(limits: EventLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#length;
  }

  /** Copies `chunk[start, end)` behind what is held; throws GatewayError `upstream-too-large`. */
  add(chunk: Uint8Array, start: number, end: number): void {
    const length = this.#length + end - start;
    checkSize(length, this.#limits);
    let bytes = this.#bytes;
    if (bytes === null || bytes.length < length) {
      const grown = takeBytes(Math.max(SMALLEST, length * 2));
      if (bytes !== null) grown.set(bytes.subarray(0, this.#length));
      bytes = this.#bytes = grown;
    }
    bytes.set(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end), this.#length);
    this.#length = length;
  }

  /** Hands everything over; the caller owns it, the carry is empty. */
  take(): Uint8Array {
    const bytes = this.#bytes === null ? new Uint8Array(0) : this.#bytes.subarray(0, this.#length);
    this.#bytes = null;
    this.#length = 0;
    return bytes;
  }
}

/** Throws GatewayError `upstream-too-large` when an event of `length` bytes passes the limit. */
export function checkSize(length: number, { maxEventBytes }: EventLimits): void {
  if (length <= maxEventBytes) return;
  throw new GatewayError('upstream-too-large', `One event of the upstream is longer than ${maxEventBytes} bytes.`, {
    hint: 'The operator can raise the limit for one event, or should check what answers at that address.',
  });
}
