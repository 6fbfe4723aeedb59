/** Every fault of an upstream, on real sockets, on all pairs of client and upstream languages, streaming and not: one honest end each. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendConfig, ModelConfig, WholeConfig } from '../../src/core/config.ts';
import * as answers from '../faults/answers.ts';
import * as faults from '../faults/faults.ts';
import { refusedOrigin, startUpstream, type Upstream } from '../faults/upstream.ts';
import type { Received, Script } from '../faults/wire.ts';
import { backendAt, wholeConfig } from '../support/whole-config.ts';
import {
  begunOf,
  chatterAfterEnd,
  earlyFaults,
  lateFaults,
  LIMITS,
  timeoutsOf,
  toldAtStart,
  type Silence,
} from './fault-cases.ts';
import {
  ask,
  eventsOf,
  expectHonestBreak,
  expectHonestError,
  expectWholeAnswer,
  FAULT_CLIENTS,
  type FaultClient,
} from './fault-clients.ts';
import { FAULT_LANGUAGES, type FaultLanguage } from './fault-languages.ts';
import { startGateway, type RealGateway } from './real-gateway.ts';

/** A client, an upstream and the way between them. */
interface Way {
  readonly name: string;
  readonly client: FaultClient;
  readonly language: FaultLanguage;
  readonly provider: string;
  readonly path: 'pass' | 'translate';
  /** Further fields of every request. */
  readonly more: object;
}

const PAIRS: readonly Way[] = FAULT_CLIENTS.flatMap((client) =>
  FAULT_LANGUAGES.map((language) => ({
    name: `${client.id} to ${language.id}`,
    client,
    language,
    provider: language.provider,
    path: client.id === language.id ? 'pass' : 'translate',
    more: {},
  })),
);

/** The same language on both sides, and yet not the same bytes. */
const BETWEEN_LIKE: readonly Way[] = [
  // Cerebras refuses `logit_bias`: a request with it is translated there.
  { provider: 'cerebras', more: { logit_bias: {} } },
  // Claude Code's billing line goes to nobody but Anthropic.
  { provider: 'anthropic-compatible', more: { system: 'x-anthropic-billing-header: cc_version=2.1.330; cch=1;' } },
].map(({ provider, more }, i) => {
  const { client, language } = PAIRS.filter(({ path }) => path === 'pass').filter(
    ({ client: { id } }) => id !== 'openai-responses',
  )[i]!;
  return { name: `${client.id} to ${provider}, translated`, client, language, provider, path: 'translate', more };
});

/** What the first and the second backend of a model do, and in which phase the first falls silent. */
interface Scene {
  readonly model: string;
  readonly scripts: readonly Script[];
  readonly silence: Silence;
}

/** Models by the path of their backends: one upstream plays them all, and no case meets a backend that another has parked. */
class Stage {
  readonly scenes: Scene[] = [];

  /** Adds a model with a backend for each script. */
  scene(scripts: readonly Script[], silence: Silence = null): string {
    const model = `m${this.scenes.length}`;
    this.scenes.push({ model, scripts, silence });
    return model;
  }

  configuration(origin: string, provider: string): WholeConfig {
    const backends: Record<string, BackendConfig> = {};
    const models: Record<string, ModelConfig> = {};
    for (const { model, scripts, silence } of this.scenes) {
      const ids = scripts.map((_, i) => `${model}-${i}`);
      for (const [i, id] of ids.entries()) {
        backends[id] = backendAt(`${origin}/${id}/v1`, {
          provider,
          model: 'some-model',
          key: 'sk-canary-upstream',
          timeouts: timeoutsOf(i === 0 ? silence : null),
        });
      }
      models[model] = { backends: ids.map((id) => ({ id, weight: 1 })), pick: 'ordered', answer: 'asked' };
    }
    const base = wholeConfig();
    return wholeConfig({ gateway: { ...base.gateway, limits: LIMITS }, backends, models });
  }

  /** The script of the backend that a request is for. */
  choose = ({ path }: Received): Script => {
    const [, scene, i] = /^\/m(\d+)-(\d+)\/v1\//.exec(path) ?? [];
    return this.scenes[Number(scene)]!.scripts[Number(i)]!;
  };
}

/** Resolves once something is so; `expect.poll` serves no concurrent tests. */
async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not come about within eight seconds');
}

describe.each([...PAIRS, ...BETWEEN_LIKE])('$name', ({ client, language, provider, path, more }) => {
  const stage = new Stage();
  let upstream: Upstream;
  let gateway: RealGateway;

  beforeAll(async () => {
    upstream = await startUpstream();
    upstream.route(stage.choose);
    gateway = await startGateway(stage.configuration(upstream.origin, provider));
  });
  afterAll(async () => {
    await gateway.stop(100);
    await upstream.close();
  });

  const send = (model: string, stream: boolean, signal?: AbortSignal): Promise<Response> =>
    ask(gateway.url, client, { ...client.request(model, stream), ...more }, signal);
  const asked = (model: string, backend = 0): number =>
    upstream.received.filter((request) => request.path.startsWith(`/${model}-${backend}/`)).length;

  /** The one exchange with a model, once it is settled. */
  const settled = async (model: string): Promise<Record<string, unknown>> => {
    const find = (): Record<string, unknown>[] => gateway.log().filter((line) => line['model'] === model);
    await until(() => find().length > 0);
    expect(find()).toHaveLength(1);
    return find()[0]!;
  };

  const good = (stream: boolean): Script => (stream ? answers.stream(language.stream) : answers.json(language.whole));
  const TOKENS = { input: 9, output: 4 };

  describe.concurrent('wire traps 29, 30 and 31: before the first content', () => {
    const early = earlyFaults(language).map((fault) => ({
      ...fault,
      status: fault.is529 ? client.status529 : fault.status,
      alone: stage.scene([fault.script], fault.silence),
      followed: stage.scene([fault.script, good(fault.stream)], fault.silence),
    }));

    it.for(early)('$name (stream: $stream) alone is an honest error', async (fault) => {
      const { alone, stream, status, code, retryAfter } = fault;
      const response = await send(alone, stream);
      expect(response.headers.get('retry-after')).toBe(retryAfter);
      await expectHonestError(client, response, status, code);
      expect(await settled(alone)).toMatchObject({ outcome: 'failed', status, code, path, tokens: null, finish: null });
    });

    it.for(early.filter(({ movesOn }) => movesOn))('$name (stream: $stream) moves on', async (fault) => {
      const { followed, stream, code } = fault;
      const response = await send(followed, stream);
      expect(response.headers.get('x-thalweg-backend')).toBe(`${followed}-1`);
      await expectWholeAnswer(client, response, followed, stream);
      expect(await settled(followed)).toMatchObject({
        outcome: 'ok',
        backend: `${followed}-1`,
        tokens: TOKENS,
        attempts: [
          { backend: `${followed}-0`, code },
          { backend: `${followed}-1`, code: null },
        ],
      });
    });

    it.for(early.filter(({ movesOn }) => !movesOn))('$name (stream: $stream) is told at once', async (fault) => {
      const { followed, stream, status, code } = fault;
      const response = await send(followed, stream);
      expect(await response.clone().text()).toMatch(client.words.tooLong);
      await expectHonestError(client, response, status, code);
      expect([(await settled(followed))['code'], asked(followed, 1)]).toEqual([code, 0]);
    });

    it('a refused connection is an honest error', async () => {
      const closed = wholeConfig();
      const one = await startGateway({
        ...closed,
        backends: { up: backendAt(`${await refusedOrigin()}/v1`, { provider, key: 'sk-canary-upstream' }) },
      });
      const response = await ask(one.url, client, { ...client.request('m', false), ...more });
      expect(await expectHonestError(client, response, 502, 'upstream-connect')).toBe(client.words.unreachable);
      await one.stop(100);
    });
  });

  describe.concurrent('after the first content', () => {
    const late = lateFaults(language).map((fault) => ({
      ...fault,
      model: stage.scene([fault.script, good(true)], fault.silence),
    }));

    it.for(late)(
      '$name is one error, no terminal event, and nobody else is asked',
      async ({ model, code, said, input }) => {
        await expectHonestBreak(client, await send(model, true), said);
        const tokens = input === null ? null : { input };
        expect(await settled(model)).toMatchObject({
          outcome: 'failed',
          status: 200,
          code,
          path,
          tokens,
          backend: `${model}-0`,
        });
        expect([asked(model), asked(model, 1)]).toEqual([1, 0]);
      },
    );
  });

  describe.concurrent('an upstream with bad manners', () => {
    const leaky = stage.scene([faults.leakyHeaders(language.whole)]);
    const hints = stage.scene([faults.informationalFlood(50, good(false))]);
    const whole = stage.scene([good(true)]);
    const dripped = stage.scene([answers.sliced(good(true), 7)]);
    const chatter = stage.scene([chatterAfterEnd(language)]);

    it('passes no cookie, hop-by-hop header or foreign name on', async () => {
      const response = await send(leaky, false);
      const names = [...response.headers.keys()];
      const ours =
        /^(content-type|content-length|date|connection|keep-alive|vary|(?:x-)?request-id|x-thalweg-.*|x-upstream-request-id|retry-after.*|openai-.*|x-ratelimit-.*)$/;
      expect(names.filter((name) => !ours.test(name))).toEqual([]);
      await expectWholeAnswer(client, response, leaky, false);
    });

    it('may send informational answers first', async () => {
      const response = await send(hints, false);
      expect(response.status).toBe(200);
      await expectWholeAnswer(client, response, hints, false);
    });

    it('may send its stream in slices of seven bytes', async () => {
      const [all, slices] = await Promise.all([whole, dripped].map(async (model) => (await send(model, true)).text()));
      expect(client.streamed(eventsOf(all!), whole)).toBe('The Thalweg.');
      expect(slices!.replaceAll(dripped, whole)).toBe(all);
    });

    it('that goes on after its end is not heard, and cut off', async () => {
      await expectWholeAnswer(client, await send(chatter, true), chatter, true);
      expect(await settled(chatter)).toMatchObject({ outcome: 'ok', tokens: TOKENS });
      const isOver = (): boolean =>
        upstream.received.some((r) => r.path.startsWith(`/${chatter}-`) && r.abortedAtMs !== null);
      await until(isOver);
    });
  });

  describe.concurrent('wire trap 38: a client that leaves', () => {
    const leavings = [
      { name: 'before an answer', stream: false, script: faults.silence() },
      { name: 'before a stream', stream: true, script: faults.silence() },
      {
        name: 'before the first content',
        stream: true,
        script: faults.stallMidStream(language.stream.slice(0, language.prologue)),
      },
      { name: 'inside JSON', stream: false, script: faults.stallMidJson(JSON.stringify(language.whole), 40) },
      { name: 'inside a stream', stream: true, script: faults.stallMidStream(begunOf(language)) },
    ].map((leaving) => {
      const { promise, resolve } = Promise.withResolvers<Received>();
      const script: Script = (wire) => {
        resolve(wire.request);
        return leaving.script(wire);
      };
      return { ...leaving, arrived: promise, model: stage.scene([script, good(leaving.stream)]) };
    });

    /** The status that a client saw of an answer that it leaves; null = none. */
    const hear = async (answer: Promise<Response>): Promise<number | null> => {
      const response = await answer.catch(() => null);
      await response?.text().catch(() => {});
      return response?.status ?? null;
    };

    it.for(leavings)(
      '$name: the upstream is aborted and nobody is blamed',
      async ({ model, stream, arrived, name }) => {
        const controller = new AbortController();
        const answer = send(model, stream, controller.signal);
        const status = hear(answer);
        const request = await arrived;
        const isBegun = name === 'inside a stream';
        // Without an answer there is nothing to wait for but that the gateway hears what was sent.
        await (isBegun ? answer : new Promise((resolve) => setTimeout(resolve, 50)));
        const leftAtMs = performance.now();
        controller.abort();
        await until(() => request.abortedAtMs !== null);
        expect(request.abortedAtMs! - leftAtMs).toBeLessThan(2_000);
        expect(await status).toBe(isBegun ? 200 : null);
        const input = isBegun ? toldAtStart(language) : null;
        expect(await settled(model)).toMatchObject({
          outcome: 'client-gone',
          status: 499,
          tokens: input === null ? null : { input },
          attempts: [{ code: 'client-gone' }],
        });
        expect(asked(model, 1)).toBe(0);
      },
    );
  });
});
