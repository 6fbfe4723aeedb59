/** Plans: which rule, which order, which attempts after which failures. */
import { describe, expect, it } from 'vitest';
import type { ModelAlias } from '../../../src/core/backend.ts';
import { seededRandom } from '../../../src/core/clock.ts';
import { viewOf } from '../../../src/core/headers.ts';
import type { Plan, PolicySnapshot, RequestFacts, StateView } from '../../../src/core/policy.ts';
import { plan } from '../../../policies/index.ts';
import { aliasOf, backendsOf, factsOf, policyOf, stateOf } from './scene.ts';

function decide(policy: PolicySnapshot, facts: RequestFacts, state?: StateView, seed = 1): Plan {
  return plan(policy, facts, state ?? stateOf(facts.alias.candidates.length), seededRandom(seed));
}

function tries(made: Plan): string[] {
  return made.attempts.map(({ backend, mode }) => `${mode} ${backend.id}`);
}

function simple(alias: ModelAlias, own: Partial<RequestFacts> = {}): Plan {
  const backends = alias.candidates.map(({ backend }) => backend);
  return decide(policyOf(backends, { aliases: [alias] }), factsOf(alias, own));
}

describe('attempts', () => {
  it('tries one backend, and once more where nothing was executed', () => {
    const made = simple(aliasOf(backendsOf({})));
    expect(tries(made)).toEqual(['primary b0', 'retry b0']);
    expect(made.attempts.map(({ when }) => when)).toEqual([[], ['connect', 'overload']]);
    expect(made.refusal).toBeNull();
  });

  it('goes through the listed backends and comes back to the first while attempts remain', () => {
    expect(tries(simple(aliasOf(backendsOf({}, {}))))).toEqual(['primary b0', 'fallback b1', 'retry b0']);
    expect(tries(simple(aliasOf(backendsOf({}, {}, {}, {}))))).toEqual(['primary b0', 'fallback b1', 'fallback b2']);
  });

  it('keeps to attempts.max and the deadline of the rule', () => {
    const backends = backendsOf({}, {}, {});
    const rules = [{ id: 'one', match: 'true', attempts: { max: 1, deadline: 500 } }];
    const made = decide(policyOf(backends, { rules }), factsOf(aliasOf(backends)));
    expect(tries(made)).toEqual(['primary b0']);
    expect(made.deadlineMs).toBe(500);
  });

  it('moves on after any failure that another backend may not share', () => {
    const [, fallback] = simple(aliasOf(backendsOf({}, {}))).attempts;
    expect(fallback?.when).toEqual([
      'connect',
      'reset',
      'timeout',
      'rate-limit',
      'overload',
      'server',
      'malformed',
      'auth',
    ]);
  });

  it('moves on after `context` only to a model that is known to read more than all before it', () => {
    const whens = (...contexts: (number | null)[]): boolean[] =>
      simple(aliasOf(backendsOf(...contexts.map((context) => ({ context })))))
        .attempts.filter(({ mode }) => mode === 'fallback')
        .map(({ when }) => when.includes('context'));
    expect(whens(1000, 2000)).toEqual([true]);
    expect(whens(2000, 1000)).toEqual([false]);
    expect(whens(1000, 1000)).toEqual([false]);
    expect(whens(1000, null)).toEqual([false]);
    expect(whens(null, 1000)).toEqual([false]);
    expect(whens(2000, 1000, 1500)).toEqual([false, false]);
    expect(whens(2000, 1000, 3000)).toEqual([false, true]);
  });

  it('tries a backend that is listed twice once', () => {
    const [a, b] = backendsOf({}, {});
    const alias = aliasOf([a!, a!, b!]);
    expect(tries(decide(policyOf([a!, b!]), factsOf(alias), stateOf(2)))).toEqual([
      'primary b0',
      'fallback b1',
      'retry b0',
    ]);
  });
});

describe('rules', () => {
  const backends = backendsOf({ price: { inputUsd: 2, outputUsd: 2 } }, { price: { inputUsd: 1, outputUsd: 1 } });
  const alias = aliasOf(backends);

  it('without rules: the picker of the alias, under the id default', () => {
    expect(decide(policyOf(backends), factsOf(alias))).toMatchObject({
      rule: 'default',
      lossy: 'warn',
      deadlineMs: null,
    });
  });

  it('uses the first that matches', () => {
    const rules = [
      { id: 'batch', match: 'request.headers["x-priority"] == "batch"', pick: 'cheapest' as const },
      { id: 'strict', match: 'request.stream', lossy: 'refuse' as const },
      { id: 'rest', match: ' true ' },
    ];
    const policy = policyOf(backends, { rules });
    const batch = factsOf(alias, { headers: viewOf(['x-priority', 'batch']), stream: true });
    expect(decide(policy, batch)).toMatchObject({ rule: 'batch', lossy: 'warn' });
    expect(tries(decide(policy, batch))[0]).toBe('primary b1');
    expect(decide(policy, factsOf(alias, { stream: true }))).toMatchObject({ rule: 'strict', lossy: 'refuse' });
    // The header is absent: `batch` cannot be decided, so it does not match.
    expect(decide(policy, factsOf(alias))).toMatchObject({ rule: 'rest' });
    expect(tries(decide(policy, factsOf(alias)))[0]).toBe('primary b0');
  });

  it('minimise: cost is the cheapest picker', () => {
    const rules = [{ id: 'thrift', match: 'true', objective: { minimise: 'cost' as const } }];
    expect(tries(decide(policyOf(backends, { rules }), factsOf(alias)))[0]).toBe('primary b1');
  });

  it('refuses to compile where the last rule does not catch the rest', () => {
    expect(() => policyOf(backends, { rules: [{ id: 'some', match: 'request.stream' }] })).toThrow(/last rule/);
    expect(() => policyOf(backends, { rules: [{ id: 'bad', match: 'request.strem' }] })).toThrow(/no field strem/);
  });
});

describe('trace', () => {
  it('prices candidates only for a picker that looks at prices', () => {
    const backends = backendsOf({ price: { inputUsd: 10, outputUsd: 100 } });
    expect(simple(aliasOf(backends)).trace).toMatchObject([{ usd: null, parts: {}, rejections: [] }]);
    const [one] = simple(aliasOf(backends, 'cheapest'), { inputTokens: 1000, maxOutputTokens: 10 }).trace;
    expect(one?.usd).toBeCloseTo(0.011, 12);
    expect(one?.parts).toEqual({ tokens: one?.usd });
  });

  it('lists every candidate in the listed order, with all that speaks against it', () => {
    const backends = backendsOf({ absent: 1, context: 10 }, {});
    const policy = policyOf(backends, { constraints: [{ id: 'no-training', require: { trains_on_data: false } }] });
    const made = decide(policy, factsOf(aliasOf(backends), { needs: 1 }), stateOf(2, { 1: { breaker: 'open' } }));
    expect(made.trace.map(({ rejections }) => rejections.map(({ id }) => id))).toEqual([
      ['no-training', 'capability', 'context-window'],
      ['no-training'],
    ]);
  });

  it('applies to the 33rd backend and beyond', () => {
    const sketches = Array.from({ length: 70 }, (_, i) => ({ facts: { trains_on_data: i % 3 !== 0 } }));
    const backends = backendsOf(...sketches);
    const policy = policyOf(backends, { constraints: [{ id: 'no-training', require: { trains_on_data: false } }] });
    const eligible = decide(policy, factsOf(aliasOf(backends))).trace.filter((one) => one.rejections.length === 0);
    expect(eligible.map(({ candidate }) => candidate.backend.index)).toEqual(
      Array.from({ length: 24 }, (_, i) => i * 3),
    );
  });
});

describe('conditions', () => {
  const backends = backendsOf({ facts: { retention_days: 30 } }, { facts: { retention_days: 0 } });
  const alias = aliasOf(backends);
  const eligible = (when: string, own: Partial<RequestFacts>): string[] =>
    decide(
      policyOf(backends, { constraints: [{ id: 'brief', when, require: { retention_days: 0 } }] }),
      factsOf(alias, own),
    )
      .trace.filter(({ rejections }) => rejections.length === 0)
      .map(({ candidate }) => candidate.backend.id);

  it('hold only where `when` is met', () => {
    expect(eligible('key.tenant == "bank"', { tenant: 'bank' })).toEqual(['b1']);
    expect(eligible('key.tenant == "bank"', { tenant: 'shop' })).toEqual(['b0', 'b1']);
    expect(eligible('key.tenant == "bank"', {})).toEqual(['b0', 'b1']);
  });

  it('hold where `when` cannot be decided: fail closed', () => {
    expect(eligible('request.max_out > 1000', { maxOutputTokens: 10 })).toEqual(['b0', 'b1']);
    expect(eligible('request.max_out > 1000', {})).toEqual(['b1']);
    expect(eligible('has(request.max_out) && request.max_out > 1000', {})).toEqual(['b0', 'b1']);
    expect(eligible('request.headers["x-class"] == "secret"', {})).toEqual(['b1']);
    expect(eligible('1 / request.choices > 5', { choices: 0 })).toEqual(['b1']);
  });

  it('hold always when `when` is true', () => {
    expect(eligible('true', {})).toEqual(['b1']);
  });
});

describe('constraints with conditions', () => {
  it.each([1, 31, 32, 40])(
    'each hold for the requests that they are about, in whatever order these come: %i',
    (count) => {
      const countries = ['DE', 'US'];
      const backends = backendsOf(...countries.map((country) => ({ facts: { 'compute.countries': [country] } })));
      const alias = aliasOf(backends);
      const constraints = Array.from({ length: count }, (_, i) => ({
        id: `c${i}`,
        when: `request.headers["x-only"] == "c${i}"`,
        require: { 'compute.countries': { subset: [countries[i % 2]!] } },
      }));
      const policy = policyOf(backends, { aliases: [alias], constraints });
      for (let round = 0; round < 2; round++) {
        for (let i = 0; i < count; i++) {
          const made = decide(policy, factsOf(alias, { headers: viewOf(['x-only', `c${i}`]) }));
          const blocked = made.trace.flatMap(({ candidate, rejections }) =>
            rejections.map(({ id }) => `${candidate.backend.id} ${id}`),
          );
          expect(blocked).toEqual([`b${1 - (i % 2)} c${i}`]);
        }
      }
    },
  );
});
