/** Everything that an upstream can do wrong, one script each, under its name. */
import { gzipSync } from 'node:zlib';
import { beginStream, body, chunk, head, json, LAST_CHUNK, sendFrames, STREAM_HEAD } from './answers.ts';
import type { Script } from './wire.ts';

/** Closes with an RST after the request was read; no byte of an answer. */
export const resetBeforeHeaders = (): Script => (wire) => wire.rst();

/** Closes with a FIN after the request was read; no byte of an answer. */
export const finBeforeHeaders = (): Script => (wire) => wire.fin();

/** Reads the request and never answers. */
export const silence = (): Script => (wire) => wire.closed();

/** Sends the head of an event stream and then nothing. */
export const headersThenNothing = (): Script => async (wire) => {
  await beginStream(wire);
  await wire.closed();
};

/** Sends the head and breaks the connection with an RST. */
export const headersThenReset = (): Script => async (wire) => {
  await beginStream(wire);
  await wire.wait(20);
  wire.rst();
};

/** Sends some frames and then nothing, with the connection open. */
export const stallMidStream =
  (frames: readonly string[]): Script =>
  async (wire) => {
    await beginStream(wire);
    await sendFrames(wire, frames);
    await wire.closed();
  };

/** Sends frames, the last one only up to `bytes` bytes, and closes with a FIN. */
export const finMidEvent =
  (frames: readonly string[], bytes: number): Script =>
  async (wire) => {
    await beginStream(wire);
    await sendFrames(wire, cutLast(frames, bytes));
    wire.fin();
  };

/** As `finMidEvent`, on a connection that was announced to close: a parser is told that the message is over. */
export const finMidEventLastAnswer =
  (frames: readonly string[], bytes: number): Script =>
  async (wire) => {
    await beginStream(wire, { headers: ['connection: close'] });
    await sendFrames(wire, cutLast(frames, bytes));
    wire.fin();
  };

/** Sends frames, the last one only up to `bytes` bytes, and breaks the connection with an RST. */
export const rstMidEvent =
  (frames: readonly string[], bytes: number): Script =>
  async (wire) => {
    await beginStream(wire);
    await sendFrames(wire, cutLast(frames, bytes));
    // An RST at once may overtake the bytes before it.
    await wire.wait(20);
    wire.rst();
  };

/** Ends the HTTP body cleanly after frames that lack the terminal marker of their protocol. */
export const endWithoutMarker =
  (frames: readonly string[]): Script =>
  async (wire) => {
    await beginStream(wire);
    await sendFrames(wire, frames);
    await wire.send(LAST_CHUNK);
  };

/** An event stream without any framing: only the FIN says that it is over. */
export const streamUntilFin =
  (frames: readonly string[]): Script =>
  async (wire) => {
    await wire.send(head(200, ['content-type: text/event-stream', 'connection: close']));
    for (const frame of frames) await wire.send(frame);
    wire.fin();
  };

/** Good frames, one that is not an event of any protocol, good frames again. */
export const malformedEvent =
  (before: readonly string[], after: readonly string[]): Script =>
  async (wire) => {
    await beginStream(wire);
    await sendFrames(wire, [...before, 'data: {"choices": [{"delta": \n\n', ...after]);
    await wire.send(LAST_CHUNK);
  };

/** A stream with status 200 whose first frame is the error given. */
export const errorFirst = (errorFrame: string): Script => endWithoutMarker([errorFrame]);

/** A stream that breaks off with the error frame given. */
export const errorMidStream = (before: readonly string[], errorFrame: string): Script =>
  endWithoutMarker([...before, errorFrame]);

/** A JSON answer whose declared length never comes: FIN after `bytes` bytes. */
export const finMidJson =
  (text: string, bytes: number): Script =>
  async (wire) => {
    const lines = ['content-type: application/json', `content-length: ${Buffer.byteLength(text)}`];
    await wire.send(head(200, lines) + text.slice(0, bytes));
    wire.fin();
  };

/** A JSON answer that is cut but whose declared length is that of the part: whole for HTTP, not for JSON. */
export const truncatedJson = (text: string, bytes: number): Script => body('application/json', text.slice(0, bytes));

/** A JSON answer that stalls after `bytes` bytes with the connection open. */
export const stallMidJson =
  (text: string, bytes: number): Script =>
  async (wire) => {
    const lines = ['content-type: application/json', `content-length: ${Buffer.byteLength(text)}`];
    await wire.send(head(200, lines) + text.slice(0, bytes));
    await wire.closed();
  };

/** A portal page with status 200. */
export const html = (): Script => body('text/html; charset=utf-8', '<!doctype html><title>Sign in</title><p>Welcome');

/** Status 200, JSON by its type, and no body. */
export const empty200 = (): Script => body('application/json', '');

/** A JSON string of `bytes` bytes, in chunked framing: its length is not announced. */
export const oversizeJson =
  (bytes: number): Script =>
  async (wire) => {
    await wire.send(head(200, ['content-type: application/json', 'transfer-encoding: chunked']));
    await wire.send(chunk('{"id":"'));
    await flood(
      bytes,
      (part) => wire.send(chunk(part)),
      () => wire.isClosed,
    );
    await wire.send(chunk('"}'));
    await wire.send(LAST_CHUNK);
  };

/** One event whose data is `bytes` bytes long. */
export const oversizeEvent =
  (bytes: number): Script =>
  async (wire) => {
    await beginStream(wire);
    await wire.send(chunk('data: {"x":"'));
    await flood(
      bytes,
      (part) => wire.send(chunk(part)),
      () => wire.isClosed,
    );
    await wire.send(chunk('"}\n\n'));
    await wire.send(LAST_CHUNK);
  };

/** The same frame again and again until the client leaves. */
export const endlessStream =
  (frame: string, paceMs = 0, before: readonly string[] = []): Script =>
  async (wire) => {
    await beginStream(wire);
    await sendFrames(wire, before);
    while (!wire.isClosed) {
      await wire.send(chunk(frame));
      if (paceMs > 0) await wire.wait(paceMs);
    }
  };

/** A redirect that keeps the method. */
export const redirect307 = (location: string): Script =>
  body('text/plain', '', {
    status: 307,
    headers: [`location: ${location}`],
  });

/** A good answer with headers that must not reach a client. */
export const leakyHeaders = (value: unknown): Script =>
  json(value, {
    headers: [
      'set-cookie: session=upstream; Path=/',
      'set-cookie: second=1',
      'keep-alive: timeout=5',
      'proxy-authenticate: Basic realm="inside"',
      'server: inside/1.0 (10.0.0.7)',
      'x-internal-host: inside.example',
      'x-request-id: req_upstream_1',
      'x-ratelimit-remaining-requests: 41',
      'openai-processing-ms: 12',
    ],
  });

/** A good answer behind `bytes` bytes of headers. */
export const hugeHeaders = (value: unknown, bytes: number): Script =>
  json(value, { headers: Array.from({ length: Math.ceil(bytes / 1000) }, (_, i) => `x-pad-${i}: ${'p'.repeat(990)}`) });

/** `count` informational answers before the real one. */
export const informationalFlood =
  (count: number, then: Script): Script =>
  async (wire) => {
    await wire.send('HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(count));
    await then(wire);
  };

/** An API error of the OpenAI shape. */
export const apiError = (
  status: number,
  code: string | null,
  message: string,
  headers: readonly string[] = [],
): Script => json({ error: { message, type: 'invalid_request_error', param: null, code } }, { status, headers });

/** The key is wrong; the body names it, as vendors do. */
export const unauthorized401 = (): Script =>
  apiError(401, 'invalid_api_key', 'Incorrect API key provided: sk-upstream-canary.');

/** The key may not do this. */
export const forbidden403 = (): Script => apiError(403, 'permission_denied', 'This project has no access.');

/** Too many requests, with or without a waiting time in seconds. */
export const rateLimited429 = (retryAfter: string | null = null): Script =>
  apiError(
    429,
    'rate_limit_exceeded',
    'Rate limit reached.',
    retryAfter === null ? [] : [`retry-after: ${retryAfter}`],
  );

/** Overloaded, the usual way. */
export const unavailable503 = (): Script => apiError(503, 'overloaded', 'The server is overloaded.');

/** Overloaded, Anthropic's way. */
export const overloaded529 = (): Script =>
  json({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }, { status: 529 });

/** Internal error. */
export const failed500 = (): Script => apiError(500, null, 'The server had an error.');

/** The prompt is too long for the model. */
export const contextTooLong400 = (): Script =>
  apiError(400, 'context_length_exceeded', "This model's maximum context length is 8192 tokens.");

/** A compressed answer although identity was asked for. */
export const gzipAnswer = (value: unknown): Script =>
  body('application/json', gzipSync(JSON.stringify(value)), { headers: ['content-encoding: gzip'] });

/** Bytes that are not HTTP. */
export const notHttp = (): Script => async (wire) => {
  await wire.send('SSH-2.0-OpenSSH_9.2\r\n');
  wire.fin();
};

/** A chunked body with a chunk size that is none. */
export const badChunk = (): Script => async (wire) => {
  await wire.send(head(200, STREAM_HEAD));
  await wire.send(chunk('data: {}\n\n'));
  await wire.send('zz\r\noops\r\n');
  await wire.closed();
};

function cutLast(frames: readonly string[], bytes: number): string[] {
  return frames.map((frame, i) => (i === frames.length - 1 ? frame.slice(0, bytes) : frame));
}

async function flood(bytes: number, send: (part: Buffer) => Promise<void>, isClosed: () => boolean): Promise<void> {
  const part = Buffer.alloc(65_536, 0x61);
  for (let left = bytes; left > 0 && !isClosed(); left -= part.length)
    await send(part.subarray(0, Math.min(left, part.length)));
}
