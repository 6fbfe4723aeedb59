/** A canned upstream on raw sockets, as cheap as Node can answer: JSON of a given size, or a stream in bursts or paced. */
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** How streams come: chunks per answer, and the pause between two, ms (0 = ten per write). */
const CHUNKS = Number(process.env['BENCH_CHUNKS'] ?? 200);
const PAUSE_MS = Number(process.env['BENCH_PAUSE_MS'] ?? 0);
const ANSWER_BYTES = Number(process.env['BENCH_ANSWER_BYTES'] ?? 1024);
const PER_WRITE = 10;

const filler = (length: number): string =>
  'lorem ipsum dolor sit amet '.repeat(Math.ceil(length / 27)).slice(0, length);

function wholeAnswer(): Buffer {
  const make = (content: string): string =>
    JSON.stringify({
      id: 'chatcmpl-bench',
      object: 'chat.completion',
      created: 1_763_856_000,
      model: 'bench',
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 200, completion_tokens: 150, total_tokens: 350 },
    });
  const body = make(filler(Math.max(0, ANSWER_BYTES - make('').length)));
  return Buffer.from(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  );
}

function event(delta: object, more: object = {}): string {
  const head = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_763_856_000, model: 'bench' };
  const choices = [{ index: 0, delta, finish_reason: null }];
  return `data: ${JSON.stringify({ ...head, choices, ...more })}\n\n`;
}

const httpChunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

const ANSWER = wholeAnswer();
const STREAM_HEAD = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n',
);
const FIRST = Buffer.from(httpChunk(event({ role: 'assistant', content: '' })));
const CHUNK = httpChunk(event({ content: ' token' }));
const BURST = Buffer.from(CHUNK.repeat(PER_WRITE));
const ONE = Buffer.from(CHUNK);
const USAGE = event(
  {},
  { choices: [], usage: { prompt_tokens: 200, completion_tokens: CHUNKS, total_tokens: 200 + CHUNKS } },
);
const LAST = Buffer.from(
  `${httpChunk(event({}, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }))}${httpChunk(USAGE)}${httpChunk('data: [DONE]\n\n')}0\r\n\r\n`,
);

function stream(socket: Socket): void {
  socket.write(Buffer.concat([STREAM_HEAD, FIRST]));
  let sent = 0;
  const step = (): void => {
    if (socket.destroyed) return;
    const count = PAUSE_MS === 0 ? PER_WRITE : 1;
    socket.write(PAUSE_MS === 0 ? BURST : ONE);
    sent += count;
    if (sent >= CHUNKS) socket.write(LAST);
    else if (PAUSE_MS === 0) setImmediate(step);
    else setTimeout(step, PAUSE_MS);
  };
  step();
}

/** Serves requests one after another on a connection; reads nothing but their length and whether they stream. */
const server = createServer({ noDelay: true }, (socket) => {
  let pending = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    pending += bytes.toString('latin1');
    for (;;) {
      const head = pending.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = Number(/content-length: (\d+)/i.exec(pending.slice(0, head))?.[1] ?? 0);
      if (pending.length < head + 4 + length) return;
      const body = pending.slice(head + 4, head + 4 + length);
      pending = pending.slice(head + 4 + length);
      if (/"stream":\s*true/.test(body)) stream(socket);
      else socket.write(ANSWER);
    }
  });
});

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
