/** What every front door must do: hand over a Call as it came, and write exactly what its sink is told. */
import { afterEach, describe, expect, it } from 'vitest';
import type { GatewayError } from '../../src/core/gateway-error.ts';
import type { Ask, Visit, Visitor } from './visitor.ts';
import type { Call, FrontDoor, ReplySink, RouteEntry } from '../../src/core/gateway.ts';

/** What `deliver` was called with. */
export interface Delivery {
  readonly call: Call;
  readonly sink: ReplySink;
  readonly error: GatewayError | null;
}

/** Options of the door under test. */
export interface DoorUnderTest {
  readonly bodyBytes: number;
  readonly bodyTimeoutMs: number;
  readonly hosts: readonly string[];
}

/** Puts a door behind a server of its runtime; `receive` is what a route does with a request. */
export type Setting = (
  options: DoorUnderTest,
  receive: (door: FrontDoor, env: unknown, request: Request) => Response | Promise<Response>,
) => Promise<Visitor>;

const HOST = 'gateway.test';
const CHAT: RouteEntry = { surface: 'openai-chat', operation: 'chat', target: null, hasBody: true };
const MODEL: RouteEntry = { surface: 'openai-chat', operation: 'get-model', target: 'gpt/4', hasBody: false };
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function readAll(visit: Visit): Promise<string> {
  let text = '';
  for (let part = await visit.read(); part !== null; part = await visit.read()) text += part;
  return text;
}

async function* slowly(parts: readonly string[], ms: number): AsyncIterable<string> {
  for (const part of parts) {
    yield part;
    await pause(ms);
  }
}

/** Runs the suite over one door. */
export function sinkSuite(name: string, setting: Setting): void {
  const open: Visitor[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((visitor) => visitor.close()));
  });

  /** A door that does `act` with every delivery. */
  const visitorOf = async (
    act: (delivery: Delivery) => void,
    options: Partial<DoorUnderTest> = {},
  ): Promise<Visitor> => {
    const whole = { bodyBytes: 100_000, bodyTimeoutMs: 5000, hosts: [HOST], ...options };
    const visitor = await setting(whole, (door, env, request) =>
      door.receive(env, request, request.method === 'POST' ? CHAT : MODEL, (call, sink, error) =>
        act({ call, sink, error }),
      ),
    );
    open.push(visitor);
    return visitor;
  };
  const say = (sink: ReplySink, text: string, status = 200): void => {
    sink.start(status, ['content-type', 'text/plain', 'content-length', String(encode(text).length)]);
    sink.write(encode(text));
    sink.end();
  };
  /** What came out of one request: its delivery and the answer `act` gave. */
  const deliveryOf = async (ask: Ask, options: Partial<DoorUnderTest> = {}): Promise<Delivery> => {
    let delivery: Delivery | null = null;
    const visitor = await visitorOf((one) => {
      expect(delivery).toBeNull();
      delivery = one;
      say(one.sink, one.error?.code ?? 'fine', one.error?.status ?? 200);
    }, options);
    const visit = await visitor.ask(ask);
    const text = await readAll(visit);
    const seen = delivery as Delivery | null;
    if (seen === null) throw new Error('nothing was delivered');
    expect([text, visit.status]).toEqual([seen.error?.code ?? 'fine', seen.error?.status ?? 200]);
    return seen;
  };

  describe(`${name}: the call`, () => {
    it('has the route, the query, the headers and the body as they came', async () => {
      const body = '{"model":"m","n":1}';
      const { call, error } = await deliveryOf({
        path: '/v1/chat/completions?a=b%20c&d',
        headers: ['Content-Type', 'application/json', 'X-Trace', 'one', 'authorization', 'Bearer sk-1'],
        body,
      });
      expect(error).toBeNull();
      expect([call.surface, call.operation, call.target, call.query]).toEqual([
        'openai-chat',
        'chat',
        null,
        'a=b%20c&d',
      ]);
      expect(new TextDecoder().decode(call.body)).toBe(body);
      expect([call.headers.get('x-trace'), call.headers.get('absent')]).toEqual(['one', null]);
      const names: string[] = [];
      call.headers.forEach((header) => names.push(header));
      expect(names).toContain('x-trace');
      expect(call.credential).toMatchObject({ kind: 'key' });
      expect(call.credential?.kind === 'key' && call.credential.key.reveal()).toBe('sk-1');
    });

    it('has no body, no query and no credential where there is none', async () => {
      const { call } = await deliveryOf({ method: 'GET', path: '/v1/models/gpt' });
      expect([call.body.length, call.query, call.credential, call.target]).toEqual([0, '', null, 'gpt/4']);
    });

    it('puts a body together that comes in pieces', async () => {
      const parts = Array.from({ length: 20 }, (_, i) => `"${i}" `);
      const { call } = await deliveryOf({ body: slowly(parts, 2) });
      expect(new TextDecoder().decode(call.body)).toBe(parts.join(''));
    });

    it.each([
      [['x-api-key', 'k1'], 'key'],
      [['api-key', 'k1'], 'key'],
      [['x-goog-api-key', 'k1'], 'key'],
      [['authorization', 'bearer k1'], 'key'],
      [['authorization', 'Bearer k1', 'x-api-key', 'k1'], 'key'],
      [['authorization', 'Bearer k1', 'x-api-key', 'k2'], 'ambiguous'],
      [['x-api-key', 'k1', 'api-key', 'k2'], 'ambiguous'],
      [['authorization', 'Basic azE6'], undefined],
      [['authorization', 'Bearer '], undefined],
      [['authorization', 'Bearer k 1'], undefined],
    ] as const)('B41, B43 credential %j', async (headers, kind) => {
      const { call } = await deliveryOf({ method: 'GET', path: '/v1/models/x?key=k9', headers });
      expect(call.credential?.kind).toBe(kind);
      const where = call.credential?.kind === 'ambiguous' ? call.credential.where.length : null;
      expect(where).toBe(kind === 'ambiguous' ? 2 : null);
    });
  });

  describe(`${name}: what is refused`, () => {
    const type = (value: string): readonly string[] => ['content-type', value];
    it.each([
      ['B57 text', { headers: type('text/plain'), body: '{}' }, 'unsupported-media-type'],
      ['B57 multipart', { headers: type('multipart/form-data; boundary=x'), body: '{}' }, 'unsupported-media-type'],
      ['B57 utf-7', { headers: type('application/json; charset=utf-7'), body: '{}' }, 'unsupported-media-type'],
      ['B57 another JSON', { headers: type('application/jsonl'), body: '{}' }, 'unsupported-media-type'],
      [
        'B58 gzip',
        { headers: [...type('application/json'), 'content-encoding', 'gzip'], body: 'x' },
        'unsupported-encoding',
      ],
      [
        'B58 stacked',
        { headers: [...type('application/json'), 'content-encoding', 'gzip, br'], body: 'x' },
        'unsupported-encoding',
      ],
      ['B59 length', { body: 'x'.repeat(100_001) }, 'request-too-large'],
      [
        'B59 chunked',
        {
          body: slowly(
            Array.from({ length: 30 }, () => 'x'.repeat(5000)),
            0,
          ),
        },
        'request-too-large',
      ],
      ['B31 URL', { path: `/v1/chat/completions?${'q'.repeat(8200)}`, body: '{}' }, 'url-too-long'],
      ['B32 headers', { headers: [...type('application/json'), ...many(100)], body: '{}' }, 'too-many-headers'],
      ['B30 8-bit value', { headers: [...type('application/json'), 'x-odd', 'caf\u00e9'], body: '{}' }, 'bad-header'],
    ] as const)('%s', async (_, ask, code) => {
      const { error, call } = await deliveryOf(ask);
      expect(error?.code).toBe(code);
      expect(call.body).toHaveLength(0);
    });

    it.each([
      'application/json',
      'Application/JSON',
      'application/json; charset=utf-8',
      'application/json;charset="UTF-8"',
    ])('accepts %s', async (value) => {
      expect((await deliveryOf({ headers: type(value), body: '{}' })).error).toBeNull();
    });

    it('B69 leaves odd request ids to those who replace them', async () => {
      const headers = [...type('application/json'), 'x-request-id', 'caf\u00e9', 'traceparent', '\u00e9'];
      expect((await deliveryOf({ headers, body: '{}' })).error).toBeNull();
    });

    it('B37 another host than its own', async () => {
      const { error } = await deliveryOf({ body: '{}' }, { hosts: ['other.test', 'gateway.test:1'] });
      expect([error?.code, error?.status]).toEqual(['misdirected-request', 421]);
    });

    it('accepts every host when none is listed, and one with its port', async () => {
      expect((await deliveryOf({ body: '{}' }, { hosts: [] })).error).toBeNull();
      expect((await deliveryOf({ body: '{}' }, { hosts: ['GATEWAY.test'] })).error).toBeNull();
    });

    it('F28, B75 a body that does not arrive in time', async () => {
      const { error } = await deliveryOf({ body: slowly(['{', '}', '}', '}'], 150) }, { bodyTimeoutMs: 200 });
      expect([error?.code, error?.status]).toEqual(['request-timeout', 408]);
    });

    it('F4 a client that leaves in the middle of its body', async () => {
      const delivered = Promise.withResolvers<Delivery>();
      const visitor = await visitorOf((delivery) => {
        say(delivery.sink, 'nobody reads this');
        delivered.resolve(delivery);
      });
      await visitor.askAndLeave({ body: slowly(['{"a":', '1', '}'], 200) }, 100);
      expect((await delivered.promise).error?.code).toBe('client-gone');
    });
  });

  describe(`${name}: the sink`, () => {
    it('writes a whole answer with its length', async () => {
      const visitor = await visitorOf(({ sink }) => say(sink, 'hello', 201));
      const visit = await visitor.ask({ body: '{}' });
      expect([visit.status, visit.header('content-type'), visit.header('content-length')]).toEqual([
        201,
        'text/plain',
        '5',
      ]);
      expect(await readAll(visit)).toBe('hello');
    });

    it('writes an answer without a body', async () => {
      const visitor = await visitorOf(({ sink }) => {
        sink.start(204, ['x-thalweg-code', 'none']);
        sink.end();
      });
      const visit = await visitor.ask({ body: '{}' });
      expect([visit.status, visit.header('x-thalweg-code'), await readAll(visit)]).toEqual([204, 'none', '']);
    });

    it('sends the head of a stream at once, and every chunk as it is written', async () => {
      let sink: ReplySink | null = null;
      const visitor = await visitorOf((delivery) => {
        sink = delivery.sink;
        sink.start(200, ['content-type', 'text/event-stream']);
      });
      const visit = await visitor.ask({ body: '{}' });
      expect([visit.status, visit.header('content-type')]).toEqual([200, 'text/event-stream']);
      const writer = sink as ReplySink | null;
      for (const text of ['data: 1\n\n', 'data: 2\n\n']) {
        expect(writer?.write(encode(text))).toBe(true);
        expect(await visit.read()).toBe(text);
      }
      writer?.end();
      expect(await visit.read()).toBeNull();
    });

    it('a cut answer never looks whole, and what was written before still arrives', async () => {
      const visitor = await visitorOf(({ sink }) => {
        sink.start(200, ['content-type', 'text/event-stream']);
        sink.write(encode('data: 1\n\n'));
        setTimeout(() => {
          sink.write(encode('data: last words\n\n'));
          sink.cut();
          sink.write(encode('never'));
          sink.end();
        }, 20);
      });
      const visit = await visitor.ask({ body: '{}' });
      let text = '';
      const reading = (async () => {
        for (let part = await visit.read(); part !== null; part = await visit.read()) text += part;
      })();
      await expect(reading).rejects.toBeInstanceOf(Error);
      expect(text).toBe('data: 1\n\ndata: last words\n\n');
    });

    it('a cut before anything was written is no answer', async () => {
      const visitor = await visitorOf(({ sink }) => sink.cut());
      await expect(visitor.ask({ body: '{}' }).then(readAll)).rejects.toBeInstanceOf(Error);
    });

    it('F27 says when its reader is slow, and when it goes on', async () => {
      const drained = Promise.withResolvers<void>();
      let refused = 0;
      let written = 0;
      const chunk = new Uint8Array(50_000).fill(97);
      const total = 400;
      const visitor = await visitorOf(({ sink }) => {
        const pump = (): void => {
          while (written < total) {
            written++;
            if (!sink.write(chunk)) {
              refused++;
              return;
            }
          }
          sink.end();
        };
        sink.onDrain(() => {
          drained.resolve();
          pump();
        });
        sink.start(200, ['content-type', 'text/plain']);
        pump();
      });
      const visit = await visitor.ask({ body: '{}' });
      await pause(150);
      const atRest = written;
      await pause(100);
      expect([written, refused > 0, written < total]).toEqual([atRest, true, true]);
      const text = await readAll(visit);
      await drained.promise;
      expect(text.length).toBe(total * chunk.length);
    });

    it('F26 tells at once and only once that the client has left, and drops what comes after', async () => {
      const gone = Promise.withResolvers<number>();
      let times = 0;
      let sink: ReplySink | null = null;
      const visitor = await visitorOf((delivery) => {
        sink = delivery.sink;
        delivery.call.onGone(() => {
          times++;
          gone.resolve(performance.now());
        });
        sink.start(200, ['content-type', 'text/event-stream']);
        sink.write(encode('data: 1\n\n'));
      });
      const visit = await visitor.ask({ body: '{}' });
      await visit.read();
      const leftAt = performance.now();
      visit.leave();
      expect((await gone.promise) - leftAt).toBeLessThan(50);
      const writer = sink as ReplySink | null;
      for (let i = 0; i < 10; i++) expect(writer?.write(encode('data: more\n\n'))).toBe(true);
      writer?.end();
      writer?.cut();
      await pause(20);
      expect(times).toBe(1);
    });

    it('F25 tells that the client has left before the answer began', async () => {
      const gone = Promise.withResolvers<void>();
      const visitor = await visitorOf(({ call, sink }) => {
        call.onGone(() => {
          sink.start(200, []);
          sink.end();
          gone.resolve();
        });
      });
      await visitor.askAndLeave({ body: '{}' }, 50);
      await expect(gone.promise).resolves.toBeUndefined();
    });

    it('tells a listener that comes late', async () => {
      const told = Promise.withResolvers<void>();
      const visitor = await visitorOf(({ call }) => {
        setTimeout(() => call.onGone(() => told.resolve()), 120);
      });
      await visitor.askAndLeave({ body: '{}' }, 30);
      await expect(told.promise).resolves.toBeUndefined();
    });

    it('tells nothing after the end', async () => {
      let times = 0;
      const visitor = await visitorOf(({ call, sink }) => {
        call.onGone(() => times++);
        say(sink, 'done');
      });
      const visit = await visitor.ask({ body: '{}' });
      await readAll(visit);
      visit.leave();
      await pause(30);
      expect(times).toBe(0);
    });

    it('does not throw on a header that cannot be written, and sends no part of the answer', async () => {
      const visitor = await visitorOf(({ sink }) => {
        sink.start(200, ['x-model', 'a\r\nset-cookie: b=c']);
        sink.write(encode('part'));
        sink.end();
      });
      const outcome = await visitor.ask({ body: '{}' }).then(
        async (visit) => ({ status: visit.status, cookie: visit.header('set-cookie'), text: await readAll(visit) }),
        () => null,
      );
      expect([null, { status: 500, cookie: null, text: '' }]).toContainEqual(outcome);
    });
  });
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, i) => [`x-h-${i}`, 'v']).flat();
}
