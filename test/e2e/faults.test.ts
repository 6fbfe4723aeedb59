/** Every fault of an upstream, on real sockets, streaming and not, on the byte path and translated: one honest end each. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { WholeConfig } from '../../src/core/config.ts';
import * as answers from '../faults/answers.ts';
import * as faults from '../faults/faults.ts';
import { refusedOrigin, startUpstream, type Upstream } from '../faults/upstream.ts';
import type { Script } from '../faults/wire.ts';
import { backendAt, wholeConfig } from '../support/whole-config.ts';
import { completion, delta, ending, streamOf } from './openai-frames.ts';
import { startGateway, type RealGateway } from './real-gateway.ts';

const WORDS = ['The ', 'Thal', 'weg.'];
const BEGUN = [delta({ role: 'assistant', content: '' }), delta({ content: 'The ' })];
const ANSWER = JSON.stringify(completion());
const ERROR_FRAME = 'data: {"error":{"message":"The server is overloaded","type":"server_error","code":503}}\n\n';

const MALFORMED = 'data: {"choices": [{"delta": \n\n';

/** Content, and a moment later something else: within one packet nothing would have been sent yet, and the next backend be tried. */
const later =
  (...frames: readonly string[]): Script =>
  async (wire) => {
    await answers.beginStream(wire);
    await answers.sendFrames(wire, BEGUN);
    await wire.wait(40);
    await answers.sendFrames(wire, frames);
    await wire.send(answers.LAST_CHUNK);
  };

/** Short limits, so that stalls are found in tests of a second. */
const TIMEOUTS = { connect: 250, headers: 250, first_byte: 250, idle: 250, total: 5_000 };
const LIMITS = { body: 4_194_304, answer: 262_144, event: 65_536 };

/** Faults before the commit point: the status a client sees when there is no other backend. */
const EARLY: Readonly<Record<string, { script: Script; status: number; code: string; on?: 'json' | 'stream' }>> = {
  'reset before headers': { script: faults.resetBeforeHeaders(), status: 502, code: 'upstream-reset' },
  'FIN before headers': { script: faults.finBeforeHeaders(), status: 502, code: 'upstream-reset' },
  'no answer at all': { script: faults.silence(), status: 504, code: 'upstream-timeout' },
  'headers and no byte': { script: faults.headersThenNothing(), status: 504, code: 'upstream-timeout', on: 'stream' },
  'headers and a reset': {
    script: faults.headersThenReset(),
    status: 502,
    code: 'upstream-disconnected',
    on: 'stream',
  },
  'an HTML page': { script: faults.html(), status: 502, code: 'upstream-content-type' },
  'an empty 200': { script: faults.empty200(), status: 502, code: 'upstream-truncated', on: 'json' },
  'FIN inside JSON': { script: faults.finMidJson(ANSWER, 40), status: 502, code: 'upstream-disconnected', on: 'json' },
  'cut JSON': { script: faults.truncatedJson(ANSWER, 40), status: 502, code: 'upstream-truncated', on: 'json' },
  'a stall inside JSON': { script: faults.stallMidJson(ANSWER, 40), status: 504, code: 'upstream-stalled', on: 'json' },
  'JSON without end': { script: faults.oversizeJson(1_000_000), status: 502, code: 'upstream-too-large', on: 'json' },
  'an event without end': {
    script: faults.oversizeEvent(1_000_000),
    status: 502,
    code: 'upstream-too-large',
    on: 'stream',
  },
  'an error as first event': {
    script: faults.errorFirst(ERROR_FRAME),
    status: 503,
    code: 'upstream-overloaded',
    on: 'stream',
  },
  'a prologue and a clean end': {
    script: faults.endWithoutMarker([BEGUN[0]!]),
    status: 502,
    code: 'upstream-truncated',
    on: 'stream',
  },
  'a redirect': { script: faults.redirect307('http://127.0.0.1:1/steal'), status: 502, code: 'upstream-redirect' },
  'status 401': { script: faults.unauthorized401(), status: 502, code: 'upstream-auth' },
  'status 403': { script: faults.forbidden403(), status: 502, code: 'upstream-auth' },
  'status 429': { script: faults.rateLimited429(), status: 429, code: 'upstream-rate-limited' },
  'status 429 with retry-after': { script: faults.rateLimited429('3'), status: 429, code: 'upstream-rate-limited' },
  'status 500': { script: faults.failed500(), status: 502, code: 'upstream-error' },
  'status 503': { script: faults.unavailable503(), status: 503, code: 'upstream-overloaded' },
  'status 529': { script: faults.overloaded529(), status: 503, code: 'upstream-overloaded' },
  'a gzip answer': { script: faults.gzipAnswer(completion()), status: 502, code: 'upstream-malformed' },
  'what is not HTTP': { script: faults.notHttp(), status: 502, code: 'upstream-malformed' },
};

/** Faults after the first content of a stream: the code in the log. */
const LATE: Readonly<Record<string, { script: Script; code: string }>> = {
  'a stall': { script: faults.stallMidStream(BEGUN), code: 'upstream-stalled' },
  'FIN inside an event': {
    script: faults.finMidEvent([...BEGUN, delta({ content: 'weg' })], 30),
    code: 'upstream-disconnected',
  },
  'RST inside an event': {
    script: faults.rstMidEvent([...BEGUN, delta({ content: 'weg' })], 30),
    code: 'upstream-disconnected',
  },
  'a clean end without the marker': { script: faults.endWithoutMarker(BEGUN), code: 'upstream-truncated' },
  'a stream that only FIN ends': { script: faults.streamUntilFin(BEGUN), code: 'upstream-truncated' },
  'a malformed event': { script: later(MALFORMED, ...ending('stop')), code: 'upstream-malformed' },
  'an error event': { script: later(ERROR_FRAME), code: 'upstream-overloaded' },
};

/** Cerebras refuses `logit_bias`: a request with it is translated there. */
const PATHS = {
  pass: { provider: 'openai-compatible', more: {} },
  translate: { provider: 'cerebras', more: { logit_bias: {} } },
} as const;
type PathName = keyof typeof PATHS;

function configFor(path: PathName, origins: readonly string[]): WholeConfig {
  const { provider } = PATHS[path];
  const ids = origins.map((_, i) => `b${i}`);
  const base = wholeConfig();
  return wholeConfig({
    gateway: { ...base.gateway, timeouts: TIMEOUTS, limits: LIMITS },
    backends: Object.fromEntries(
      origins.map((origin, i) => [ids[i]!, backendAt(`${origin}/v1`, { provider, key: 'sk-canary-upstream' })]),
    ),
    models: { '*': { backends: ids.map((id) => ({ id, weight: 1 })), pick: 'ordered', answer: 'asked' } },
  });
}

async function ask(gateway: RealGateway, path: PathName, stream: boolean): Promise<Response> {
  const body = {
    model: 'some-model',
    messages: [{ role: 'user', content: 'What is it?' }],
    stream,
    ...PATHS[path].more,
  };
  const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-canary-client' };
  return fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** What a whole answer says. */
function contentOf(text: string): string {
  return (JSON.parse(text) as { choices: { message: { content: string } }[] }).choices[0]!.message.content;
}

/** What the events of a complete stream say; throws unless there is one terminal event, at the end, and no error. */
function saidBy(events: readonly string[]): string {
  if (events.indexOf('[DONE]') !== events.length - 1) throw new Error('not exactly one [DONE] at the end');
  const chunks = events
    .slice(0, -1)
    .map((event) => JSON.parse(event) as { error?: object; choices: { delta: { content?: string } }[] });
  if (chunks.some(({ error }) => error !== undefined)) throw new Error('an error in a good stream');
  return chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
}

const eventsOf = (text: string): string[] => [...text.matchAll(/^data: (.*)$/gm)].map((match) => match[1]!);

describe.each(Object.keys(PATHS) as PathName[])('on the %s path', (path) => {
  let bad: Upstream;
  let good: Upstream;
  let gateway: RealGateway;

  beforeAll(async () => {
    bad = await startUpstream();
    good = await startUpstream();
  });
  afterEach(() => gateway.stop(100));
  afterAll(async () => {
    await bad.close();
    await good.close();
  });

  const cases = Object.entries(EARLY).flatMap(([name, fault]) =>
    [false, true]
      .filter((stream) => fault.on === undefined || (fault.on === 'stream') === stream)
      .map((stream) => ({ name, stream, ...fault })),
  );

  it.each(cases)('$name (stream: $stream) alone is an honest error', async ({ script, stream, status, code }) => {
    bad.answer(script);
    gateway = await startGateway(configFor(path, [bad.origin]));
    const response = await ask(gateway, path, stream);
    const text = await response.text();
    expect([response.status, response.headers.get('x-thalweg-code')]).toEqual([status, code]);
    expect(JSON.parse(text)).toHaveProperty('error.message');
    expect(text + JSON.stringify([...response.headers])).not.toMatch(/sk-canary|127\.0\.0\.1|set-cookie/);
    expect(await gateway.exchange(1)).toMatchObject({ outcome: 'failed', status, code, path });
  });

  it.each(cases)('$name (stream: $stream) moves on to the next backend', async ({ script, stream }) => {
    bad.answer(script);
    good.answer(stream ? answers.stream(streamOf(WORDS)) : answers.json(completion()));
    gateway = await startGateway(configFor(path, [bad.origin, good.origin]));
    const response = await ask(gateway, path, stream);
    const text = await response.text();
    expect([response.status, response.headers.get('x-thalweg-backend')]).toEqual([200, 'b1']);
    const said = stream ? saidBy(eventsOf(text)) : contentOf(text);
    expect(said).toBe('The Thalweg.');
    expect(await gateway.exchange(1)).toMatchObject({ outcome: 'ok', backend: 'b1' });
  });

  it.each(Object.entries(LATE).map(([name, fault]) => ({ name, ...fault })))(
    '$name after content is one error event, no terminal event, and the end',
    async ({ script, code }) => {
      bad.answer(script);
      gateway = await startGateway(configFor(path, [bad.origin, good.origin]));
      const response = await ask(gateway, path, true);
      const events = eventsOf(await response.text());
      expect(response.status).toBe(200);
      expect(events).not.toContain('[DONE]');
      const errors = events.filter((event) => 'error' in (JSON.parse(event) as object));
      expect(errors).toHaveLength(1);
      expect(events.at(-1)).toBe(errors[0]);
      expect(events.join('')).toContain('The ');
      expect(await gateway.exchange(1)).toMatchObject({ outcome: 'failed', code, path });
    },
  );

  it('a refused connection and a name that does not exist are honest errors', async () => {
    gateway = await startGateway(configFor(path, [await refusedOrigin()]));
    const refused = await ask(gateway, path, false);
    expect([refused.status, refused.headers.get('x-thalweg-code')]).toEqual([502, 'upstream-connect']);
  });

  it('leaks no cookie, hop-by-hop header or foreign name, and survives 1xx', async () => {
    gateway = await startGateway(configFor(path, [bad.origin]));
    bad.answer(faults.leakyHeaders(completion()));
    const response = await ask(gateway, path, false);
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toBe(null);
    const names = [...response.headers.keys()];
    const ours =
      /^(content-type|content-length|date|connection|keep-alive|vary|x-request-id|x-thalweg-.*|x-upstream-request-id|retry-after.*|openai-.*|x-ratelimit-.*)$/;
    expect(names.filter((name) => !ours.test(name))).toEqual([]);
    bad.answer(faults.informationalFlood(50, answers.json(completion())));
    expect((await ask(gateway, path, false)).status).toBe(200);
  });

  it('a slow drip of single bytes gives the same stream', async () => {
    gateway = await startGateway(configFor(path, [bad.origin]));
    bad.answer(answers.stream(streamOf(WORDS)));
    const whole = await (await ask(gateway, path, true)).text();
    bad.answer(answers.sliced(answers.stream(streamOf(WORDS)), 7));
    expect(await (await ask(gateway, path, true)).text()).toBe(whole);
  });

  it.each([true, false])(
    'the client leaves (stream: %s): the upstream is aborted and nobody is blamed',
    async (stream) => {
      gateway = await startGateway(configFor(path, [bad.origin]));
      bad.answer(stream ? faults.stallMidStream(BEGUN) : faults.silence());
      const before = bad.received.length;
      const controller = new AbortController();
      const body = JSON.stringify({
        model: 'm',
        messages: [{ role: 'user', content: 'x' }],
        stream,
        ...PATHS[path].more,
      });
      const asked = fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: controller.signal,
      }).then(
        (response) => response.text().catch(() => 'left'),
        () => 'left',
      );
      await bad.request(before + 1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      controller.abort();
      const left = performance.now();
      await bad.aborted(before + 1);
      expect(performance.now() - left).toBeLessThan(300);
      expect(await asked).toBe('left');
      expect(await gateway.exchange(1)).toMatchObject({ outcome: 'client-gone', status: 499 });
    },
  );
});
