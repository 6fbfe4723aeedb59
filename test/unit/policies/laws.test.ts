/** The laws of decisions, over random worlds. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend, PickerId } from '../../../src/core/backend.ts';
import { seededRandom } from '../../../src/core/clock.ts';
import type { ConstraintConfig, RequirementConfig, RuleConfig } from '../../../src/core/config.ts';
import type { DataClass } from '../../../src/core/data-class.ts';
import { EgressPermit } from '../../../src/core/egress.ts';
import { viewOf } from '../../../src/core/headers.ts';
import type { Plan, PolicySnapshot, PoolState, RequestFacts, StateView } from '../../../src/core/policy.ts';
import { plan, recheck } from '../../../policies/index.ts';
import { CONDITIONS, holds, naiveEligible, naiveMayLeave } from './naive.ts';
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
  pool: fc.option(fc.nat(1), { freq: 2 }),
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
  data: fc.record({
    class: fc.constantFrom<DataClass>(0, 1, 2, 3),
    labels: fc.subarray(['pii', 'secret']),
    because: fc.constant([]),
  }),
});

/** A pool with room, one with a queue, and one that is full. */
const pool = fc.constantFrom([0, 0], [4, 0], [4, 2]).map(([running, waiting]): PoolState => ({
  slots: 4,
  running: running!,
  waiting: waiting!,
  maxWaiting: 2,
  holdMs: 300,
  usdPerSlotMs: 0,
}));

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
    pools: fc.tuple(pool, pool),
    picker: fc.constantFrom<PickerId>('ordered', 'weighted', 'cheapest'),
    seed: fc.nat(),
  })
  .map(({ sketches, constraints: list, request: own, pools, picker, seed }) => {
    const backends = backendsOf(...sketches.map(([one]) => one));
    const figured = Object.fromEntries(sketches.map(([, well], i) => [i, well]));
    const state = { ...stateOf(backends.length, figured), pools };
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

/** Relaxes one kind after another, in the world itself, until somebody may answer. */
function weakestHelp(one: World): string {
  const well: World = { ...one, state: stateOf(one.backends.length) };
  const free = (world: World): World => ({ ...world, constraints: [] });
  const short = (world: World): World => ({
    ...world,
    facts: { ...world.facts, inputTokens: 0, maxOutputTokens: 0 },
  });
  // a shorter request that other constraints would hold for is another request: only what stands against this one is relaxed
  const held = one.constraints
    .filter(({ when }) => holds(when, one.facts))
    .map(({ id, require: wanted }) => ({ id, require: wanted }));
  const plain = (world: World): World => ({ ...world, facts: { ...world.facts, needs: 0 } });
  const still: World = { ...well, constraints: held };
  const help = (world: World): boolean => naiveEligible({ ...world, zones: ZONES }).length > 0;
  if (help(well)) return 'capacity-exhausted-within-policy';
  if (help(free(well))) return 'policy-no-eligible-backend';
  if (help(short(still))) return 'context-length-exceeded';
  if (help(plain(short(still)))) return 'request-unsatisfiable';
  return help(free(short(still))) ? 'context-length-exceeded' : 'request-unsatisfiable';
}

describe('laws', () => {
  it('the compiled policy keeps what the naive reading keeps', () => {
    fc.assert(
      fc.property(world, (one) => {
        expect(eligible(decide(one))).toEqual(naiveEligible({ ...one, zones: ZONES }));
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

  it('raising the class, or one label more, never enlarges the eligible set', () => {
    fc.assert(
      fc.property(world, fc.constantFrom<DataClass>(0, 1, 2, 3), (one, to) => {
        const { data } = one.facts;
        const raised = { ...data, class: to > data.class ? to : data.class, labels: ['pii', 'secret'] };
        const before = new Set(eligible(decide(one)));
        const after = eligible(decide({ ...one, facts: { ...one.facts, data: raised } }));
        expect(after.filter((id) => !before.has(id))).toEqual([]);
      }),
    );
  });

  it('the code of a refusal is that of the weakest relaxation that really helps', () => {
    fc.assert(
      fc.property(world, (one) => {
        const { refusal } = decide(one);
        expect(refusal?.code ?? null).toBe(eligible(decide(one)).length > 0 ? null : weakestHelp(one));
      }),
      { numRuns: 500 },
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
        const allowed = new Set(naiveEligible({ ...one, zones: ZONES }));
        for (const { backend } of made.attempts) expect(allowed.has(backend.id)).toBe(true);
        for (const backend of one.backends) {
          const said = recheck(policy, one.facts, backend, one.state, 'attempt', 'd');
          expect(said instanceof EgressPermit).toBe(naiveMayLeave({ ...one, zones: ZONES }, backend));
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
