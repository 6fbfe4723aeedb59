/** The decision log: what a line holds and does not hold, and that the same decision comes of it again, to the byte. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PickerId } from '../../../src/core/backend.ts';
import { seededRandom } from '../../../src/core/clock.ts';
import { viewOf } from '../../../src/core/headers.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { LatencyModel } from '../../../src/core/latency-model.ts';
import type { PolicySnapshot, RequestFacts, StateView } from '../../../src/core/policy.ts';
import { explain, plan, witness } from '../../../policies/index.ts';
import { replay, ReplayError } from '../../../policies/evidence/replay.ts';
import { aliasOf, backendsOf, factsOf, policyOf, stateOf, type Sections } from './scene.ts';

const SECTIONS: Sections = {
  constraints: [
    { id: 'eu', when: 'data.class >= CONFIDENTIAL', require: { 'compute.countries': { subset: 'EU' } } },
    { id: 'team', when: 'request.headers["x-team"] == "red"', require: { trains_on_data: false } },
  ],
  rules: [
    {
      id: 'fast',
      match: '"x-fast" in request.headers && request.user != "batch"',
      objective: { minimise: 'cost', subject_to: { ttft_p95: 2000, tpot_p95: 50 } },
    },
    { id: 'rest', match: 'true' },
  ],
};
const backends = backendsOf(
  { facts: { 'compute.countries': ['DE'], trains_on_data: false }, price: { inputUsd: 3, outputUsd: 9 }, pool: 0 },
  { facts: { 'compute.countries': ['US'], trains_on_data: true }, price: { inputUsd: 1, outputUsd: 2 } },
  { facts: { 'compute.countries': ['FR'] }, price: { inputUsd: 3, outputUsd: 9.05 }, pool: 1 },
  { facts: { 'compute.countries': ['FR'], trains_on_data: false }, context: 500 },
);
const DECISION = { id: 'dec_1', seed: 77 };

function taught(seed: number): LatencyModel {
  const random = seededRandom(seed);
  const model = new LatencyModel();
  for (let i = 0; i < 60; i++) {
    const ttftMs = 300 * Math.exp(random.next() * 3);
    const inputTokens = Math.floor(random.next() * 3000);
    model.succeeded({ tick: i * 90, inputTokens, cachedTokens: 30, ttftMs, outputTokens: 90, streamMs: 2500 });
    if (random.next() < 0.1) model.failed(i * 90);
  }
  return model;
}

const world = fc
  .record({
    picker: fc.constantFrom<PickerId>('ordered', 'weighted', 'cheapest', 'sticky'),
    seed: fc.nat(),
    teach: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
    running: fc.nat(4),
    headers: fc.subarray(['x-team', 'x-fast', 'x-other']),
    own: fc.record(
      {
        user: fc.constantFrom(null, 'batch', 'ann'),
        inputTokens: fc.constantFrom(10, 800),
        stick: fc.nat(),
        sealed: fc.constant({ origin: null }),
      },
      { requiredKeys: ['user'] },
    ),
    missUsd: fc.option(fc.double({ min: 1e-6, max: 1, noNaN: true })),
    labels: fc.subarray(['pii']),
    down: fc.option(fc.nat(3)),
  })
  .map(({ picker, seed, teach, running, headers, own, missUsd, labels, down }) => {
    const policy = policyOf(backends, { ...SECTIONS, aliases: [aliasOf(backends, picker, [3, 1, 1, 1])] });
    const facts = factsOf(aliasOf(backends, picker, [3, 1, 1, 1]), {
      ...own,
      headers: viewOf(headers.flatMap((name) => [name, 'red'])),
      data: { class: labels.length > 0 ? 2 : 1, labels, because: [] },
    });
    const figures = Object.fromEntries(teach.map((one, i) => [i, { latency: taught(one), inFlight: one % 3 }]));
    if (down !== null) Object.assign(figures[down]!, { breaker: 'open', probeAtTick: 9e9 });
    const pool = { slots: 4, running, waiting: 0, maxWaiting: 0, holdMs: 333.3, usdPerSlotMs: 1e-8 / 3 };
    const state: StateView = {
      ...stateOf(4, figures),
      tick: 12_345.678,
      pools: [pool, pool],
      missUsd: missUsd === null ? [] : [missUsd],
    };
    return { policy, facts, state, seed };
  });

function lineOf(policy: PolicySnapshot, facts: RequestFacts, state: StateView, seed: number): JsonObject {
  const made = plan(policy, facts, state, seededRandom(seed));
  return JSON.parse(JSON.stringify(witness(policy, facts, state, made, { ...DECISION, seed })));
}

describe('a recorded decision', () => {
  it('is made again with the same plan and the same explanation, to the byte', () => {
    fc.assert(
      fc.property(world, ({ policy, facts, state, seed }) => {
        const made = plan(policy, facts, state, seededRandom(seed));
        const again = replay(policy, lineOf(policy, facts, state, seed));
        expect(again.isSame).toBe(true);
        expect(JSON.stringify(again.plan.attempts)).toBe(JSON.stringify(made.attempts));
        const decision = { ...DECISION, seed };
        const explained = explain(policy, facts, state, made, decision, true);
        const repeated = explain(policy, again.facts, again.state, again.plan, again.decision, true);
        expect(JSON.stringify(repeated)).toBe(JSON.stringify(explained));
        const line = lineOf(policy, again.facts, again.state, seed);
        expect(line).toEqual(lineOf(policy, facts, state, seed));
      }),
      { numRuns: 300 },
    );
  });

  const alias = aliasOf(backends);
  const policy = policyOf(backends, SECTIONS);
  const state = stateOf(4);

  it('holds what conditions look at and no other header', () => {
    const headers = viewOf(['x-team', 'red', 'authorization', 'Bearer sk-1', 'x-note', 'private']);
    const text = JSON.stringify(lineOf(policy, factsOf(alias, { headers, user: 'ann' }), state, 1));
    expect(text).toContain('"headers":{"x-team":"red"}');
    expect(text).not.toMatch(/sk-1|private|x-note/);
  });

  it('names what was applied, and how well the weakest fact behind it is known', () => {
    const headers = viewOf(['x-team', 'blue']);
    const line = lineOf(policy, factsOf(alias, { headers, data: { class: 2, labels: [], because: [] } }), state, 1);
    expect(line).toMatchObject({
      policy: policy.digest,
      catalogue: policy.catalogue,
      plan: { constraints: ['eu'], guarantee: 'declared' },
    });
  });

  it('names no user where no condition asks for one', () => {
    const plain = policyOf(backends, { constraints: SECTIONS.constraints! });
    expect(JSON.stringify(lineOf(plain, factsOf(alias, { user: 'ann' }), state, 1))).not.toContain('ann');
  });

  it.each([
    ['another policy', {}, { policy: `sha256:${'1'.repeat(64)}` }, /decided this/],
    ['another catalogue', {}, { catalogue: 'sha256:2' }, /other prices or places/],
    ['no record', {}, { seed: 'x' }, /no recorded decision: seed/],
    ['a header too long to record', { headers: viewOf(['x-team', 'x'.repeat(300)]) }, {}, /no record may carry/],
  ])('refuses %s in words', (_what, own, over, message) => {
    const line = { ...lineOf(policy, factsOf(alias, own), state, 1), ...over };
    expect(() => replay(policy, line)).toThrow(ReplayError);
    expect(() => replay(policy, line)).toThrow(message);
  });

  it('is not made again where conditions look at any header, or at a credential', () => {
    for (const when of ['request.headers.exists(name, name == "x")', 'request.headers["authorization"] == "x"']) {
      const open = policyOf(backends, { constraints: [{ id: 'open', when, require: { trains_on_data: false } }] });
      const line = lineOf(open, factsOf(alias), state, 1);
      expect(line).toMatchObject({ facts: { headers: null } });
      expect(() => replay(open, line)).toThrow(ReplayError);
    }
  });

  it('says when something else comes out now', () => {
    const line = lineOf(policy, factsOf(alias), state, 1);
    const told = { ...line, plan: { rule: 'rest', attempts: [['b3', 'primary']], refusal: null } };
    expect(replay(policy, told).isSame).toBe(false);
  });
});
