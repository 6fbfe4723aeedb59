/** The faults of an upstream in front of the real worker in workerd, on all surfaces, streaming and not: one honest end each. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { earlyFaults, lateFaults, LIMITS, timeoutsOf, type Silence } from '../e2e/fault-cases.ts';
import {
  ask,
  expectHonestBreak,
  expectHonestError,
  expectWholeAnswer,
  FAULT_CLIENTS,
  type FaultClient,
} from '../e2e/fault-clients.ts';
import { FAULT_LANGUAGES } from '../e2e/fault-languages.ts';
import * as faults from '../faults/faults.ts';
import { startUpstream, type Upstream } from '../faults/upstream.ts';
import type { Received, Script } from '../faults/wire.ts';
import { startWorker, type RealWorker } from './real-worker.ts';

/** fetch inflates by itself, so that a compressed answer is no fault here. */
const INFLATED = 'a gzip answer';
/** fetch does not say why it found no HTTP, so that the connection is what is known to be lost. */
const TOLD_OTHERWISE: Readonly<Record<string, string>> = { 'what is not HTTP': 'upstream-reset' };
/**
 * What another surface or language makes of a fault does not depend on the runtime, and is tried on Node for all pairs. Each pair has one
 * fault of every kind here: of the connection, of the answer, told with a status, told inside a stream.
 */
const OF_EVERY_PAIR = new Set([
  'reset before headers',
  'headers and no byte',
  'cut JSON',
  'a prologue and a clean end',
  'status 529',
  'a prologue and an error',
  'a prompt too long',
]);

/** The log line is written after the answer. */
const PATIENCE = { timeout: 5_000 };

interface Backend {
  readonly id: string;
  readonly provider: string;
  readonly script: Script;
  readonly silence: Silence;
}

const backends: Backend[] = [];

/** A model with a backend of its own: no case finds a backend that another has parked. */
function model(provider: string, script: Script, silence: Silence = null): string {
  const id = `m${backends.length}`;
  backends.push({ id, provider, script, silence });
  return id;
}

const PAIRS = FAULT_CLIENTS.flatMap((client) => FAULT_LANGUAGES.map((language) => ({ client, language })));
const early = PAIRS.flatMap(({ client, language }) =>
  earlyFaults(language)
    .filter(({ name }) => name !== INFLATED && (isPlain(client, language.id) || OF_EVERY_PAIR.has(name)))
    .map((fault) => ({
      ...fault,
      code: TOLD_OTHERWISE[fault.name] ?? fault.code,
      status: fault.is529 ? client.status529 : fault.status,
      model: model(language.provider, fault.script, fault.silence),
      client,
      pair: `${client.id} to ${language.id}`,
    })),
);
const late = PAIRS.flatMap(({ client, language }) =>
  lateFaults(language).map((fault) => ({
    ...fault,
    model: model(language.provider, fault.script, fault.silence),
    client,
    pair: `${client.id} to ${language.id}`,
  })),
);
const zipped = FAULT_LANGUAGES.map(({ provider, whole }, i) => ({
  client: FAULT_CLIENTS.find(({ id }) => id === FAULT_LANGUAGES[i]!.id)!,
  model: model(provider, faults.gzipAnswer(whole)),
}));

function isPlain(client: FaultClient, upstream: string): boolean {
  return client.id === 'openai-chat' && upstream === 'openai-chat';
}

function configuration(origin: string): string {
  const timeouts = (silence: Silence): object =>
    Object.fromEntries(Object.entries(timeoutsOf(silence)).map(([phase, ms]) => [phase, `${ms}ms`]));
  const limits = Object.fromEntries(Object.entries(LIMITS).map(([what, bytes]) => [what, `${bytes / 1024}KiB`]));
  return JSON.stringify({
    gateway: { open: true, limits },
    backends: Object.fromEntries(
      backends.map(({ id, provider, silence }) => [
        id,
        { provider, url: `${origin}/${id}/v1`, model: 'some-model', timeouts: timeouts(silence) },
      ]),
    ),
    models: Object.fromEntries(backends.map(({ id }) => [id, { backends: [id] }])),
  });
}

const scriptOf = ({ path }: Received): Script => backends[Number(/^\/m(\d+)\//.exec(path)?.[1])]!.script;

describe('the worker in workerd', () => {
  let upstream: Upstream;
  let worker: RealWorker;

  beforeAll(async () => {
    upstream = await startUpstream();
    upstream.route(scriptOf);
    worker = await startWorker(configuration(upstream.origin));
  }, 60_000);
  afterAll(async () => {
    await worker?.stop();
    await upstream?.close();
  });

  const logged = (name: string): Record<string, unknown>[] =>
    worker.exchanges().filter((line) => line['model'] === name);
  const asked = (name: string): number => upstream.received.filter(({ path }) => path.startsWith(`/${name}/`)).length;

  it.each(early)('$pair: $name (stream: $stream) is an honest error', async (fault) => {
    const { client, stream, status, code } = fault;
    await expectHonestError(client, await ask(worker.url, client, client.request(fault.model, stream)), status, code);
    await expect.poll(() => logged(fault.model), PATIENCE).toMatchObject([{ outcome: 'failed', status, code }]);
    // The runtime asks no second time behind the engine's back.
    expect(logged(fault.model)[0]?.['attempts']).toHaveLength(asked(fault.model));
  });

  it.each(late)('$pair: $name after content is one error and the end', async (fault) => {
    const { client, code, said } = fault;
    await expectHonestBreak(client, await ask(worker.url, client, client.request(fault.model, true)), said);
    await expect.poll(() => logged(fault.model), PATIENCE).toMatchObject([{ outcome: 'failed', status: 200, code }]);
  });

  it.each(zipped)('$client.id: a compressed answer arrives inflated', async ({ client, model: name }) => {
    const response = await ask(worker.url, client, client.request(name, false));
    expect(response.headers.get('content-encoding')).toBe(null);
    await expectWholeAnswer(client, response, name, false);
  });
});
