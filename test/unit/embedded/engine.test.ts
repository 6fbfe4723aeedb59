/** Engines: one answer at a time, cancelled between two tokens, the same inline and in a thread. */
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ArtifactError } from '../../../src/artifact/artifact-error.ts';
import { bytesSource } from '../../../src/artifact/byte-source.ts';
import type { Engine, EngineFailure, GenerationEnd, GenerationRequest } from '../../../src/embedded/engine.ts';
import { createInlineEngine } from '../../../src/embedded/inline-engine.ts';
import { MODEL_LIMITS } from '../../../src/embedded/model.ts';
import { createWorkerEngine } from '../../../src/embedded/node/worker-engine.ts';
import type { Piece } from '../../../src/embedded/sampling/stop-scanner.ts';
import { writeGguf } from '../../models/gguf-writer.ts';
import { qwen2Metadata, randomTensors, TINY, writeRandomModel } from '../../models/random-qwen2.ts';
import { CHATML_TOKENS, learnMerges, makeVocabulary } from '../../models/vocabulary.ts';
import { MERGE_TEXT } from './greedy-models.ts';

const MODEL = writeRandomModel({ ...TINY, vocabulary: makeVocabulary(learnMerges(MERGE_TEXT, 60), CHATML_TOKENS) });

function request(change: Partial<GenerationRequest> = {}): GenerationRequest {
  return {
    turns: [{ role: 'user', content: 'What is a gateway?' }],
    maxTokens: 20,
    sampling: { temperature: 1, topP: 0.95, topK: 0, seed: 3 },
    stop: [],
    topLogprobs: null,
    ...change,
  };
}

interface Heard {
  readonly log: string[];
  readonly pieces: Piece[];
  readonly text: string;
  readonly end: GenerationEnd | null;
  readonly failure: EngineFailure | null;
}

/** Runs one generation to its end; `each` may cancel. */
function run(
  engine: Engine,
  asked: GenerationRequest,
  each?: (pieces: number, cancel: () => void) => void,
): Promise<Heard> {
  return new Promise((resolve) => {
    const log: string[] = [];
    const pieces: Piece[] = [];
    const done = (end: GenerationEnd | null, failure: EngineFailure | null): void =>
      resolve({ log, pieces, text: pieces.map(({ text }) => text).join(''), end, failure });
    let isInside = true;
    const cancel = engine.generate(asked, {
      started: (tokens) => log.push(`${isInside ? 'too early' : 'started'} ${tokens}`),
      piece(piece) {
        log.push('piece');
        pieces.push(piece);
        each?.(pieces.length, () => {
          cancel();
          done(null, null);
        });
      },
      finished: (end) => done(end, null),
      failed: (failure) => done(null, failure),
    });
    isInside = false;
  });
}

/** Runs what was put off, one at a time, when told to. */
function handScheduler() {
  const waiting: (() => void)[] = [];
  return {
    yieldTo: (resume: () => void) => void waiting.push(resume),
    /** How many steps there were until nothing was left. */
    runAll(): number {
      let steps = 0;
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift(), steps++) next();
      return steps;
    },
  };
}

const inline = (model = MODEL, queueRoom = 16): Engine =>
  createInlineEngine({ model: bytesSource(model), yieldTo: setImmediate, queueRoom });

const open: Engine[] = [];
const freshWorker = async (model: Uint8Array, queueRoom: number): Promise<Engine> => {
  const engine = await createWorkerEngine({ model, queueRoom });
  open.push(engine);
  return engine;
};
/** Starting a thread takes longer than most of these tests; those that ask for nothing special use one together. */
let shared: Promise<Engine> | null = null;
const worker = (model = MODEL, queueRoom = 16): Promise<Engine> => {
  if (model !== MODEL || queueRoom !== 16) return freshWorker(model, queueRoom);
  return (shared ??= createWorkerEngine({ model, queueRoom }));
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((engine) => engine.close()));
});
afterAll(async () => {
  await (await shared)?.close();
});

describe.each([
  ['inline', (model?: Uint8Array, room?: number) => Promise.resolve(inline(model, room))],
  ['worker', worker],
])('%s engine', (_, create) => {
  it('answers, counts, and answers the same again', async () => {
    const engine = await create();
    const first = await run(engine, request());
    expect(first.log[0]).toMatch(/^started \d+$/);
    expect(first.end).toEqual({ reason: 'length', promptTokens: Number(first.log[0]?.slice(8)), outputTokens: 20 });
    expect(first.text.length).toBeGreaterThan(5);
    expect((await run(engine, request())).text).toBe(first.text);
    expect((await run(engine, request({ sampling: { ...request().sampling, seed: 4 } }))).text).not.toBe(first.text);
  });

  it('works off waiting answers in order and refuses more than it has room for', async () => {
    const engine = await create(MODEL, 2);
    const order: number[] = [];
    const asked = [1, 2, 3, 4, 5].map(async (number) => {
      const { failure } = await run(engine, request({ maxTokens: number }));
      if (failure === null) order.push(number);
      return failure?.kind ?? null;
    });
    expect(await Promise.all(asked)).toEqual([null, null, null, 'overloaded', 'overloaded']);
    expect(order).toEqual([1, 2, 3]);
  });

  it('goes on with the next answer when one is cancelled', async () => {
    const engine = await create();
    const cancelled = run(engine, request({ maxTokens: null }), (pieces, cancel) => pieces === 3 && cancel());
    const next = run(engine, request());
    expect((await cancelled).pieces).toHaveLength(3);
    expect((await next).end?.outputTokens).toBe(20);
  });

  it('refuses a prompt that is too long, with figures, before computing anything', async () => {
    const engine = await create();
    const long = (content: string): Promise<Heard> => run(engine, request({ turns: [{ role: 'user', content }] }));
    expect((await long('\u00e9x'.repeat(200))).failure).toMatchObject({ kind: 'context-length', contextTokens: 256 });
    const huge = await long('x'.repeat(1_000_000));
    expect(huge.log).toEqual([]);
    expect(huge.failure).toMatchObject({ kind: 'context-length', contextTokens: 256 });
  });

  it('ends at the context when nothing else ends it', async () => {
    const engine = await create();
    const { end } = await run(
      engine,
      request({ maxTokens: null, sampling: { ...request().sampling, temperature: 2 } }),
    );
    expect(end?.reason).toMatch(/length|stop/);
    expect((end?.promptTokens ?? 0) + (end?.outputTokens ?? 0)).toBeLessThanOrEqual(256);
  });

  it('stops before a stop string', async () => {
    const engine = await create();
    const { text } = await run(engine, request());
    const stop = text.slice(6, 9);
    const stopped = await run(engine, request({ stop: [stop] }));
    expect(stopped.text).toBe(text.slice(0, text.indexOf(stop)));
    expect(stopped.end?.reason).toBe('stop');
  });

  it('tells the odds of tokens', async () => {
    const engine = await create();
    const greedy = { ...request().sampling, temperature: 0 };
    const { pieces, text } = await run(engine, request({ topLogprobs: 3, sampling: greedy, maxTokens: 8 }));
    const tokens = pieces.flatMap(({ logprobs }) => logprobs);
    expect(tokens).toHaveLength(8);
    const bytes = Uint8Array.from(tokens.flatMap((token) => token.bytes));
    expect(new TextDecoder().decode(bytes)).toBe(text);
    for (const { top, logprob, token } of tokens) {
      expect(top).toHaveLength(3);
      expect(top[0]).toMatchObject({ token, logprob });
      expect(top[0]!.logprob).toBeGreaterThanOrEqual(top[1]!.logprob);
      expect(top.reduce((sum, { logprob: odds }) => sum + Math.exp(odds), 0)).toBeLessThanOrEqual(1.000001);
    }
  });

  it('fails what runs and waits when it is closed, and what comes after', async () => {
    const engine = await create(MODEL, 1);
    const running = run(engine, request({ maxTokens: null }));
    const waiting = run(engine, request());
    await engine.close();
    const after = run(engine, request());
    for (const heard of [running, waiting, after]) expect((await heard).failure).toEqual({ kind: 'closed' });
  });

  it('fails honestly when the numbers of a model break', async () => {
    const tensors = randomTensors(TINY).map((tensor) =>
      tensor.name === 'output_norm.weight' ? { ...tensor, values: tensor.values.map(() => Number.NaN) } : tensor,
    );
    const engine = await create(writeGguf(qwen2Metadata(TINY), tensors));
    expect((await run(engine, request())).failure).toMatchObject({ kind: 'broken' });
    expect((await run(engine, request())).failure).toMatchObject({ kind: 'broken' });
  });
});

describe('inline engine', () => {
  it('computes nothing more after a cancel, and leaves the thread between any two steps', async () => {
    const scheduler = handScheduler();
    const engine = createInlineEngine({ model: bytesSource(MODEL), yieldTo: scheduler.yieldTo });
    const all = run(engine, request({ maxTokens: 10 }));
    const steps = scheduler.runAll();
    expect((await all).end?.outputTokens).toBe(10);
    // Reading the prompt, its one chunk with the first token, nine more tokens.
    expect(steps).toBe(11);
    const cancelled = run(engine, request({ maxTokens: 10 }), (pieces, cancel) => pieces === 1 && cancel());
    expect(scheduler.runAll()).toBeLessThan(6);
    expect((await cancelled).pieces).toHaveLength(1);
  });
});

describe('worker engine', () => {
  it('says the same as the inline engine', async () => {
    const greedy = request({ sampling: { ...request().sampling, temperature: 0 }, maxTokens: 40 });
    expect((await run(await worker(), greedy)).text).toBe((await run(inline(), greedy)).text);
  });

  it('refuses a file that is no model, with the reason', async () => {
    const refused = createWorkerEngine({ model: MODEL.subarray(0, 5000) });
    await expect(refused).rejects.toThrow(ArtifactError);
    await expect(refused).rejects.toMatchObject({ code: 'truncated', where: 'tokenizer.ggml.token_type' });
  });

  it('starts another thread when one dies', async () => {
    const engine = await createWorkerEngine({ model: MODEL });
    open.push(engine);
    const deadly = { ...request(), turns: null } as unknown as GenerationRequest;
    expect((await run(engine, deadly)).failure).toMatchObject({
      kind: 'broken',
      message: expect.stringMatching(/null/),
    });
    expect((await run(engine, request())).end?.outputTokens).toBe(20);
  });

  it('keeps to the limits it was given', async () => {
    const engine = await createWorkerEngine({ model: MODEL, limits: { ...MODEL_LIMITS, contextTokens: 64 } });
    open.push(engine);
    expect(engine.info).toEqual({ title: 'random 7', parameters: 107_008, contextTokens: 64 });
  });
});
