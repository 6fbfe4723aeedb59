/** The front-door suite: the Node door behind a real server, the Web door behind Request and Response. */
import * as http from 'node:http';
import { expect, it } from 'vitest';
import { createNodeDoor } from '../../src/server/node/index.ts';
import { createNodeServer } from '../../src/server/node/listen.ts';
import { createWebDoor } from '../../src/server/web/index.ts';
import { realClock as clock } from '../faults/real-clock.ts';
import { sinkSuite, type Setting } from './sink.ts';
import type { Ask, Visit } from './visitor.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const headersOf = (ask: Ask): readonly string[] =>
  ask.headers ?? (ask.body === undefined ? [] : ['content-type', 'application/json']);

/** Reads a response one chunk at a time; what came before it was cut off is read first. Reads nothing until asked. */
function readingOf(response: http.IncomingMessage): () => Promise<string | null> {
  const chunks: string[] = [];
  let wake = (): void => {};
  let outcome: 'open' | 'end' | 'cut' = 'open';
  const settle = (how: 'end' | 'cut'): void => {
    if (outcome === 'open') outcome = how;
    wake();
  };
  response.once('error', () => settle('cut'));
  response.once('close', () => settle('cut'));
  let isReading = false;
  return async () => {
    if (!isReading) {
      isReading = true;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk.toString());
        wake();
      });
      response.once('end', () => settle('end'));
    }
    while (chunks.length === 0 && outcome === 'open') await new Promise<void>((resolve) => (wake = resolve));
    const chunk = chunks.shift();
    if (chunk === undefined && outcome === 'cut') throw new Error('cut off');
    return chunk ?? null;
  };
}

const onNode: Setting = async (options, receive) => {
  const { bodyBytes, bodyTimeoutMs, hosts } = options;
  const door = createNodeDoor({ clock, limits: { body: bodyBytes }, hosts, bodyTimeoutMs });
  const server = createNodeServer({ clock, fetch: (request, env) => receive(door, env, request) });
  const { port } = await server.listen('127.0.0.1', 0);
  const begin = (ask: Ask): http.ClientRequest => {
    const request = http.request({
      host: '127.0.0.1',
      port,
      agent: false,
      method: ask.method ?? 'POST',
      path: ask.path ?? '/v1/chat/completions',
      headers: ['host', 'gateway.test', 'connection', 'close', ...headersOf(ask), ...lengthOf(ask)],
    });
    request.on('error', () => {});
    void send(request, ask.body);
    return request;
  };
  return {
    ask: (ask) =>
      new Promise<Visit>((resolve, reject) => {
        const request = begin(ask);
        request.on('error', reject);
        request.on('response', (response) => {
          const header = (name: string): string | null => response.headers[name]?.toString() ?? null;
          const leave = (): void => void request.destroy();
          resolve({
            status: response.statusCode ?? 0,
            header,
            read: readingOf(response),
            leave,
          });
        });
      }),
    async askAndLeave(ask, afterMs) {
      const request = begin(ask);
      await pause(afterMs);
      request.destroy();
    },
    close: async () => void (await server.drain(0)),
  };
};

function lengthOf({ body }: Ask): readonly string[] {
  if (body === undefined) return [];
  return typeof body === 'string'
    ? ['content-length', String(Buffer.byteLength(body))]
    : ['transfer-encoding', 'chunked'];
}

async function send(request: http.ClientRequest, body: Ask['body']): Promise<void> {
  if (body !== undefined && typeof body !== 'string') {
    for await (const part of body) {
      if (request.destroyed) return;
      request.write(part);
    }
  }
  request.end(typeof body === 'string' ? body : undefined);
}

const onWeb: Setting = async (options, receive) => {
  const { bodyBytes, bodyTimeoutMs, hosts } = options;
  const door = createWebDoor({ clock, limits: { body: bodyBytes }, hosts, bodyTimeoutMs });
  const begin = (ask: Ask, signal: AbortSignal): Promise<Response> => {
    const headers = new Headers();
    const list = headersOf(ask);
    for (let i = 0; i < list.length; i += 2) headers.append(list[i]!, list[i + 1]!);
    const body =
      ask.body === undefined || typeof ask.body === 'string' ? (ask.body ?? null) : streamOf(ask.body, signal);
    const init = { method: ask.method ?? 'POST', headers, body, signal, duplex: 'half' as const };
    return Promise.resolve(
      receive(door, {}, new Request(`http://gateway.test${ask.path ?? '/v1/chat/completions'}`, init)),
    );
  };
  return {
    async ask(ask) {
      const client = new AbortController();
      const response = await begin(ask, client.signal);
      const chunks = response.body === null ? nothing() : response.body[Symbol.asyncIterator]();
      return {
        status: response.status,
        // A server adds the length of a plain body itself.
        header: (name) => response.headers.get(name),
        async read() {
          const { done, value } = await chunks.next();
          return done === true ? null : Buffer.from(value).toString();
        },
        leave: () => client.abort(),
      };
    },
    async askAndLeave(ask, afterMs) {
      const client = new AbortController();
      void begin(ask, client.signal);
      await pause(afterMs);
      client.abort();
    },
    close: async () => {},
  };
};

function streamOf(parts: AsyncIterable<string>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const iterator = parts[Symbol.asyncIterator]();
  return new ReadableStream({
    start: (controller) => signal.addEventListener('abort', () => controller.error(new Error('gone'))),
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (signal.aborted) return;
      if (done === true) controller.close();
      else controller.enqueue(Buffer.from(value));
    },
  });
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

sinkSuite('server/node', onNode);
sinkSuite('server/web', onWeb);

it('server/web announces work that outlives the answer, wherever the runtime offers it', () => {
  const door = createWebDoor({ clock, limits: { body: 1000 }, hosts: [] });
  const entry = { surface: 'openai-chat', operation: 'list-models', target: null, hasBody: false } as const;
  const work = Promise.resolve();
  const announced: unknown[] = [];
  const waitUntil = (one: unknown): void => void announced.push(one);
  for (const env of [{ waitUntil }, { executionCtx: { waitUntil } }, {}, null]) {
    void door.receive(env, new Request('http://gateway.test/'), entry, (call, sink) => {
      call.background(work);
      sink.start(204, []);
      sink.end();
    });
  }
  expect(announced).toEqual([work, work]);
});
