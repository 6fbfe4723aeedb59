/** Every fault of an upstream, on real sockets, streaming and not, on the byte path and translated: one honest end each. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { WholeConfig } from '../../src/core/config.ts';
import * as answers from '../faults/answers.ts';
import * as faults from '../faults/faults.ts';
import { refusedOrigin, startUpstream, type Upstream } from '../faults/upstream.ts';
import { backendAt, wholeConfig } from '../support/whole-config.ts';
import { BEGUN, EARLY, eventsOf, expectHonestBreak, expectHonestError, LATE, LIMITS, TIMEOUTS } from './fault-cases.ts';
import { completion, streamOf } from './openai-frames.ts';
import { startGateway, type RealGateway } from './real-gateway.ts';

const WORDS = ['The ', 'Thal', 'weg.'];

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

  it.each(EARLY)('$name (stream: $stream) alone is an honest error', async ({ script, stream, status, code }) => {
    bad.answer(script);
    gateway = await startGateway(configFor(path, [bad.origin]));
    const response = await ask(gateway, path, stream);
    await expectHonestError(response, status, code);
    expect(await gateway.exchange(1)).toMatchObject({ outcome: 'failed', status, code, path });
  });

  it.each(EARLY)('$name (stream: $stream) moves on to the next backend', async ({ script, stream }) => {
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

  it.each(LATE)('$name after content is one error event, no terminal event, and the end', async ({ script, code }) => {
    bad.answer(script);
    gateway = await startGateway(configFor(path, [bad.origin, good.origin]));
    await expectHonestBreak(await ask(gateway, path, true));
    expect(await gateway.exchange(1)).toMatchObject({ outcome: 'failed', code, path });
  });

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
