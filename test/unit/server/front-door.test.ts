/** Bad requests on raw sockets: what node:http refuses, what it lets through and the front door must refuse (B1-B69). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { GatewayError } from '../../../src/core/gateway-error.ts';
import { createNodeDoor, type NodeDoorOptions } from '../../../src/server/node/index.ts';
import { createNodeServer, type NodeServer, type NodeServerOptions } from '../../../src/server/node/listen.ts';
import { dial, jsonOf, statusOf, talk } from '../../faults/raw-client.ts';
import { realClock as clock } from '../../faults/real-clock.ts';

interface Delivered {
  readonly error: GatewayError | null;
  readonly body: string;
}

interface Running {
  readonly server: NodeServer;
  readonly port: number;
  readonly delivered: Delivered[];
}

const servers: NodeServer[] = [];

/** A server whose answer is the error's code and status, or the length of the body. */
async function start(door: Partial<NodeDoorOptions> = {}, server: Partial<NodeServerOptions> = {}): Promise<Running> {
  const delivered: Delivered[] = [];
  const front = createNodeDoor({ clock, limits: { body: 10_000 }, hosts: [], bodyTimeoutMs: 300, ...door });
  const entry = { surface: 'openai-chat', operation: 'chat', target: null } as const;
  const running = createNodeServer({
    clock,
    fetch: (request, env) =>
      front.receive(env, request, { ...entry, hasBody: request.method === 'POST' }, (call, sink, error) => {
        delivered.push({ error, body: new TextDecoder().decode(call.body) });
        const text = JSON.stringify({ code: error?.code ?? null, where: error?.where ?? null });
        sink.start(error?.status ?? 200, ['content-type', 'application/json', 'content-length', String(text.length)]);
        sink.write(new TextEncoder().encode(text));
        sink.end();
      }),
    ...server,
  });
  const { port } = await running.listen('127.0.0.1', 0);
  servers.push(running);
  return { server: running, port, delivered };
}

let shared: Running;
beforeAll(async () => {
  shared = await start();
});
afterEach(() => void shared.delivered.splice(0));
afterAll(async () => {
  await Promise.all(servers.map((server) => server.drain(0)));
});

const ACCEPTED = () => shared.delivered.filter(({ error }) => error === null);
const BASE = ['host: gateway.test', 'content-type: application/json'];

/** A POST with exactly these header lines. */
function post(lines: readonly string[], body = '{}', target = '/v1/chat/completions'): string {
  return [`POST ${target} HTTP/1.1`, ...lines, '', body].join('\r\n');
}

/** A POST with a fitting length. */
function sized(lines: readonly string[], body = '{}', target?: string): string {
  return post([...lines, `content-length: ${Buffer.byteLength(body, 'latin1')}`], body, target);
}

/** A POST in chunked framing, the framing given as it is. */
function chunked(framing: string, lines: readonly string[] = []): string {
  return post([...BASE, 'transfer-encoding: chunked', ...lines], framing);
}

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nhost: gateway.test\r\n\r\n';

describe('framing that two parsers may read differently is refused, and the connection closed', () => {
  it.each([
    [
      'B1 length and chunked',
      post([...BASE, 'content-length: 2', 'transfer-encoding: chunked'], `0\r\n\r\n${SMUGGLED}`),
    ],
    ['B2 chunked twice', post([...BASE, 'transfer-encoding: chunked, chunked'], `0\r\n\r\n${SMUGGLED}`)],
    ['B3 xchunked', post([...BASE, 'transfer-encoding: xchunked'], `0\r\n\r\n${SMUGGLED}`)],
    ['B4 space before the colon', post([...BASE, 'transfer-encoding : chunked'], `0\r\n\r\n${SMUGGLED}`)],
    ['B5 chunked, gzip', post([...BASE, 'transfer-encoding: chunked, gzip'], `0\r\n\r\n${SMUGGLED}`)],
    ['B6 identity', post([...BASE, 'transfer-encoding: identity'], `{}${SMUGGLED}`)],
    ['B7 two equal lengths', post([...BASE, 'content-length: 2', 'content-length: 2'])],
    ['B8 two lengths', post([...BASE, 'content-length: 2', 'content-length: 3'], '{} ')],
    ['B9 a list of lengths', post([...BASE, 'content-length: 2, 2'])],
    ['B10 +2', post([...BASE, 'content-length: +2'])],
    ['B11 -1', post([...BASE, 'content-length: -1'])],
    ['B12 0x2', post([...BASE, 'content-length: 0x2'])],
    ['B13 twenty digits', post([...BASE, `content-length: ${'9'.repeat(20)}`])],
    ['B14 chunk size +2', chunked('+2\r\n{}\r\n0\r\n\r\n')],
    ['B15 chunk size 0x2', chunked('0x2\r\n{}\r\n0\r\n\r\n')],
    ['B16 chunk size over 64 bits', chunked(`${'f'.repeat(20)}\r\n{}\r\n0\r\n\r\n`)],
    ['B17 a space after the size', chunked('2 \r\n{}\r\n0\r\n\r\n')],
    ['B18 bare LF after the size', chunked('2\n{}\r\n0\r\n\r\n')],
    ['B19 no terminator after the data', chunked('2\r\n{}xx0\r\n\r\n')],
    ['B22 bare LF', sized(BASE).replace('\r\ncontent-type', '\ncontent-type')],
    ['B23 bare CR', sized(BASE).replace('\r\ncontent-type', '\rcontent-type')],
    ['B24 folded header', sized([...BASE, 'x-folded: a\r\n b'])],
    ['B25 NUL in a value', sized([...BASE, 'x-nul: a\0b'])],
    ['B26 space in a name', sized([...BASE, 'x odd: a'])],
    ['B27 no colon', sized([...BASE, 'x-odd'])],
    ['B28 empty name', sized([...BASE, ': a'])],
    ['B29 UTF-8 name', sized([...BASE, 'x-\u00c3\u00bc: a'])],
  ])('%s', async (_, request) => {
    const { text, end } = await talk(shared.port, request);
    expect(statusOf(text)).toBe(400);
    expect(text.match(/^HTTP\/1\.1 \d/gm)).toHaveLength(1);
    expect(end).not.toBe('open');
    expect(ACCEPTED()).toEqual([]);
  });

  it('B20 a chunk extension of 20 KB', async () => {
    const { text, end } = await talk(shared.port, chunked(`2;${'e'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`));
    expect(statusOf(text)).toBe(413);
    expect(end).not.toBe('open');
    expect(ACCEPTED()).toEqual([]);
  });

  it('B21 trailers do not become headers', async () => {
    const { text } = await talk(
      shared.port,
      chunked('2\r\n{}\r\n0\r\nauthorization: Bearer k\r\ncontent-length: 9\r\n\r\n'),
    );
    expect([200, 400]).toContain(statusOf(text));
    expect(text.match(/^HTTP\/1\.1 \d/gm)).toHaveLength(1);
  });
});

/** The code that the door's handler wrote, or null when the answer is somebody else's. */
function doorCode(text: string): unknown {
  const body = jsonOf(text);
  return typeof body === 'object' && body !== null && 'code' in body ? body.code : null;
}

describe('what node:http lets through', () => {
  it.each([
    ['B30 8-bit value', sized([...BASE, 'x-odd: caf\u00e9']), 400, 'bad-header'],
    ['B30 control value', sized([...BASE, 'x-odd: a\u0001b']), 400, null],
    ['B31 long URL', sized(BASE, '{}', `/v1/${'x'.repeat(8200)}`), 414, 'url-too-long'],
    ['B31 headers over 16 KiB', sized([...BASE, `x-long: ${'x'.repeat(17_000)}`]), 431, null],
    [
      'B32 over 100 headers',
      sized([...BASE, ...Array.from({ length: 100 }, (_, i) => `x-${i}: v`)]),
      431,
      'too-many-headers',
    ],
    ['B33 two hosts', sized([...BASE, 'host: other.test']), 400, 'bad-host'],
    ['B33 two equal hosts', sized([...BASE, 'Host: gateway.test']), 400, 'bad-host'],
    ['B34 no host', sized(BASE.slice(1)), 400, 'bad-host'],
    ['B34 empty host', sized(['host:', ...BASE.slice(1)]), 400, 'bad-host'],
    ['B35 path in the host', sized(['host: a/admin?x#', ...BASE.slice(1)]), 400, 'bad-host'],
    ['B35 user in the host', sized(['host: user@gateway.test', ...BASE.slice(1)]), 400, 'bad-host'],
    ['B35 spaces in the host', sized(['host: a b', ...BASE.slice(1)]), 400, 'bad-host'],
    ['B36 absolute form for another host', sized(BASE, '{}', 'http://other.test/v1'), 421, 'misdirected-request'],
    ['B36 absolute form with a user', sized(BASE, '{}', 'http://u@gateway.test/v1'), 421, 'misdirected-request'],
    ['B39 HTTP/2.0', sized(BASE).replace('HTTP/1.1', 'HTTP/2.0'), 505, 'unsupported-http-version'],
    ['B39 HTTP/1.9', sized(BASE).replace('HTTP/1.1', 'HTTP/1.9'), 400, null],
    [
      'B40 two authorizations',
      sized([...BASE, 'authorization: Bearer a', 'authorization: Bearer a']),
      400,
      'bad-header',
    ],
    ['B40 two api keys', sized([...BASE, 'x-api-key: a', 'X-API-Key: b']), 400, 'bad-header'],
    ['B45 connection: authorization', sized([...BASE, 'connection: authorization']), 400, 'bad-header'],
    ['B45 among others', sized([...BASE, 'connection: close, Host']), 400, 'bad-header'],
    ['B46 expect: 200-ok', sized([...BASE, 'expect: 200-ok']), 417, null],
    ['B57 two content types', sized([...BASE, 'content-type: text/plain']), 400, 'bad-header'],
    ['B57 none', sized(BASE.slice(0, 1)), 415, 'unsupported-media-type'],
    ['B58 gzip', sized([...BASE, 'content-encoding: gzip']), 415, 'unsupported-encoding'],
  ])('%s', async (_, request, status, code) => {
    const { text } = await talk(shared.port, request);
    // Where node:http or its adaptor answers, the code is not the door's.
    expect([statusOf(text), doorCode(text), ACCEPTED()]).toEqual([status, code, []]);
    expect(text).not.toMatch(/at .*\.ts|node:internal|stack/);
  });

  it.each([
    ['a space before the colon', sized([...BASE, 'x-odd : a']), 'bad-header'],
    ['headers over 16 KiB', sized([...BASE, `x-long: ${'x'.repeat(17_000)}`]), 'too-many-headers'],
    ['a chunk extension of 20 KB', chunked(`2;${'e'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`), 'request-too-large'],
  ])('names a code of the table also where no route is reached: %s', async (_, request, code) => {
    const { text } = await talk(shared.port, request);
    expect(text).toContain(`\r\nx-thalweg-code: ${code}\r\n`);
    expect(jsonOf(text)).toMatchObject({ error: { code, thalweg: { code } } });
  });

  it('B39 HTTP/0.9', async () => {
    const { text, end } = await talk(shared.port, 'GET /v1/models\r\n\r\n');
    expect(statusOf(text)).not.toBe(200);
    expect(end).not.toBe('open');
    expect(ACCEPTED()).toEqual([]);
  });

  it.each([
    ['absolute form for its own host', sized(BASE, '{}', 'http://gateway.test/v1')],
    [
      'B46 an offer of h2c',
      sized([...BASE, 'connection: upgrade, http2-settings', 'upgrade: h2c', 'http2-settings: AAA']),
    ],
    ['a host with a port', sized(['host: [::1]:8080', ...BASE.slice(1)])],
    ['HTTP/1.0 with a host', sized(BASE).replace('HTTP/1.1', 'HTTP/1.0')],
    ['B69 an odd request id', sized([...BASE, 'x-request-id: \u00f0\u009f'])],
    ['expect: 100-continue', sized([...BASE, 'expect: 100-continue'])],
  ])('serves %s', async (_, request) => {
    const { text } = await talk(shared.port, request);
    expect(statusOf(text.replace('HTTP/1.1 100 Continue\r\n\r\n', ''))).toBe(200);
    expect(ACCEPTED()).toHaveLength(1);
  });

  it('B37, B38 knows its own names, and no forwarded one', async () => {
    const { port, delivered } = await start({ hosts: ['gateway.test'] });
    const forwarded = ['x-forwarded-host: gateway.test', 'forwarded: host=gateway.test'];
    expect(statusOf((await talk(port, sized(BASE))).text)).toBe(200);
    const other = sized(['host: evil.test', ...BASE.slice(1), ...forwarded]);
    expect(jsonOf((await talk(port, other)).text)).toMatchObject({ code: 'misdirected-request' });
    expect(delivered.map(({ error }) => error?.code ?? null)).toEqual([null, 'misdirected-request']);
  });

  it('B44 ignores method overrides, opens no tunnel', async () => {
    await talk(shared.port, 'GET /v1 HTTP/1.1\r\nhost: a\r\nx-http-method-override: POST\r\n\r\n');
    expect(ACCEPTED()).toEqual([{ error: null, body: '' }]);
    const tunnel = await talk(shared.port, 'CONNECT inside.test:443 HTTP/1.1\r\nhost: inside.test:443\r\n\r\n');
    expect(statusOf(tunnel.text)).not.toBe(200);
    expect(tunnel.end).not.toBe('open');
    expect(ACCEPTED()).toHaveLength(1);
  });
});

describe('the rest of a request that was refused', () => {
  it('B59 a declared length over the limit is refused before the body comes', async () => {
    const { text, end } = await talk(shared.port, post([...BASE, 'content-length: 10001'], ''));
    expect([statusOf(text), jsonOf(text)]).toEqual([413, { code: 'request-too-large', where: 'body' }]);
    expect(text).toMatch(/connection: close/i);
    expect(end).toBe('fin');
  });

  it('B59 the client of a long body receives its answer although it goes on sending', async () => {
    const body = Buffer.alloc(2_000_000, 97);
    const { text, end } = await talk(shared.port, [post([...BASE, `content-length: ${body.length}`], ''), body]);
    expect([statusOf(text), end]).toEqual([413, 'fin']);
  });

  it('B59 a chunked body is refused while it is read', async () => {
    const part = `${(6000).toString(16)}\r\n${'x'.repeat(6000)}\r\n`;
    const { text } = await talk(shared.port, [chunked(''), part, part]);
    expect(jsonOf(text)).toMatchObject({ code: 'request-too-large' });
  });

  it('is never taken for another request', async () => {
    for (const [lines, status] of [
      [['host: gateway.test', 'content-type: text/plain'], 415],
      [[...BASE, 'host: b'], 400],
    ] as const) {
      const { text, end } = await talk(shared.port, sized(lines, SMUGGLED) + SMUGGLED);
      expect([statusOf(text), text.match(/^HTTP\/1\.1 \d/gm)?.length, end]).toEqual([status, 1, 'fin']);
    }
    expect(ACCEPTED()).toEqual([]);
  });

  it('a GET with a body gets its answer and loses its connection', async () => {
    const { text, end } = await talk(
      shared.port,
      `GET /v1 HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello${SMUGGLED}`,
    );
    expect([statusOf(text), text.match(/^HTTP\/1\.1 \d/gm)?.length, end]).toEqual([200, 1, 'fin']);
  });

  it('keeps the connection of a request that was read whole', async () => {
    const { text, end } = await talk(shared.port, sized(BASE) + sized(BASE));
    expect([text.match(/HTTP\/1\.1 200/g)?.length, end]).toEqual([2, 'open']);
    expect(text).toMatch(/keep-alive: timeout=65/i);
  });
});

describe('F28, B75 slow clients', () => {
  it('a slow body is answered 408 and closed', async () => {
    const { text, end } = await talk(shared.port, post([...BASE, 'content-length: 9'], '{'), 600);
    expect([statusOf(text), jsonOf(text), end]).toEqual([408, { code: 'request-timeout', where: 'body' }, 'fin']);
  });

  it('a slow head is answered 408 and closed', async () => {
    const { port, delivered } = await start({}, { headersTimeoutMs: 300 });
    const { text, end } = await talk(port, 'POST /v1 HTTP/1.1\r\nhost: gat', 2500);
    expect([statusOf(text), end, delivered]).toEqual([408, 'fin', []]);
  });

  it('F27 a client that reads nothing is given up', async () => {
    const gone = Promise.withResolvers<void>();
    const door = createNodeDoor({ clock, limits: { body: 10 }, hosts: [], writeTimeoutMs: 200 });
    const server = createNodeServer({
      clock,
      fetch: (request, env) =>
        door.receive(
          env,
          request,
          { surface: 'openai-chat', operation: 'chat', target: null, hasBody: false },
          (call, sink) => {
            call.onGone(() => gone.resolve());
            const pump = (): void => {
              while (sink.write(new Uint8Array(1_000_000)));
            };
            sink.onDrain(pump);
            sink.start(200, ['content-type', 'text/event-stream']);
            pump();
          },
        ),
    });
    servers.push(server);
    const { port } = await server.listen('127.0.0.1', 0);
    const socket = await dial(port);
    socket.on('error', () => {});
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    await expect(gone.promise).resolves.toBeUndefined();
    socket.destroy();
  });
});

describe('errors above the door', () => {
  it('a bug is a 500 that tells nothing', async () => {
    const { port } = await start(
      {},
      {
        fetch: () => {
          throw new Error('secret of the house');
        },
      },
    );
    const { text } = await talk(port, sized(BASE));
    expect(statusOf(text)).toBe(500);
    expect(text).not.toContain('secret');
    expect(jsonOf(text)).toMatchObject({ error: { code: 'internal' } });
  });

  it('the door says what it needs when it is mounted elsewhere', () => {
    const door = createNodeDoor({ clock, limits: { body: 10 }, hosts: [] });
    const entry = { surface: 'openai-chat', operation: 'chat', target: null, hasBody: false } as const;
    expect(() => door.receive({}, new Request('http://a/'), entry, () => {})).toThrow(/env\.incoming/);
  });
});
