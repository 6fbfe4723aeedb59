/** Server-Sent Events as frames: the incremental decoder and the encoder. */
import { GatewayError } from '../core/gateway-error.ts';
import type { Frame } from '../core/protocol.ts';
import type { EventLimits } from './carry.ts';
import { createSseSplitter, type RawEvent } from './sse-splitter.ts';
import { encodeUtf8 } from './slab.ts';

export { createSseSplitter, type RawEvent, type SseSplitter } from './sse-splitter.ts';

/** Turns the bytes of one stream into frames, however they are cut. After a throw it is not used again. */
export interface SseDecoder {
  /** Appends the frames that `chunk` completes. Throws GatewayError `upstream-too-large`; the frames before are in `out`. */
  push(chunk: Uint8Array, out: Frame[]): void;
  /** The bytes ended. Appends the last event even without its blank line, see `createSseDecoder`. */
  end(out: Frame[]): void;
}

/**
 * Makes a decoder for one stream by the WHATWG event-stream grammar, with one departure: an event that the end of the stream cuts off
 * before its blank line is delivered, where a browser discards it. Model servers do end without a final blank line, and the terminal
 * frame of the protocol tells an honest end from a cut better than the framing does.
 */
export function createSseDecoder(limits: EventLimits): SseDecoder {
  const splitter = createSseSplitter(limits);
  const events: RawEvent[] = [];
  const drain = (out: Frame[]): void => {
    for (const event of events) if (!event.isComment) out.push(event.frame());
    events.length = 0;
  };
  return {
    push(chunk, out) {
      try {
        splitter.push(chunk, events);
      } finally {
        drain(out);
      }
    },
    end(out) {
      splitter.end(events);
      drain(out);
    },
  };
}

/** A comment that keeps a connection alive; decoders dispatch nothing for it. */
export const SSE_COMMENT_PING: Uint8Array = encodeUtf8(': ping\n\n');

const BREAK = /[\r\n]/;
const BREAKS = /\r\n|\r|\n/g;

/** The bytes of one event. Every line break of the data becomes a `data` line, and so reads back as a line feed. */
export function encodeFrame(frame: Frame): Uint8Array {
  return encodeUtf8(frameText(frame));
}

/** The bytes of several events, encoded together. */
export function encodeFrames(frames: readonly Frame[]): Uint8Array {
  let text = '';
  for (const frame of frames) text += frameText(frame);
  return encodeUtf8(text);
}

function frameText({ event, data }: Frame): string {
  const lines = BREAK.test(data) ? data.replace(BREAKS, '\ndata: ') : data;
  if (event === null) return `data: ${lines}\n\n`;
  if (BREAK.test(event)) throw new GatewayError('internal', 'The name of an event holds a line break.');
  return `event: ${event}\ndata: ${lines}\n\n`;
}
