/** Objectives: what a miss costs moves the choice, the guard comes before the price, and scarce slots are kept for those who need them. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/clock.ts';
import type { RuleConfig } from '../../../src/core/config.ts';
import { LatencyModel } from '../../../src/core/latency-model.ts';
import type { Plan, PoolState, StateView } from '../../../src/core/policy.ts';
import { plan } from '../../../policies/index.ts';
import { aliasOf, backendsOf, factsOf, policyOf, stateOf } from './scene.ts';

const RULE: RuleConfig = {
  id: 'fast',
  match: 'true',
  objective: { minimise: 'cost', subject_to: { ttft_p95: 2000 } },
};

/** A model that has seen answers that began after `ttftMs`. */
function seen(ttftMs: number): LatencyModel {
  const model = new LatencyModel();
  for (let i = 0; i < 200; i++) {
    const spread = 1 + 0.2 * Math.sin(i);
    model.succeeded({
      tick: i,
      inputTokens: 100,
      cachedTokens: 0,
      ttftMs: ttftMs * spread,
      outputTokens: 100,
      streamMs: 1000,
    });
  }
  return model;
}

const [CHEAP, DEAR] = [
  { inputUsd: 0.1, outputUsd: 0.1 },
  { inputUsd: 10, outputUsd: 10 },
];

function decide(
  models: readonly LatencyModel[],
  { rule = RULE, state = {} }: { rule?: RuleConfig; state?: Partial<StateView> } = {},
): Plan {
  const backends = backendsOf({ price: CHEAP }, { price: DEAR });
  const own = { ...backends[0]!, pool: state.pools === undefined ? null : 0 };
  const members = [own, backends[1]!];
  const view = { ...stateOf(2, { 0: { latency: models[0]! }, 1: { latency: models[1]! } }), tick: 300, ...state };
  return plan(policyOf(members, { rules: [rule] }), factsOf(aliasOf(members, 'cheapest')), view, seededRandom(1));
}

function order(made: Plan): string {
  return made.attempts
    .filter(({ mode }) => mode !== 'retry')
    .map(({ backend }) => backend.id)
    .join(' ');
}

describe('an objective', () => {
  it('leaves the cheap one first while both are fast enough', () => {
    const made = decide([seen(400), seen(400)]);
    expect(order(made)).toBe('b0 b1');
    expect(made.objective).toEqual({ index: 0, ttftMs: 2000, tpotMs: null, attainment: 0.95, guard: 0.25 });
    expect(made.trace[0]!.miss).toBeLessThan(0.01);
  });

  it('puts a backend that would probably miss behind, however cheap it is', () => {
    expect(order(decide([seen(4000), seen(400)]))).toBe('b1 b0');
  });

  it('takes the least likely to miss where all probably miss', () => {
    expect(order(decide([seen(9000), seen(2500)]))).toBe('b1 b0');
  });

  it('pays more for speed as a miss grows dearer', () => {
    const models = [seen(1650), seen(400)] as const;
    const rule = { ...RULE, objective: { ...RULE.objective!, guard: 1 } };
    expect(order(decide(models, { rule, state: { missUsd: [1e-6] } }))).toBe('b0 b1');
    expect(order(decide(models, { rule, state: { missUsd: [10] } }))).toBe('b1 b0');
  });

  it('counts the wait for a slot', () => {
    const full: PoolState = { slots: 2, running: 2, waiting: 3, maxWaiting: 64, holdMs: 3000, usdPerSlotMs: 0 };
    expect(order(decide([seen(400), seen(400)], { state: { pools: [full] } }))).toBe('b1 b0');
    expect(order(decide([seen(400), seen(400)], { state: { pools: [{ ...full, running: 1 }] } }))).toBe('b0 b1');
  });

  it('leaves scarce slots to others when their price says so', () => {
    const dear: PoolState = { slots: 2, running: 1, waiting: 0, maxWaiting: 64, holdMs: 3000, usdPerSlotMs: 1e-4 };
    const made = decide([seen(400), seen(400)], { state: { pools: [dear] } });
    expect(order(made)).toBe('b1 b0');
    expect(made.trace[0]!.parts['capacity']).toBeGreaterThan(0.01);
    expect(made.trace[1]!.parts).not.toHaveProperty('capacity');
  });

  it('never keeps anybody out: it only orders', () => {
    expect(decide([seen(9000), seen(9000)]).attempts.map(({ backend }) => backend.id)).toEqual(['b0', 'b1', 'b0']);
  });
});

describe('ties', () => {
  it('go to the less busy of two that are drawn', () => {
    const backends = backendsOf({ price: CHEAP }, { price: CHEAP }, { price: DEAR });
    const policy = policyOf(backends, {});
    const facts = factsOf(aliasOf(backends, 'cheapest'));
    const state = stateOf(3, { 0: { inFlight: 9 }, 1: { inFlight: 2 } });
    for (let seed = 0; seed < 20; seed++) {
      expect(order(plan(policy, facts, state, seededRandom(seed)))).toBe('b1 b0 b2');
    }
  });

  it('share alike where all are equally busy', () => {
    const backends = backendsOf({ price: CHEAP }, { price: CHEAP });
    const [policy, facts] = [policyOf(backends, {}), factsOf(aliasOf(backends, 'cheapest'))];
    const firsts = Array.from({ length: 400 }, (_, seed) => order(plan(policy, facts, stateOf(2), seededRandom(seed))));
    const share = firsts.filter((text) => text.startsWith('b0')).length / firsts.length;
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.6);
  });
});
