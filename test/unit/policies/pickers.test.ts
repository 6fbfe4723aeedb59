/** Prices and the order that pickers make of them. */
import { describe, expect, it } from 'vitest';
import type { ModelPrice } from '../../../src/core/backend.ts';
import { seededRandom } from '../../../src/core/clock.ts';
import { LatencyModel } from '../../../src/core/latency-model.ts';
import type { RequestFacts, Scored } from '../../../src/core/policy.ts';
import { PICKERS } from '../../../policies/index.ts';
import { tokens } from '../../../policies/prices/tokens.ts';
import { aliasOf, backendsOf, factsOf, stateOf } from './scene.ts';

describe('tokens', () => {
  const usd = (price: Partial<ModelPrice> | null, own: Partial<RequestFacts> = {}): number | null => {
    const alias = aliasOf(backendsOf({ price }));
    return tokens.usd(alias.candidates[0]!, factsOf(alias, { inputTokens: 1_000_000, ...own }), stateOf(1), null);
  };

  it('prices the input and an expected output of 256 tokens', () => {
    expect(usd({ inputUsd: 2, outputUsd: 1_000_000 / 256 })).toBeCloseTo(3, 12);
  });

  it('expects no more than the client allows, and no more because it allows more', () => {
    const price = { inputUsd: 0, outputUsd: 1_000_000 };
    expect(usd(price, { maxOutputTokens: 10 })).toBeCloseTo(10, 9);
    expect(usd(price, { maxOutputTokens: 100_000 })).toBeCloseTo(256, 9);
    expect(usd(price, { maxOutputTokens: 10, choices: 3 })).toBeCloseTo(30, 9);
  });

  it('expects the share of cached input that was seen', () => {
    const latency = new LatencyModel();
    for (let i = 0; i < 300; i++) {
      const seen = { tick: i, inputTokens: 250, cachedTokens: 750, ttftMs: null, outputTokens: 256, streamMs: null };
      latency.succeeded(seen);
    }
    const alias = aliasOf(backendsOf({ price: { inputUsd: 4, cachedInputUsd: 0.4, outputUsd: 0 } }));
    const facts = factsOf(alias, { inputTokens: 1_000_000 });
    expect(tokens.usd(alias.candidates[0]!, facts, stateOf(1, { 0: { latency } }), null)).toBeCloseTo(1.3, 3);
  });

  it('is unknown as soon as a part that is needed is unknown, and never 0 for it', () => {
    expect(usd(null)).toBeNull();
    expect(usd({ inputUsd: 1 })).toBeNull();
    expect(usd({ outputUsd: 1 })).toBeNull();
    expect(usd({ inputUsd: null, outputUsd: 0 }, { inputTokens: 0 })).toBe(0);
    expect(usd({ inputUsd: 0, outputUsd: 0 })).toBe(0);
  });
});

const state = stateOf(4);

function scoredOf(prices: readonly (number | null)[], weights: readonly number[] = []): Scored[] {
  const { candidates } = aliasOf(backendsOf(...prices.map(() => ({}))), 'ordered', weights);
  return candidates.map((candidate, i) => ({ candidate, usd: prices[i]!, parts: {}, miss: null }));
}

function ids(scored: readonly Scored[]): string {
  return scored.map(({ candidate }) => candidate.backend.id).join(' ');
}

describe('cheapest', () => {
  const facts = factsOf(aliasOf([]));

  it('goes by price, equals as listed, the unknown last', () => {
    const order = PICKERS.cheapest.picker.order(scoredOf([null, 2, 1, null, 2, 0]), facts, state, seededRandom(1));
    expect(ids(order)).toBe('b5 b2 b1 b4 b0 b3');
  });
});

describe('weighted', () => {
  const facts = factsOf(aliasOf([]));

  it('shares first places by weight, and second places by the weights that are left', () => {
    const scored = scoredOf([null, null, null], [6, 3, 1]);
    const random = seededRandom(42);
    const firsts = new Map<string, number>();
    const seconds = new Map<string, number>();
    const rounds = 20_000;
    for (let i = 0; i < rounds; i++) {
      const [first, second] = ids(PICKERS.weighted.picker.order(scored, facts, state, random)).split(' ');
      firsts.set(first!, (firsts.get(first!) ?? 0) + 1);
      if (first === 'b0') seconds.set(second!, (seconds.get(second!) ?? 0) + 1);
    }
    expect(firsts.get('b0')! / rounds).toBeCloseTo(0.6, 1);
    expect(firsts.get('b1')! / rounds).toBeCloseTo(0.3, 1);
    expect(firsts.get('b2')! / rounds).toBeCloseTo(0.1, 1);
    expect(seconds.get('b1')! / firsts.get('b0')!).toBeCloseTo(0.75, 1);
  });
});

describe('ordered', () => {
  it('is the listed order', () => {
    const scored = scoredOf([3, 2, 1]);
    expect(PICKERS.ordered.picker.order(scored, factsOf(aliasOf([])), state, seededRandom(1))).toBe(scored);
  });
});
