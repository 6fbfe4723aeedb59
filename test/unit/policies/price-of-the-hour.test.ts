/** A backend whose price doubles at some hours is the cheapest at the others only, over a day and over a week. */
import { describe, expect, it } from 'vitest';
import { DEEPSEEK_PEAKS } from '../../../providers/peak-prices.ts';
import { seededRandom } from '../../../src/core/clock.ts';
import { costAt } from '../../../src/engine/cost.ts';
import { explain, plan } from '../../../policies/index.ts';
import { aliasOf, backendsOf, factsOf, policyOf, stateOf } from './scene.ts';

const PEAKS = DEEPSEEK_PEAKS.get('deepseek-v4-flash')!;
const backends = backendsOf(
  { id: 'deepseek', price: PEAKS },
  { id: 'even', price: { inputUsd: 0.3, outputUsd: 0.9, cachedInputUsd: 0.01 } },
);
const alias = aliasOf(backends, 'cheapest');
const policy = policyOf(backends, { aliases: [alias] });
const firstAt = (at: number): string =>
  plan(policy, factsOf(alias, { at }), stateOf(2), seededRandom(1)).attempts[0]!.backend.id;

describe('the price of the hour', () => {
  it('decides by when the request comes', () => {
    const day = Array.from({ length: 24 }, (_, hour) => firstAt(Date.UTC(2026, 10, 23, hour, 30)));
    expect(day.flatMap((id, hour) => (id === 'even' ? [hour] : []))).toEqual([1, 2, 3, 6, 7, 8, 9]);
    const week = Array.from({ length: 7 }, (_, i) => firstAt(Date.UTC(2026, 10, 23 + i, 7)));
    expect(week).toEqual(['even', 'even', 'even', 'even', 'even', 'deepseek', 'deepseek']);
  });

  it('is what explanations show and what the account says', () => {
    const usage = {
      inputTokens: 1_000_000,
      cachedInputTokens: null,
      cacheWriteTokens: null,
      outputTokens: 1_000_000,
      reasoningTokens: null,
      raw: {},
    };
    for (const [hour, input, output] of [
      [5, 0.22, 0.66],
      [7, 0.44, 1.32],
    ] as const) {
      const at = Date.UTC(2026, 10, 23, hour);
      const facts = factsOf(alias, { at });
      const made = plan(policy, facts, stateOf(2), seededRandom(1));
      const record = explain(policy, facts, stateOf(2), made, { id: 'dec-1', seed: 1 }, true);
      expect(record).toMatchObject({ candidates: [{ price: { in: input, out: output } }, {}] });
      expect(costAt(backends[0]!.price, usage, at)).toBeCloseTo(input + output, 9);
    }
  });
});
