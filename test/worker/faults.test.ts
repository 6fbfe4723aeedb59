/** Every fault of an upstream in front of the real worker in workerd, streaming and not: one honest end each. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EARLY, expectHonestBreak, expectHonestError, LATE, LIMITS, TIMEOUTS } from '../e2e/fault-cases.ts';
import { completion } from '../e2e/openai-frames.ts';
import * as faults from '../faults/faults.ts';
import { startUpstream, type Upstream } from '../faults/upstream.ts';
import { startWorker, type RealWorker } from './real-worker.ts';

/** fetch inflates by itself, so that a compressed answer is no fault here. */
const INFLATED = 'a gzip answer';
/** fetch does not say why it found no HTTP, so that the connection is what is known to be lost. */
const TOLD_OTHERWISE: Readonly<Record<string, string>> = { 'what is not HTTP': 'upstream-reset' };

/** The log line is written after the answer. */
const PATIENCE = { timeout: 5_000 };

/** A model with a backend of its own for each case: no case finds a backend that another has parked. */
const early = EARLY.filter(({ name }) => name !== INFLATED).map((fault, i) => ({
  ...fault,
  code: TOLD_OTHERWISE[fault.name] ?? fault.code,
  model: `early-${i}`,
}));
const late = LATE.map((fault, i) => ({ ...fault, model: `late-${i}` }));

function configuration(origin: string): string {
  const names = ['good', ...[...early, ...late].map(({ model }) => model)];
  const backend = { provider: 'openai-compatible', url: `${origin}/v1`, model: 'some-model' };
  const timeouts = Object.fromEntries(Object.entries(TIMEOUTS).map(([phase, ms]) => [phase, `${ms}ms`]));
  const limits = Object.fromEntries(Object.entries(LIMITS).map(([what, bytes]) => [what, `${bytes / 1024}KiB`]));
  return JSON.stringify({
    gateway: { open: true, timeouts, limits },
    backends: Object.fromEntries(names.map((name) => [name, backend])),
    models: Object.fromEntries(names.map((name) => [name, { backends: [name] }])),
  });
}

describe('the worker in workerd', () => {
  let upstream: Upstream;
  let worker: RealWorker;

  beforeAll(async () => {
    upstream = await startUpstream();
    worker = await startWorker(configuration(upstream.origin));
  }, 60_000);
  afterAll(async () => {
    await worker?.stop();
    await upstream?.close();
  });

  const ask = (model: string, stream: boolean): Promise<Response> =>
    fetch(`${worker.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer sk-canary-client' },
      body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'What is it?' }] }),
    });
  const logged = (model: string): Record<string, unknown>[] =>
    worker.exchanges().filter((line) => line['model'] === model);

  it.each(early)('$name (stream: $stream) is an honest error', async ({ model, script, stream, status, code }) => {
    upstream.answer(script);
    const before = upstream.received.length;
    await expectHonestError(await ask(model, stream), status, code);
    await expect.poll(() => logged(model), PATIENCE).toMatchObject([{ outcome: 'failed', status, code }]);
    // The runtime asks no second time behind the engine's back.
    expect(logged(model)[0]?.['attempts']).toHaveLength(upstream.received.length - before);
  });

  it.each(late)('$name after content is one error event and the end', async ({ model, script, code }) => {
    upstream.answer(script);
    await expectHonestBreak(await ask(model, true));
    await expect.poll(() => logged(model), PATIENCE).toMatchObject([{ outcome: 'failed', status: 200, code }]);
  });

  it('a compressed answer arrives inflated', async () => {
    upstream.answer(faults.gzipAnswer(completion()));
    const response = await ask('good', false);
    expect([response.status, response.headers.get('content-encoding')]).toEqual([200, null]);
    expect(await response.json()).toEqual({ ...completion(), model: 'good' });
  });
});
