/** What is behind the front door sees a Request like any other, and asking for its headers leaves the body alone. */
import { afterEach, describe, expect, it } from 'vitest';
import { createNodeDoor } from '../../../src/server/node/index.ts';
import { createNodeServer, type NodeServer, type NodeServerOptions } from '../../../src/server/node/listen.ts';
import { jsonOf, post, statusOf, talk } from '../../faults/raw-client.ts';
import { realClock as clock } from '../../faults/real-clock.ts';

const servers: NodeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.drain(0)));
});

async function ask(fetch: NodeServerOptions['fetch'], request: string): Promise<string> {
  const server = createNodeServer({ clock, fetch });
  servers.push(server);
  const { port } = await server.listen('127.0.0.1', 0);
  return (await talk(port, request)).text;
}

describe('the Request of a route without the front door', () => {
  it('has method, URL, headers and body', async () => {
    const text = await ask(
      async (request) =>
        Response.json({
          isRequest: request instanceof Request,
          method: request.method,
          url: request.url,
          header: request.headers.get('x-one'),
          used: request.bodyUsed,
          body: await request.json(),
        }),
      post('/v1/x?y=z', '{"a":1}', ['x-one: 1', 'x-one: 2']),
    );
    const url = 'http://gateway.test/v1/x?y=z';
    expect(jsonOf(unchunk(text))).toEqual({
      isRequest: true,
      method: 'POST',
      url,
      header: '1, 2',
      used: false,
      body: { a: 1 },
    });
  });

  it('can be wrapped in a new Request', async () => {
    const text = await ask(
      async (request) =>
        new Response(await new Request(request.url, { method: 'POST', body: await request.text() }).text()),
      post('/', '{"a":1}'),
    );
    expect(text).toContain('{"a":1}');
  });

  it.each([
    ['/v1/../admin', 'http://gateway.test/v1/../admin'],
    ['//evil.test/x', 'http://gateway.test//evil.test/x'],
    ['/a%2e%2e/b', 'http://gateway.test/a%2e%2e/b'],
    ['/a\\b', 'http://gateway.test/a\\b'],
  ])('B68 sees the path %s as it was written', async (path, url) => {
    expect(await ask((request) => new Response(request.url), post(path, '{}'))).toContain(url);
  });
});

describe('the Response of a route without the front door', () => {
  it('is written with status, headers, cookies and body', async () => {
    const headers: [string, string][] = [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['x-one', '1'],
    ];
    const text = await ask(() => new Response('created', { status: 201, headers }), post('/', '{}'));
    expect(statusOf(text)).toBe(201);
    expect(text.match(/set-cookie: /g)).toHaveLength(2);
    expect(text).toMatch(/x-one: 1[^]*created/);
  });

  it('may have no body', async () => {
    const text = await ask(() => Promise.resolve(new Response(null, { status: 204 })), post('/', '{}'));
    expect(statusOf(text)).toBe(204);
  });

  it('that never comes is a 500 without a word of the reason', async () => {
    const text = await ask(() => Promise.reject(new Error('secret')), post('/', '{}'));
    expect([statusOf(text), text.includes('secret')]).toEqual([500, false]);
  });

  it('that breaks off does not look whole', async () => {
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('begin'));
        setTimeout(() => controller.error(new Error('broken')), 20);
      },
    });
    const text = await ask(() => new Response(broken), post('/', '{}'));
    expect(text).toContain('begin');
    expect(text).not.toMatch(/\r\n0\r\n\r\n$/);
  });
});

it('a middleware that looks at headers and signal leaves the body to the front door', async () => {
  const door = createNodeDoor({ clock, limits: { body: 1000 }, hosts: [] });
  const entry = { surface: 'openai-chat', operation: 'chat', target: null, hasBody: true } as const;
  const text = await ask(
    (request, env) => {
      if (request.headers.get('origin') !== 'http://app.test' || request.signal.aborted) throw new Error('not seen');
      return door.receive(env, request, entry, (call, sink) => {
        sink.start(200, []);
        sink.write(call.body);
        sink.end();
      });
    },
    post('/v1/chat/completions', '{"model":"m"}', ['origin: http://app.test']),
  );
  expect(text).toContain('{"model":"m"}');
});

/** A chunked answer of one chunk as if it had come with a length. */
function unchunk(text: string): string {
  return text.replace(/\r\n\r\n[0-9a-f]+\r\n([^]*)\r\n0\r\n\r\n$/, '\r\n\r\n$1');
}
