/** The laws of decisions, over random worlds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend, FactKey, PickerId } from '../../../src/core/backend.ts';
import { seededRandom } from '../../../src/core/clock.ts';
import type { ConstraintConfig, RequirementConfig, RuleConfig } from '../../../src/core/config.ts';
import { EgressPermit } from '../../../src/core/egress.ts';
import { viewOf } from '../../../src/core/headers.ts';
import type { Plan, PolicySnapshot, RequestFacts, StateView } from '../../../src/core/policy.ts';
import { plan, recheck } from '../../../policies/index.ts';
import { aliasOf, backendsOf, factsOf, policyOf, stateOf, type Facts } from './scene.ts';

const COUNTRIES = ['DE', 'FR', 'NO', 'US', 'CN'];
const ZONES: Readonly<Record<string, readonly string[]>> = { home: ['DE', 'FR'], north: ['NO'] };

const country = fc.constantFrom(...COUNTRIES);
const countries = fc.uniqueArray(country, { minLength: 1, maxLength: 3 });
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 3 });

const facts: fc.Arbitrary<Facts> = fc.record(
  {
    'operator.country': country,
    'compute.countries': countries,
    retention_days: fc.nat(3),
    trains_on_data: fc.boolean(),
    network: fc.constantFrom('public', 'perimeter'),
  },
  { requiredKeys: [] },
);

const sketch = fc.record({
  facts,
  context: fc.option(fc.constantFrom(100, 1000, 10_000)),
  absent: fc.nat(7),
  price: fc.option(fc.record({ inputUsd: fc.option(fc.nat(9)), outputUsd: fc.option(fc.nat(9)) })),
});

const place = fc.oneof(fc.constantFrom('home', 'north', 'DE'), countries);
const ofPlaces: fc.Arbitrary<RequirementConfig> = fc.oneof(
  country,
  place.map((subset) => ({ subset })),
  place.map((list) => ({ in: list })),
  place.map((list) => ({ not_in: list })),
);
const require: fc.Arbitrary<ConstraintConfig['require']> = fc.record(
  {
    'operator.country': ofPlaces,
    'compute.countries': ofPlaces,
    retention_days: fc.oneof(
      fc.nat(3),
      fc.nat(3).map((max) => ({ max })),
      fc.nat(3).map((min) => ({ min })),
    ),
    trains_on_data: fc.boolean(),
    network: fc.constantFrom('public', 'perimeter'),
  },
  { requiredKeys: [] },
);

/** Conditions with what they mean, so that the naive reading needs no CEL. */
const CONDITIONS: readonly (readonly [string, (facts: RequestFacts) => boolean])[] = [
  ['request.stream', ({ stream }) => stream],
  ['key.tenant == "bank"', ({ tenant }) => tenant === 'bank'],
  ['request.headers["x-class"] == "secret"', ({ headers }) => (headers.get('x-class') ?? 'secret') === 'secret'],
  ['request.max_out > 50', ({ maxOutputTokens }) => maxOutputTokens === null || maxOutputTokens > 50],
];
const constraint = fc.record({ when: optional(fc.constantFrom(...CONDITIONS.map(([text]) => text))), require });
const constraints = fc
  .array(constraint, { maxLength: 5 })
  .map((list) => list.map((one, i): ConstraintConfig => ({ id: `c${i}`, ...one })));

const request = fc.record({
  stream: fc.boolean(),
  tenant: fc.option(fc.constantFrom('bank', 'shop')),
  maxOutputTokens: fc.option(fc.constantFrom(10, 100)),
  inputTokens: fc.constantFrom(10, 95, 5000),
  needs: fc.nat(7),
  headers: fc.constantFrom(viewOf([]), viewOf(['x-class', 'secret']), viewOf(['x-class', 'open'])),
});

const figures = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ breaker: 'open' as const, probeAtTick: 5000 }) },
  { weight: 1, arbitrary: fc.constant({ breaker: 'half-open' as const, probing: true }) },
  { weight: 1, arbitrary: fc.constant({ parkedUntilTick: 3000, parkedBecause: 'rate-limit' as const }) },
);

interface World {
  readonly backends: readonly Backend[];
  readonly facts: RequestFacts;
  readonly state: StateView;
  readonly constraints: readonly ConstraintConfig[];
  readonly seed: number;
}

const world: fc.Arbitrary<World> = fc
  .record({
    sketches: fc.array(fc.tuple(sketch, figures), { minLength: 1, maxLength: 40 }),
    constraints,
    request,
    picker: fc.constantFrom<PickerId>('ordered', 'weighted', 'cheapest'),
    seed: fc.nat(),
  })
  .map(({ sketches, constraints: list, request: own, picker, seed }) => {
    const backends = backendsOf(...sketches.map(([one]) => one));
    const state = stateOf(backends.length, Object.fromEntries(sketches.map(([, well], i) => [i, well])));
    return { backends, facts: factsOf(aliasOf(backends, picker), own), state, constraints: list, seed };
  });

const RULES: readonly RuleConfig[] = [
  { id: 'streams', match: 'request.stream', attempts: { max: 5 } },
  { id: 'rest', match: 'true' },
];

function policyFor({ backends, constraints: list }: World): PolicySnapshot {
  return policyOf(backends, { constraints: list, zones: ZONES, rules: RULES });
}

function decide(one: World, policy = policyFor(one)): Plan {
  return plan(policy, one.facts, one.state, seededRandom(one.seed));
}

function eligible(made: Plan): string[] {
  return made.trace.filter(({ rejections }) => rejections.length === 0).map(({ candidate }) => candidate.backend.id);
}

/** The same judgement as plainly as it can be said: no masks, no compilation, no order. */
function naiveEligible({ backends, facts: asked, state, constraints: list }: World): string[] {
  const active = list.filter(({ when }) => {
    const condition = CONDITIONS.find(([text]) => text === when);
    return condition === undefined || condition[1](asked);
  });
  return backends
    .filter((backend, i) => {
      const health = state.backends[i]!;
      const isWell =
        health.parkedUntilTick <= state.tick &&
        (health.breaker === 'closed' || (health.probeAtTick <= state.tick && !health.probing));
      const fits =
        backend.contextTokens === null || asked.inputTokens + (asked.maxOutputTokens ?? 0) <= backend.contextTokens;
      const isAble = (asked.needs & backend.capabilities.absent) === 0;
      return isWell && fits && isAble && active.every((one) => naiveSatisfies(one, backend));
    })
    .map(({ id }) => id);
}

function naiveSatisfies({ require: wanted }: ConstraintConfig, backend: Backend): boolean {
  return Object.entries(wanted).every(([key, requirement]) => {
    const value = backend.facts.get(key as FactKey)?.value;
    if (value === undefined) return false;
    const values = Array.isArray(value) ? value : [value];
    if (typeof requirement !== 'object') return values.length === 1 && values[0] === requirement;
    if ('max' in requirement) return Number(value) <= requirement.max;
    if ('min' in requirement) return Number(value) >= requirement.min;
    const [form, named] = Object.entries(requirement)[0] as [string, string | string[]];
    const set = [named].flat().flatMap((name) => ZONES[name] ?? [name]);
    return values.every((item) => set.includes(item) === (form !== 'not_in'));
  });
}

describe('laws', () => {
  it('the compiled policy keeps what the naive reading keeps', () => {
    fc.assert(
      fc.property(world, (one) => {
        expect(eligible(decide(one))).toEqual(naiveEligible(one));
      }),
      { numRuns: 500 },
    );
  });

  it('adding a constraint never enlarges the eligible set', () => {
    fc.assert(
      fc.property(world, constraint, (one, extra) => {
        const before = new Set(eligible(decide(one)));
        const after = eligible(decide({ ...one, constraints: [...one.constraints, { id: 'extra', ...extra }] }));
        expect(after.filter((id) => !before.has(id))).toEqual([]);
      }),
    );
  });

  it('the order of constraints changes nothing, to the byte', () => {
    fc.assert(
      fc.property(world, fc.nat(), (one, seed) => {
        const random = seededRandom(seed);
        const shuffled = one.constraints.map((item) => ({ item, at: random.next() })).sort((a, b) => a.at - b.at);
        const other = decide({ ...one, constraints: shuffled.map(({ item }) => item) });
        expect(JSON.stringify(other)).toBe(JSON.stringify(decide(one)));
      }),
    );
  });

  it('every planned attempt is eligible, the first is primary, and recheck permits exactly the eligible', () => {
    fc.assert(
      fc.property(world, (one) => {
        const policy = policyFor(one);
        const made = decide(one, policy);
        const allowed = new Set(naiveEligible(one));
        for (const { backend } of made.attempts) expect(allowed.has(backend.id)).toBe(true);
        for (const backend of one.backends) {
          const said = recheck(policy, one.facts, backend, one.state, 'attempt', 'd');
          expect(said instanceof EgressPermit).toBe(allowed.has(backend.id));
        }
        expect(made.refusal === null).toBe(allowed.size > 0);
        expect(made.attempts.map(({ mode }) => mode).slice(0, 1)).toEqual(allowed.size > 0 ? ['primary'] : []);
        expect(made.attempts.length).toBeLessThanOrEqual(one.facts.stream ? 5 : 3);
        const distinct = made.attempts.filter(({ mode }) => mode !== 'retry').map(({ backend }) => backend.id);
        expect(new Set(distinct).size).toBe(distinct.length);
      }),
      { numRuns: 300 },
    );
  });

  it('equal inputs give equal bytes, from two compilations too', () => {
    fc.assert(
      fc.property(world, (one) => {
        const policy = policyFor(one);
        const bytes = JSON.stringify(decide(one, policy));
        expect(JSON.stringify(decide(one, policy))).toBe(bytes);
        expect(JSON.stringify(decide(one))).toBe(bytes);
      }),
    );
  });

  it('a refusal counts every candidate that it speaks of', () => {
    fc.assert(
      fc.property(world, (one) => {
        const { refusal, trace } = decide(one);
        for (const { constraint: id, backends } of refusal?.blockedBy ?? []) {
          expect(trace.filter(({ rejections }) => rejections.some((said) => said.id === id))).toHaveLength(backends);
        }
      }),
    );
  });
});
