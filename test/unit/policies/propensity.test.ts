/** The propensity of the first choice: what is worked out is what the dice do. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/clock.ts';
import type { PickerId } from '../../../src/core/backend.ts';
import { LatencyModel } from '../../../src/core/latency-model.ts';
import type { BackendState, PolicySnapshot, RequestFacts, StateView } from '../../../src/core/policy.ts';
import { explain, plan } from '../../../policies/index.ts';
import { aliasOf, backendsOf, factsOf, policyOf, stateOf, type BackendSketch, type Sections } from './scene.ts';

const DRAWS = 4000;

interface Scene {
  readonly picker: PickerId;
  readonly sketches: readonly BackendSketch[];
  readonly weights?: readonly number[];
  readonly own?: Partial<RequestFacts>;
  readonly state?: Readonly<Record<number, Partial<BackendState>>>;
  readonly sections?: Sections;
}

/** First choice -> what is said of it, and how often it comes. */
function told({ picker, sketches, weights, own, state: figures, sections }: Scene) {
  const backends = backendsOf(...sketches);
  const alias = aliasOf(backends, picker, weights);
  const policy = policyOf(backends, { ...sections, aliases: [alias] });
  const facts = factsOf(alias, own);
  const state = stateOf(backends.length, figures);
  const seen = new Map<string, { said: number; count: number }>();
  for (let seed = 0; seed < DRAWS; seed++) {
    const { first, said } = drawn(policy, facts, state, seed);
    const before = seen.get(first) ?? { said, count: 0 };
    seen.set(first, { said: said === before.said ? said : Number.NaN, count: before.count + 1 });
  }
  return [...seen].map(([id, { said, count }]) => ({ id, said, share: count / DRAWS }));
}

function drawn(policy: PolicySnapshot, facts: RequestFacts, state: StateView, seed: number) {
  const made = plan(policy, facts, state, seededRandom(seed * 2654435761));
  const record = explain(policy, facts, state, made, { id: 'd', seed }, true);
  return { first: made.attempts[0]!.backend.id, said: Number(record['propensity']) };
}

/** The largest distance between what is said and what is seen, in standard deviations; NaN where what is said is no distribution. */
function error(scene: Scene): number {
  const all = told(scene);
  const sum = all.reduce((total, { said }) => total + said, 0);
  if (Math.abs(sum - 1) > 1e-9) return Number.NaN;
  return Math.max(
    ...all.map(({ said, share }) => Math.abs(said - share) / Math.sqrt((said * (1 - said) + 1e-12) / DRAWS)),
  );
}

const price = (usd: number): BackendSketch => ({ price: { inputUsd: usd, outputUsd: usd } });
const slow = new LatencyModel();
for (let i = 0; i < 200; i++) {
  const seen = { inputTokens: 100, cachedTokens: 0, ttftMs: 20_000, outputTokens: 50, streamMs: 1000 };
  slow.succeeded({ tick: i, ...seen });
}

describe('propensity', () => {
  it('is 1 where nothing is left to chance', () => {
    expect(told({ picker: 'ordered', sketches: [{}, {}] })).toEqual([{ id: 'b0', said: 1, share: 1 }]);
    expect(told({ picker: 'cheapest', sketches: [price(2), price(1)] })).toEqual([{ id: 'b1', said: 1, share: 1 }]);
    expect(told({ picker: 'sticky', sketches: [{}, {}], own: { stick: 7 } })).toMatchObject([{ said: 1, share: 1 }]);
    expect(told({ picker: 'cheapest', sketches: [{}, {}] })).toMatchObject([{ said: 1 }]);
  });

  it('is the share of the weights, among those that may answer', () => {
    const sketches = [{}, {}, { context: 10 }, {}];
    expect(error({ picker: 'weighted', sketches, weights: [5, 1, 9, 2] })).toBeLessThan(4);
    expect(told({ picker: 'weighted', sketches, weights: [5, 1, 9, 2] })).toContainEqual(
      expect.objectContaining({ id: 'b0', said: 5 / 8 }),
    );
  });

  it('counts which draws a less busy one of several that tie wins', () => {
    const sketches = [price(1), price(1.01), price(1.02), price(5)];
    expect(error({ picker: 'cheapest', sketches })).toBeLessThan(4);
    expect(error({ picker: 'cheapest', sketches, state: { 0: { inFlight: 4 }, 1: { inFlight: 2 } } })).toBeLessThan(4);
    expect(
      error({
        picker: 'cheapest',
        sketches,
        state: { 1: { inFlight: 1 }, 2: { inFlight: 1 } },
        weights: [1, 2, 1, 1],
      }),
    ).toBeLessThan(4);
  });

  it('goes by the order that the guard leaves', () => {
    const objective = { minimise: 'cost' as const, subject_to: { ttft_p95: 2000 } };
    const sections: Sections = { rules: [{ id: 'all', match: 'true', objective }] };
    const state = { 0: { latency: slow }, 1: { latency: new LatencyModel() } };
    const sketches = [price(0), price(0), price(0)];
    expect(error({ picker: 'cheapest', sketches, sections })).toBeLessThan(4);
    expect(error({ picker: 'cheapest', sketches, sections, state })).toBeLessThan(4);
  });

  it('a refusal has none', () => {
    const [backend] = backendsOf({ context: 1 });
    const facts = factsOf(aliasOf([backend!]));
    const policy = policyOf([backend!]);
    const made = plan(policy, facts, stateOf(1), seededRandom(1));
    expect(explain(policy, facts, stateOf(1), made, { id: 'd', seed: 1 }, true)['propensity']).toBeNull();
  });
});
