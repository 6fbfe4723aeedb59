/** Newline-delimited JSON as frames: one line, one frame without a name. */
import type { Frame } from '../core/protocol.ts';
import { Carry, checkSize, type EventLimits } from './carry.ts';
import { encodeUtf8 } from './slab.ts';
import { decodeUtf8 } from './utf8.ts';

const LF = 0x0a;

/** Turns the bytes of one stream into frames, however they are cut. After a throw it is not used again. */
export interface NdjsonDecoder {
  /** Appends the lines that `chunk` completes. Throws GatewayError `upstream-too-large`; the lines before are in `out`. */
  push(chunk: Uint8Array, out: Frame[]): void;
  /** The bytes ended. A last line without its line feed is delivered: the grammar allows it. */
  end(out: Frame[]): void;
}

/** Makes a decoder for one stream: LF or CRLF ends a line, blank lines are skipped, a leading byte order mark is dropped. */
export function createNdjsonDecoder(limits: EventLimits): NdjsonDecoder {
  const carry = new Carry(limits);
  const deliver = (line: Uint8Array, out: Frame[]): void => {
    // Takes the carriage return of CRLF and a byte order mark along.
    const data = decodeUtf8(line).trim();
    if (data !== '') out.push({ event: null, data });
  };
  return {
    push(chunk, out) {
      let start = 0;
      for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, start)) {
        if (carry.length > 0) {
          carry.add(chunk, start, at);
          deliver(carry.take(), out);
        } else {
          checkSize(at - start, limits);
          deliver(chunk.subarray(start, at), out);
        }
        start = at + 1;
      }
      if (start < chunk.length) carry.add(chunk, start, chunk.length);
    },
    end(out) {
      if (carry.length > 0) deliver(carry.take(), out);
    },
  };
}

/** The bytes of one line; line breaks in the data can only be white space of JSON and become spaces. */
export function encodeNdjson({ data }: Frame): Uint8Array {
  return encodeUtf8(`${data.replace(/[\r\n]+/g, ' ')}\n`);
}
