/** The explain record, for those who may see backends and for those who may not. */
import { describe, expect, it } from 'vitest';
import { withoutNoise } from '../../../policies/without-noise.ts';
import { seededRandom } from '../../../src/core/clock.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { RequestFacts, StateView } from '../../../src/core/policy.ts';
import { explain, plan } from '../../../policies/index.ts';
import { aliasOf, backendsOf, CATALOGUE, DIGEST, factsOf, policyOf, stateOf, type Sections } from './scene.ts';

const backends = backendsOf(
  { id: 'paris', facts: { 'compute.countries': ['FR'], retention_days: 0 }, price: { inputUsd: 9, outputUsd: 9 } },
  { id: 'texas', facts: { 'compute.countries': ['US'], retention_days: 30 }, price: { inputUsd: 1, outputUsd: 1 } },
  { id: 'oslo', facts: { 'compute.countries': ['NO'] }, price: { inputUsd: 2, outputUsd: 2 } },
  { id: 'riddle', facts: { 'compute.countries': ['DE'], retention_days: 0 } },
);
const sections: Sections = {
  constraints: [
    { id: 'brief', require: { retention_days: 0 } },
    { id: 'eu', require: { 'compute.countries': { subset: 'EU' }, retention_days: { max: 7 } } },
    { id: 'bank', when: 'key.tenant == "bank"', require: { trains_on_data: false } },
  ],
};
const alias = aliasOf(backends, 'ordered');
const policy = policyOf(backends, sections);

function record(full: boolean, own: Partial<RequestFacts> = {}, state: StateView = stateOf(4)): JsonObject {
  const facts = factsOf(alias, { inputTokens: 1_000_000, maxOutputTokens: 1, ...own });
  const made = plan(policy, facts, state, seededRandom(0x9f3c));
  return explain(policy, facts, state, made, { id: 'dec-1', seed: 0x9f3c }, full);
}

describe('explain', () => {
  it('says numbers without the noise of binary fractions', () => {
    expect(withoutNoise(0.1 + 0.2)).toBe(0.3);
    expect(withoutNoise(0.00024300000000000002)).toBe(0.000243);
    expect(withoutNoise(null)).toBe(null);
  });

  it('tells all to who may know: facts, constraints, candidates, plan and what the policy costs', () => {
    const told = record(true, { stream: true, needs: 1 }, stateOf(4, { 3: { breaker: 'open', probeAtTick: 1500 } }));
    expect(told).toMatchObject({
      decision_id: 'dec-1',
      at: '2026-11-23T10:00:00.000Z',
      policy: { digest: DIGEST },
      catalogue: CATALOGUE,
      gateway: { countries: null },
      seed: '9f3c',
      facts: { model: 'assistant', stream: true, tokens_in: 1_000_000, max_out: 1, needs: ['tools'], tenant: null },
      rule: 'default',
      pick: 'ordered',
      objective: null,
      lossy: 'warn',
      deadline_ms: null,
      constraints: [
        { id: 'bank', scope: 'gateway', active: false, blocked: 0 },
        { id: 'brief', scope: 'gateway', active: true, blocked: 2 },
        { id: 'eu', scope: 'gateway', active: true, blocked: 2 },
      ],
      plan: [
        { try: 'paris', mode: 'primary' },
        { try: 'paris', mode: 'retry', if: ['connect', 'overload'] },
      ],
      miss_usd: null,
      propensity: 1,
      guarantee: 'declared',
      refusal: null,
    });
    expect(told['candidates']).toEqual([
      {
        id: 'paris',
        eligible: true,
        score_usd: 9.000009,
        parts: { tokens: 9.000009 },
        price: { in: 9, out: 9, source: 'configuration', as_of: '2026-11-01' },
        ttft_ms: { p50: 50_500, p95: 114_942 },
        health: 'closed',
        out_est: 1,
        guarantee: 'declared',
      },
      expect.objectContaining({
        id: 'texas',
        eligible: false,
        failed: [
          {
            constraint: 'brief',
            kind: 'policy',
            key: 'retention_days',
            want: '0',
            got: '30',
            grade: 'declared',
            scope: 'gateway',
          },
          {
            constraint: 'eu',
            kind: 'policy',
            key: 'compute.countries',
            want: 'subset of EU',
            got: '[US]',
            grade: 'declared',
            scope: 'gateway',
          },
          {
            constraint: 'eu',
            kind: 'policy',
            key: 'retention_days',
            want: '<= 7',
            got: '30',
            grade: 'declared',
            scope: 'gateway',
          },
        ],
        score_usd: 1.000001,
      }),
      expect.objectContaining({
        id: 'oslo',
        failed: expect.arrayContaining([expect.objectContaining({ got: 'unknown' })]),
      }),
      {
        id: 'riddle',
        eligible: false,
        failed: [
          {
            constraint: 'health',
            kind: 'health',
            key: 'health',
            want: 'breaker closed',
            got: 'open',
            retry_after_ms: 500,
          },
        ],
        score_usd: null,
        parts: { tokens: null },
        ttft_ms: expect.anything(),
        price: null,
        health: 'open',
        out_est: 1,
        guarantee: 'declared',
      },
    ]);
  });

  it('says where the gateway stands: as the runtime knows it, else as the file says', () => {
    const placed = policyOf(backends, { ...sections, gateway: { countries: ['DE', 'FR'] } });
    const told = (own: Partial<RequestFacts>) => {
      const facts = factsOf(alias, own);
      const made = plan(placed, facts, stateOf(4), seededRandom(1));
      return explain(placed, facts, stateOf(4), made, { id: 'd', seed: 1 }, false)['gateway'];
    };
    expect(told({})).toEqual({ countries: ['DE', 'FR'] });
    expect(told({ place: 'NO' })).toEqual({ countries: ['NO'] });
    expect(told({ place: null })).toEqual({ countries: null });
  });

  it('grades a decision by the weakest fact that a constraint in force looked at, over all that may answer', () => {
    const [good, worse] = backendsOf(
      { facts: { trains_on_data: { value: false, grade: 'contractual', source: 'c', asOf: null } } },
      { facts: { trains_on_data: { value: false, grade: 'reported', source: 'r', asOf: null }, retention_days: 0 } },
    );
    const own: Sections = {
      constraints: [
        { id: 'a', require: { trains_on_data: false } },
        { id: 'b', when: 'request.stream', require: { retention_days: 0 } },
      ],
    };
    const graded = policyOf([good!, worse!], own);
    const told = (full: boolean, stream: boolean) => {
      const facts = factsOf(aliasOf([good!, worse!]), { stream });
      const made = plan(graded, facts, stateOf(2), seededRandom(1));
      return explain(graded, facts, stateOf(2), made, { id: 'd', seed: 1 }, full);
    };
    expect(told(true, false)).toMatchObject({
      guarantee: 'contractual',
      candidates: [{ guarantee: 'contractual' }, { guarantee: 'reported' }],
    });
    expect(told(true, true)).toMatchObject({ guarantee: 'declared', plan: [{ try: 'b1' }, { try: 'b1' }] });
    expect(told(false, false)).not.toHaveProperty('guarantee');
  });

  it('says what each constraint costs by dropping it alone', () => {
    const own: Sections = {
      constraints: [
        { id: 'eu', require: { 'compute.countries': { subset: 'EU' } } },
        { id: 'known', require: { retention_days: { max: 30 } } },
      ],
    };
    const looser = policyOf(backends, own);
    const facts = factsOf(alias, { inputTokens: 1_000_000, maxOutputTokens: 1 });
    const made = plan(looser, facts, stateOf(4), seededRandom(1));
    // Without `eu` texas would do; oslo needs both to go.
    expect(explain(looser, facts, stateOf(4), made, { id: 'd', seed: 1 }, true)['price_of_policy']).toEqual({
      cheapest_unconstrained: 'texas',
      extra_usd: expect.closeTo(8.000008, 9),
      by: { eu: expect.closeTo(8.000008, 9), known: 0 },
    });
  });

  it('shows no backend, place or price to others', () => {
    const told = record(false);
    const text = JSON.stringify(told);
    for (const { id } of backends) expect(text).not.toContain(id);
    expect(text).not.toMatch(/example|compute|US|usd/);
    expect(told).toMatchObject({
      constraints: [
        { id: 'bank', scope: 'gateway', active: false, blocked: 0 },
        { id: 'brief', scope: 'gateway', active: true, blocked: 2 },
        { id: 'eu', scope: 'gateway', active: true, blocked: 2 },
      ],
      backends: 4,
      eligible: 2,
    });
    expect(told).not.toHaveProperty('plan');
  });

  it('explains a refusal, with the nearest backend for those who may know', () => {
    const refusal = {
      code: 'policy-no-eligible-backend',
      message: expect.stringContaining('bank blocks 4'),
      retry_after_ms: null,
      blocked_by: [
        { constraint: 'bank', backends: 4 },
        { constraint: 'brief', backends: 2 },
        { constraint: 'eu', backends: 2 },
      ],
    };
    expect(record(false, { tenant: 'bank' })['refusal']).toEqual(refusal);
    expect(record(true, { tenant: 'bank' })).toMatchObject({
      plan: [],
      price_of_policy: null,
      refusal: { ...refusal, nearest: { backend: 'paris', missing: 1 } },
    });
  });
});
