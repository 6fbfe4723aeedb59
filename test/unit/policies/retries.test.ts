/** A backend that fails costs what the next one costs too, as often as it fails. */
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/clock.ts';
import { LatencyModel } from '../../../src/core/latency-model.ts';
import { explain, plan } from '../../../policies/index.ts';
import { aliasOf, backendsOf, factsOf, policyOf, stateOf } from './scene.ts';

const backends = backendsOf(
  { id: 'flaky', price: { inputUsd: 1, outputUsd: 1 } },
  { id: 'sound', price: { inputUsd: 1.2, outputUsd: 1.2 } },
  { id: 'dear', price: { inputUsd: 9, outputUsd: 9 } },
);
const alias = aliasOf(backends, 'cheapest');
const policy = policyOf(backends, { aliases: [alias] });
const facts = factsOf(alias);

function failing(times: number) {
  const latency = new LatencyModel();
  for (let i = 0; i < times; i++) latency.failed(1000);
  const state = stateOf(3, { 0: { latency } });
  return { state, rate: latency.failureRate(1000), made: plan(policy, facts, state, seededRandom(1)) };
}

describe('the price of retries', () => {
  it('is nothing where nothing fails', () => {
    const { made } = failing(0);
    expect(made.attempts[0]!.backend.id).toBe('flaky');
    expect(made.trace.every(({ parts }) => !('retries' in parts))).toBe(true);
  });

  it('is the share of failures times the cheapest other answer', () => {
    const { made, rate } = failing(2);
    const [flaky, sound] = made.trace;
    expect(rate).toBeGreaterThan(0.05);
    expect(flaky!.parts['retries']).toBeCloseTo(rate * sound!.parts['tokens']!, 12);
    expect(flaky!.usd).toBeCloseTo(flaky!.parts['tokens']! + flaky!.parts['retries']!, 12);
    expect(sound!.parts).not.toHaveProperty('retries');
  });

  it('puts a backend that fails often behind one that is a little dearer, never behind any price', () => {
    const { made } = failing(6);
    expect(made.attempts.map(({ backend }) => backend.id)).toEqual(['sound', 'flaky', 'dear']);
  });

  it('is a part of the score in explanations', () => {
    const { made, state, rate } = failing(6);
    const record = explain(policy, facts, state, made, { id: 'dec-1', seed: 1 }, true);
    const retries = rate * made.trace[1]!.parts['tokens']!;
    const parts = { retries: expect.closeTo(retries, 12) };
    expect(record).toMatchObject({ candidates: [{ id: 'flaky', parts }, {}, {}] });
  });

  it('has no say under an objective, where a failure is a miss', () => {
    const objective = { minimise: 'cost' as const, subject_to: { ttft_p95: 2000 } };
    const bound = policyOf(backends, { aliases: [alias], rules: [{ id: 'r', match: 'true', objective }] });
    const made = plan(bound, facts, failing(6).state, seededRandom(1));
    expect(made.trace.every(({ parts }) => !('retries' in parts))).toBe(true);
    expect(made.trace[0]!.parts['slo']).toBeGreaterThan(0);
  });

  it('has no say where no other backend is eligible', () => {
    const alone = aliasOf([backends[0]!], 'cheapest');
    const { state } = failing(6);
    const made = plan(policyOf(backends, { aliases: [alone] }), factsOf(alone), state, seededRandom(1));
    expect(made.trace[0]!.parts).not.toHaveProperty('retries');
  });
});
