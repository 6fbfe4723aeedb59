/** Good answers for the scripted upstream; what is in their bodies is the caller's affair. */
import type { Script, Wire } from './wire.ts';

/** How an answer is written. */
export interface AnswerOptions {
  readonly status?: number;
  /** Further headers, one line each: `name: value`. */
  readonly headers?: readonly string[];
  /** Pause between two frames, ms. */
  readonly paceMs?: number;
}

/** A head; the last blank line is included. */
export function head(status: number, lines: readonly string[]): string {
  return [`HTTP/1.1 ${status} Scripted`, ...lines, '', ''].join('\r\n');
}

/** One chunk of chunked framing. */
export function chunk(data: string | Uint8Array): Buffer {
  const bytes = Buffer.from(data);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

/** The end of a chunked body. */
export const LAST_CHUNK = '0\r\n\r\n';

/** The head lines of an event stream in chunked framing. */
export const STREAM_HEAD: readonly string[] = [
  'content-type: text/event-stream; charset=utf-8',
  'cache-control: no-cache',
  'transfer-encoding: chunked',
];

/** A whole body with its length, sent in one piece. */
export function body(type: string, content: string | Uint8Array, options: AnswerOptions = {}): Script {
  return async (wire) => {
    const bytes = Buffer.from(content);
    const lines = [`content-type: ${type}`, `content-length: ${bytes.length}`, ...(options.headers ?? [])];
    await wire.send(Buffer.concat([Buffer.from(head(options.status ?? 200, lines)), bytes]));
  };
}

/** A JSON body. */
export function json(value: unknown, options: AnswerOptions = {}): Script {
  return body('application/json', JSON.stringify(value), options);
}

/** Frames of an event stream, each written by itself: `data: {…}\n\n`. Ends cleanly on the HTTP layer. */
export function stream(frames: readonly string[], options: AnswerOptions = {}): Script {
  return async (wire) => {
    await beginStream(wire, options);
    await sendFrames(wire, frames, options.paceMs ?? 0);
    await wire.send(LAST_CHUNK);
  };
}

/** The head of an event stream. */
export async function beginStream(wire: Wire, options: AnswerOptions = {}): Promise<void> {
  await wire.send(head(options.status ?? 200, [...STREAM_HEAD, ...(options.headers ?? [])]));
}

/** Some frames, one chunk each. */
export async function sendFrames(wire: Wire, frames: readonly string[], paceMs = 0): Promise<void> {
  for (const frame of frames) {
    if (wire.isClosed) return;
    await wire.send(chunk(frame));
    if (paceMs > 0) await wire.wait(paceMs);
  }
}

/** Any script, with everything it writes cut into slices of `bytes` bytes, each written by itself. */
export function sliced(script: Script, bytes = 1): Script {
  return (wire) => script(wire.sliced(bytes));
}
