/** The scripted upstream does on the wire what its faults are named after. */
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, sliced, stream } from './answers.ts';
import * as faults from './faults.ts';
import { dial, jsonOf, post, statusOf, talk } from './raw-client.ts';
import { refusedOrigin, startUpstream, type Upstream } from './upstream.ts';
import type { Script } from './wire.ts';

const FRAMES = ['data: {"n":1}\n\n', 'data: {"n":2}\n\n', 'data: [DONE]\n\n'];
const REQUEST = post('/v1/chat/completions', '{"model":"m"}');

let upstream: Upstream;
beforeEach(async () => {
  upstream = await startUpstream();
});
afterEach(() => upstream.close());

function ask(script: Script) {
  upstream.answer(script);
  return talk(upstream.port, REQUEST, 80);
}

/** The body of a chunked answer as far as it came, and whether its last chunk did. */
function unchunk(text: string): { body: string; isWhole: boolean } {
  let rest = text.slice(text.indexOf('\r\n\r\n') + 4);
  let body = '';
  for (;;) {
    const line = rest.indexOf('\r\n');
    if (line === -1) return { body, isWhole: false };
    const size = Number.parseInt(rest.slice(0, line), 16);
    if (size === 0) return { body, isWhole: true };
    body += rest.slice(line + 2, line + 2 + size);
    rest = rest.slice(line + 2 + size + 2);
  }
}

describe('the record', () => {
  it('keeps the exact bytes, the headers and the body, and keeps connections alive', async () => {
    upstream.answer(json({ first: true }), json({ second: true }));
    const { text, end } = await talk(upstream.port, REQUEST + REQUEST);
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(2);
    expect(text).toMatch(/first.*second/s);
    expect(end).toBe('open');
    expect(upstream.connections.accepted).toBe(1);
    const [first, second] = upstream.received;
    expect(first?.bytes.toString()).toBe(REQUEST);
    expect(first?.headers.get('content-type')).toBe('application/json');
    expect(second?.body.toString()).toBe('{"model":"m"}');
    expect(second?.abortedAtMs).toBeNull();
  });

  it('reads a chunked request', async () => {
    upstream.answer(json({}));
    await talk(
      upstream.port,
      'POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{"a\r\n4\r\n":1}\r\n0\r\n\r\n',
    );
    expect(upstream.received[0]?.body.toString()).toBe('{"a":1}');
  });

  it('notes when the client leaves before the answer is done', async () => {
    upstream.answer(faults.silence());
    const socket = await dial(upstream.port);
    socket.write(REQUEST);
    const { atMs } = await upstream.request(1);
    socket.destroy();
    const { abortedAtMs } = await upstream.aborted(1);
    expect(abortedAtMs).toBeGreaterThanOrEqual(atMs);
  });
});

describe('faults of the connection', () => {
  it('refuses connections at an origin where nobody listens', async () => {
    const { port } = new URL(await refusedOrigin());
    await expect(dial(Number(port))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('can accept and stay mute', async () => {
    const mute = await startUpstream({ mute: true });
    expect(await talk(mute.port, REQUEST)).toMatchObject({ text: '', end: 'open' });
    expect(mute.received).toHaveLength(0);
    await mute.close();
  });

  it.each([
    ['resetBeforeHeaders', faults.resetBeforeHeaders(), '', 'rst'],
    ['finBeforeHeaders', faults.finBeforeHeaders(), '', 'fin'],
    ['silence', faults.silence(), '', 'open'],
  ] as const)('%s', async (_, script, text, end) => {
    expect(await ask(script)).toMatchObject({ text, end });
    expect(upstream.received).toHaveLength(1);
  });

  it.each([
    ['headersThenNothing', faults.headersThenNothing(), 'open'],
    ['headersThenReset', faults.headersThenReset(), 'rst'],
  ] as const)('%s', async (_, script, end) => {
    const answer = await ask(script);
    expect(statusOf(answer.text)).toBe(200);
    expect(answer.text).toMatch(/\r\n\r\n$/);
    expect(answer.end).toBe(end);
  });

  it('speaks something else: notHttp, badChunk', async () => {
    expect(await ask(faults.notHttp())).toMatchObject({ text: 'SSH-2.0-OpenSSH_9.2\r\n', end: 'fin' });
    expect((await ask(faults.badChunk())).text).toContain('zz\r\noops');
  });
});

describe('faults of a stream', () => {
  it.each([
    ['stallMidStream', faults.stallMidStream(FRAMES.slice(0, 1)), FRAMES[0], false, 'open'],
    ['finMidEvent', faults.finMidEvent(FRAMES.slice(0, 2), 7), `${FRAMES[0]}data: {`, false, 'fin'],
    ['finMidEventLastAnswer', faults.finMidEventLastAnswer(FRAMES.slice(0, 1), 7), 'data: {', false, 'fin'],
    ['rstMidEvent', faults.rstMidEvent(FRAMES.slice(0, 2), 7), `${FRAMES[0]}data: {`, false, 'rst'],
    ['endWithoutMarker', faults.endWithoutMarker(FRAMES.slice(0, 2)), FRAMES.slice(0, 2).join(''), true, 'open'],
    ['errorFirst', faults.errorFirst('data: {"error":{}}\n\n'), 'data: {"error":{}}\n\n', true, 'open'],
    ['errorMidStream', faults.errorMidStream(FRAMES.slice(0, 1), 'E'), `${FRAMES[0]}E`, true, 'open'],
  ] as const)('%s', async (_, script, body, isWhole, end) => {
    const answer = await ask(script);
    expect(unchunk(answer.text)).toEqual({ body, isWhole });
    expect(answer.end).toBe(end);
  });

  it('streamUntilFin has no framing but the FIN', async () => {
    const { text, end } = await ask(faults.streamUntilFin(FRAMES));
    expect(text.endsWith(`\r\n\r\n${FRAMES.join('')}`)).toBe(true);
    expect(text).not.toContain('transfer-encoding');
    expect(end).toBe('fin');
  });

  it('malformedEvent has an event that is not JSON between good ones', async () => {
    const { body, isWhole } = unchunk((await ask(faults.malformedEvent(FRAMES.slice(0, 1), FRAMES.slice(1)))).text);
    const events = body.split('\n\n').map((event) => event.replace(/^data: /, ''));
    expect(() => JSON.parse(events[1]!)).toThrow(SyntaxError);
    expect(events[2]).toBe('{"n":2}');
    expect(isWhole).toBe(true);
  });

  it('oversizeEvent is one event of that size', async () => {
    const { body } = unchunk((await ask(faults.oversizeEvent(300_000))).text);
    expect(body.length).toBe(300_000 + 'data: {"x":""}\n\n'.length);
    expect(body.indexOf('\n')).toBe(body.length - 2);
  });

  it('endlessStream goes on until the client leaves', async () => {
    upstream.answer(faults.endlessStream(FRAMES[0]!, 1));
    const socket = await dial(upstream.port);
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
    socket.write(REQUEST);
    while (bytes < 2000) await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    expect((await upstream.aborted(1)).abortedAtMs).not.toBeNull();
  });
});

describe('faults of a whole answer', () => {
  const TEXT = '{"id":"chatcmpl-1","choices":[]}';

  it.each([
    ['finMidJson', faults.finMidJson(TEXT, 10), 32, 10, 'fin'],
    ['stallMidJson', faults.stallMidJson(TEXT, 10), 32, 10, 'open'],
    ['truncatedJson', faults.truncatedJson(TEXT, 10), 10, 10, 'open'],
    ['empty200', faults.empty200(), 0, 0, 'open'],
  ] as const)('%s', async (_, script, declared, sent, end) => {
    const { text, end: how } = await ask(script);
    expect(Number(/content-length: (\d+)/.exec(text)?.[1])).toBe(declared);
    expect(text.length - text.indexOf('\r\n\r\n') - 4).toBe(sent);
    expect(how).toBe(end);
  });

  it('html, redirect307, oversizeJson, gzipAnswer', async () => {
    expect((await ask(faults.html())).text).toMatch(/200.*text\/html.*<!doctype/s);
    expect((await ask(faults.redirect307('http://elsewhere/'))).text).toMatch(/ 307 .*location: http:\/\/elsewhere\//s);
    expect(JSON.parse(unchunk((await ask(faults.oversizeJson(200_000))).text).body).id).toHaveLength(200_000);
    const { bytes, text } = await ask(faults.gzipAnswer({ a: 1 }));
    expect(text).toContain('content-encoding: gzip');
    expect(JSON.parse(gunzipSync(bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)).toString())).toEqual({ a: 1 });
  });

  it('leakyHeaders, hugeHeaders, informationalFlood', async () => {
    const leaky = (await ask(faults.leakyHeaders({ ok: 1 }))).text;
    expect(leaky.match(/set-cookie/g)).toHaveLength(2);
    expect(leaky).toMatch(/keep-alive: .*x-internal-host: /s);
    expect((await ask(faults.hugeHeaders({}, 40_000))).text.indexOf('\r\n\r\n')).toBeGreaterThan(40_000);
    const flood = (await ask(faults.informationalFlood(50, json({})))).text;
    expect(flood.match(/HTTP\/1\.1 103/g)).toHaveLength(50);
    expect(flood).toContain('HTTP/1.1 200');
  });

  it.each([
    [401, faults.unauthorized401(), /invalid_api_key/],
    [403, faults.forbidden403(), /permission_denied/],
    [429, faults.rateLimited429(), /rate_limit_exceeded/],
    [429, faults.rateLimited429('7'), /retry-after: 7/],
    [503, faults.unavailable503(), /overloaded/],
    [529, faults.overloaded529(), /overloaded_error/],
    [500, faults.failed500(), /server had an error/],
    [400, faults.contextTooLong400(), /context_length_exceeded/],
  ] as const)('an API error with status %i', async (status, script, match) => {
    const { text } = await ask(script);
    expect(statusOf(text)).toBe(status);
    expect(text).toMatch(match);
    expect(jsonOf(text)).toHaveProperty('error');
  });

  it('rateLimited429 without a waiting time has none', async () => {
    expect((await ask(faults.rateLimited429())).text).not.toContain('retry-after');
  });
});

describe('good answers', () => {
  it('streams frames, paced, and the same bytes in slices', async () => {
    const whole = (await ask(stream(FRAMES, { paceMs: 1 }))).text;
    expect(unchunk(whole)).toEqual({ body: FRAMES.join(''), isWhole: true });
    expect((await ask(sliced(stream(FRAMES)))).text).toBe(whole);
  });

  it('chooses by the request, and answers 501 before it is told anything', async () => {
    expect(statusOf((await talk(upstream.port, REQUEST)).text)).toBe(501);
    upstream.route(({ body }) => json(JSON.parse(body.toString())));
    expect(jsonOf((await talk(upstream.port, REQUEST)).text)).toEqual({ model: 'm' });
  });
});
