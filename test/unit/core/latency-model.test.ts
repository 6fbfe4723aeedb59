/** Latency models: probabilities that come true, a guess while nothing is known, and memory that fades. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/clock.ts';
import { LatencyModel } from '../../../src/core/latency-model.ts';
import { recordedLatency } from '../../../src/core/recorded-latency.ts';

const LIMIT_MS = 2000;

/** A backend whose time to first content is log-normal around `base` plus `perToken` per input token. */
function createBackend(seed: number, { base = 1000, sigma = 0.6, perToken = 0.1 } = {}) {
  const random = seededRandom(seed);
  const gauss = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return {
    tokens: () => Math.floor(random.next() * 4000),
    ttftMs: (tokens: number) => base * Math.exp(sigma * gauss()) + perToken * tokens,
  };
}

function teach(model: LatencyModel, backend: ReturnType<typeof createBackend>, answers: number, from = 0): number {
  let tick = from;
  for (let i = 0; i < answers; i++) {
    tick += 200;
    const inputTokens = backend.tokens();
    const ttftMs = backend.ttftMs(inputTokens);
    model.succeeded({ tick, inputTokens, cachedTokens: 0, ttftMs, outputTokens: 100, streamMs: 99 * 25 });
  }
  return tick;
}

describe('a latency model', () => {
  it('guesses while nothing was seen: an ordinary backend, so that it is tried', () => {
    const model = new LatencyModel();
    expect(model.ttftMs(0, 0)).toBe(500);
    expect(model.ttftMiss(0, 1000, 0, LIMIT_MS)).toBeLessThan(0.05);
    expect(model.outputTokens).toBeNull();
  });

  it('tells misses about as often as they come', () => {
    for (const sigma of [0.2, 0.4, 0.6]) {
      const model = new LatencyModel();
      const backend = createBackend(7, { sigma });
      let tick = teach(model, backend, 300);
      let told = 0;
      let came = 0;
      for (let i = 0; i < 3000; i++) {
        const tokens = backend.tokens();
        const ttftMs = backend.ttftMs(tokens);
        told += model.ttftMiss(tick, tokens, 0, LIMIT_MS) / 3000;
        came += Number(ttftMs > LIMIT_MS) / 3000;
        tick += 200;
        model.succeeded({ tick, inputTokens: tokens, cachedTokens: 0, ttftMs, outputTokens: null, streamMs: null });
      }
      expect(Math.abs(told - came)).toBeLessThan(0.05);
    }
  });

  it('learns what a token of input costs', () => {
    const model = new LatencyModel();
    const tick = teach(model, createBackend(3, { base: 400, sigma: 0.1, perToken: 0.5 }), 500);
    expect(model.ttftMs(tick, 4000) - model.ttftMs(tick, 0)).toBeGreaterThan(1600);
    expect(model.ttftMs(tick, 4000) - model.ttftMs(tick, 0)).toBeLessThan(2400);
  });

  it('misses for certain when the wait alone is too long, and never less with more of it', () => {
    const model = new LatencyModel();
    const tick = teach(model, createBackend(3), 50);
    let before = 0;
    for (let wait = 0; wait <= LIMIT_MS; wait += 100) {
      const now = model.ttftMiss(tick, 500, wait, LIMIT_MS);
      expect(now).toBeGreaterThanOrEqual(before);
      before = now;
    }
    expect(before).toBe(1);
  });

  it('learns time per output token and the length of answers from streams', () => {
    const model = new LatencyModel();
    const tick = teach(model, createBackend(3, { base: 300, sigma: 0.1 }), 300);
    expect(model.outputTokens).toBeCloseTo(100, 5);
    expect(model.workMs(tick, 0, 101) - model.workMs(tick, 0, 1)).toBeGreaterThan(2300);
    expect(model.tpotMiss(tick, 200)).toBeLessThan(0.02);
    expect(model.tpotMiss(tick, 5)).toBeGreaterThan(0.98);
  });

  it('does not take a whole answer for a late first token', () => {
    const model = new LatencyModel();
    for (let i = 0; i < 100; i++) {
      model.succeeded({ tick: i, inputTokens: 100, cachedTokens: 0, ttftMs: null, outputTokens: 500, streamMs: null });
    }
    expect(model.ttftMs(100, 100)).toBeCloseTo(new LatencyModel().ttftMs(100, 100), 9);
    expect(model.outputTokens).toBe(500);
  });

  it('forgets: who was slow long ago is tried again', () => {
    const model = new LatencyModel();
    const tick = teach(model, createBackend(3, { base: 8000 }), 200);
    expect(model.ttftMiss(tick, 0, 0, LIMIT_MS)).toBeGreaterThan(0.9);
    expect(model.ttftMiss(tick + 600_000, 0, 0, LIMIT_MS)).toBeLessThan(0.25);
  });

  it('counts failures, which fade as well', () => {
    const model = new LatencyModel();
    for (let i = 0; i < 50; i++) model.failed(i);
    expect(model.failureRate(50)).toBeGreaterThan(0.9);
    expect(model.failureRate(600_000)).toBeLessThan(0.01);
  });

  it('names a median and a 95 % point that the answers keep to', () => {
    const model = new LatencyModel();
    const backend = createBackend(7, { sigma: 0.4, perToken: 0 });
    const tick = teach(model, backend, 300);
    const { p50, p95 } = model.ttftRangeMs(tick, 0, 100);
    const seen = Array.from({ length: 2000 }, () => 100 + backend.ttftMs(0));
    const share = (limit: number): number => seen.filter((ms) => ms <= limit).length / seen.length;
    expect(Math.abs(share(p50) - 0.5)).toBeLessThan(0.12);
    expect(Math.abs(share(p95) - 0.95)).toBeLessThan(0.04);
  });

  it('is told by a record to the last bit, after a way through JSON', () => {
    const model = new LatencyModel();
    const tick = teach(model, createBackend(9), 123) + 4321;
    model.failed(tick);
    const told = recordedLatency(JSON.parse(JSON.stringify(model.figures(tick))));
    for (const tokens of [0, 7, 1234]) {
      expect(told.ttftMiss(0, tokens, 30, LIMIT_MS)).toBe(model.ttftMiss(tick, tokens, 30, LIMIT_MS));
      expect(told.workMs(0, tokens, 200)).toBe(model.workMs(tick, tokens, 200));
      expect(told.ttftRangeMs(0, tokens, 5)).toEqual(model.ttftRangeMs(tick, tokens, 5));
    }
    expect(told.tpotMiss(0, 21)).toBe(model.tpotMiss(tick, 21));
    expect(told.ttftMiss(0, 1, 9, 9)).toBe(1);
    expect([told.failureRate(0), told.cachedShare, told.outputTokens]).toEqual([
      model.failureRate(tick),
      model.cachedShare,
      model.outputTokens,
    ]);
  });
});
