/** Engines that are loaded when needed, and engines that are lent to one answer each. */
import { describe, expect, it } from 'vitest';
import { createEnginePool } from '../../../src/embedded/engine-pool.ts';
import type { Engine, GenerationListener, GenerationRequest } from '../../../src/embedded/engine.ts';
import { createLazyEngine } from '../../../src/embedded/lazy-engine.ts';

const REQUEST: GenerationRequest = {
  turns: [{ role: 'user', content: 'Hello?' }],
  maxTokens: null,
  sampling: { temperature: 0, topP: 1, topK: 0, seed: 1 },
  stop: [],
  topLogprobs: null,
};
const END = { reason: 'stop', promptTokens: 1, outputTokens: 1 } as const;

interface HeldEngine extends Engine {
  readonly running: GenerationListener[];
  cancelled: number;
  isClosed: boolean;
}

/** An engine whose answers the test ends. */
function heldEngine(): HeldEngine {
  const engine: HeldEngine = {
    info: { title: 'held', parameters: 1, contextTokens: 8 },
    running: [],
    cancelled: 0,
    isClosed: false,
    generate(_request, listener) {
      engine.running.push(listener);
      return () => void (engine.cancelled += 1);
    },
    close: async () => void (engine.isClosed = true),
  };
  return engine;
}

/** Keeps what a listener heard. */
function listen(): GenerationListener & { readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    started: () => void heard.push('started'),
    piece: ({ text }) => void heard.push(text),
    finished: ({ reason }) => void heard.push(reason),
    failed: (failure) => void heard.push(failure.kind === 'broken' ? failure.message : failure.kind),
  };
}

const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a lazy engine', () => {
  it('loads once, when it is first asked, and lets the first request wait', async () => {
    let loads = 0;
    const held = heldEngine();
    const lazy = createLazyEngine(async () => ((loads += 1), held));
    expect(loads).toBe(0);
    lazy.generate(REQUEST, listen());
    lazy.generate(REQUEST, listen());
    expect(held.running).toEqual([]);
    await turns();
    expect(held.running.length).toBe(2);
    expect(await lazy.load()).toEqual(held.info);
    lazy.generate(REQUEST, listen());
    expect(held.running.length).toBe(3);
    expect(loads).toBe(1);
  });

  it('fails with what loading met, and tries again for the next', async () => {
    let loads = 0;
    const held = heldEngine();
    const lazy = createLazyEngine(async () => {
      loads += 1;
      if (loads === 1) throw new Error('header: is not one');
      return held;
    });
    const first = listen();
    lazy.generate(REQUEST, first);
    await turns();
    expect(first.heard).toEqual(['header: is not one']);
    lazy.generate(REQUEST, listen());
    await turns();
    expect(held.running.length).toBe(1);
  });

  it('forgets who cancelled while it loaded, and passes a later cancel on', async () => {
    const held = heldEngine();
    const lazy = createLazyEngine(async () => held);
    lazy.generate(REQUEST, listen())();
    const cancel = lazy.generate(REQUEST, listen());
    await turns();
    expect(held.running.length).toBe(1);
    cancel();
    expect(held.cancelled).toBe(1);
  });

  it('closes what it loaded, and takes nothing after that', async () => {
    const held = heldEngine();
    const lazy = createLazyEngine(async () => held);
    await lazy.load();
    await lazy.close();
    expect(held.isClosed).toBe(true);
    const unused = createLazyEngine(() => Promise.reject(new Error('never asked')));
    await unused.close();
    const late = listen();
    unused.generate(REQUEST, late);
    expect(late.heard).toEqual([]);
    await turns();
    expect(late.heard).toEqual(['closed']);
  });
});

describe('an engine pool', () => {
  it('lends one engine per answer, and each again when it is free', async () => {
    const made: HeldEngine[] = [];
    const create = (): Engine => {
      const engine = heldEngine();
      made.push(engine);
      return engine;
    };
    const pool = createEnginePool({ create, size: 2 });
    expect(made.length).toBe(0);
    const [first, third] = [listen(), listen()];
    pool.generate(REQUEST, first);
    const cancelSecond = pool.generate(REQUEST, listen());
    pool.generate(REQUEST, third);
    expect(third.heard).toEqual([]);
    await turns();
    expect(third.heard).toEqual(['overloaded']);
    expect(made.map(({ running }) => running.length)).toEqual([1, 1]);

    made[0]!.running[0]!.finished(END);
    expect(first.heard).toEqual(['stop']);
    pool.generate(REQUEST, listen());
    expect(made.map(({ running }) => running.length)).toEqual([2, 1]);

    cancelSecond();
    cancelSecond();
    expect(made[1]!.cancelled).toBeGreaterThan(0);
    pool.generate(REQUEST, listen());
    const full = listen();
    pool.generate(REQUEST, full);
    await turns();
    expect(full.heard).toEqual(['overloaded']);
    expect(made.length).toBe(2);

    await pool.close();
    expect(made.every(({ isClosed }) => isClosed)).toBe(true);
    const late = listen();
    pool.generate(REQUEST, late);
    await turns();
    expect(late.heard).toEqual(['closed']);
  });
});
