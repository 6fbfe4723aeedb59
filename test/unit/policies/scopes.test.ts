/** Whose constraints hold, what is waived for whom and until when, and what the request itself wants: the laws of all of them together. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/core/backend.ts';
import { seededRandom } from '../../../src/core/clock.ts';
import type { ConstraintConfig, KeyConfig, WaiverConfig } from '../../../src/core/config.ts';
import { EgressPermit } from '../../../src/core/egress.ts';
import type { Plan, PolicySnapshot, RequestFacts } from '../../../src/core/policy.ts';
import type { Preference } from '../../../src/core/preference.ts';
import { joinPreferences, readPreferHeaders, readProviderObject } from '../../../src/core/read-preference.ts';
import { endOfDay } from '../../../src/core/units.ts';
import { explain, plan, recheck } from '../../../policies/index.ts';
import { aliasOf, backendsOf, factsOf, policyOf, stateOf, type BackendSketch, type Sections } from './scene.ts';

const HASH = `sha256:${'0'.repeat(64)}`;
const KEYS: Readonly<Record<string, KeyConfig>> = {
  app: { hash: HASH, tenant: 'acme', permissions: [] },
  other: { hash: HASH, permissions: [] },
};
const DAY = '2026-11-30';
const BEFORE = endOfDay(DAY) - 1;
const AFTER = endOfDay(DAY);

const certified = (ends: Readonly<Record<string, number>>): Fact => ({
  value: ['iso27001', 'soc2'],
  grade: 'contractual',
  source: 'contract',
  asOf: null,
  itemEndsAt: new Map(Object.entries(ends)),
});

const SKETCHES: readonly BackendSketch[] = [
  {
    id: 'paris',
    facts: { 'operator.country': 'FR', 'compute.countries': ['FR'], retention_days: 0, trains_on_data: false },
  },
  { id: 'ohio', facts: { 'operator.country': 'US', 'compute.countries': ['US'], retention_days: 30 } },
  { id: 'berlin', facts: { 'operator.country': 'DE', 'compute.countries': ['DE'], certs: certified({ soc2: AFTER }) } },
];

function world(sections: Sections, own: Partial<RequestFacts> = {}) {
  const backends = backendsOf(...SKETCHES);
  const policy = policyOf(backends, { keys: KEYS, ...sections });
  const facts = factsOf(aliasOf(backends), { at: BEFORE, ...own });
  return { backends, policy, facts };
}

function decide({ policy, facts }: { policy: PolicySnapshot; facts: RequestFacts }): Plan {
  return plan(policy, facts, stateOf(facts.alias.candidates.length), seededRandom(1));
}

const inOf = (made: Plan): string[] =>
  made.trace.filter(({ rejections }) => rejections.length === 0).map(({ candidate }) => candidate.backend.id);
const names = (sections: Sections, own: Partial<RequestFacts> = {}): string[] => inOf(decide(world(sections, own)));

const EU: ConstraintConfig = { id: 'eu', require: { 'compute.countries': { subset: 'EU' } } };
const FRENCH: ConstraintConfig = { id: 'french', require: { 'operator.country': 'FR' } };
const WAIVER: WaiverConfig = {
  id: 'w',
  constraint: 'eu',
  backends: ['ohio'],
  reason: 'migration',
  approver: 'dpo',
  expires: DAY,
};

describe('scopes', () => {
  const sections: Sections = {
    constraints: [EU],
    tenants: { acme: { constraints: [FRENCH] } },
    keys: { ...KEYS, app: { ...KEYS['app']!, constraints: [{ id: 'kept', require: { retention_days: { max: 0 } } }] } },
  };

  it('hold together: the gateway for everybody, tenant and key on top', () => {
    expect(names(sections)).toEqual(['paris', 'berlin']);
    expect(names(sections, { tenant: 'acme' })).toEqual(['paris']);
    expect(names(sections, { key: 'other' })).toEqual(['paris', 'berlin']);
    const made = decide(world(sections, { key: 'app', tenant: 'acme' }));
    expect(inOf(made)).toEqual(['paris']);
    expect(made.trace[2]!.rejections).toMatchObject([
      { id: 'french', scope: 'tenant acme', key: 'operator.country', want: 'FR', got: 'DE', grade: 'declared' },
      { id: 'kept', scope: 'key app', got: 'unknown' },
    ]);
  });

  it('are judged again by recheck', () => {
    const { policy, facts, backends } = world(sections, { key: 'app', tenant: 'acme' });
    const said = backends.map((one) => recheck(policy, facts, one, stateOf(3), 'retry', 'd') instanceof EgressPermit);
    expect(said).toEqual([true, false, false]);
  });
});

describe('facts', () => {
  it('end: a certificate counts through its last day', () => {
    const all: Sections = { constraints: [{ id: 'c', require: { certs: { all: ['iso27001', 'soc2'] } } }] };
    expect(names(all)).toEqual(['berlin']);
    expect(names(all, { at: AFTER })).toEqual([]);
    expect(
      names({ constraints: [{ id: 'c', require: { certs: { any: ['soc2', 'iso27001'] } } }] }, { at: AFTER }),
    ).toEqual(['berlin']);
  });

  it('are worth their grade', () => {
    const certs = { certs: { any: ['iso27001'] } };
    expect(names({ constraints: [{ id: 'c', require: certs, min_grade: 'contractual' }] })).toEqual(['berlin']);
    const made = decide(world({ constraints: [{ id: 'c', require: certs, min_grade: 'attested' }] }));
    expect(made.trace[2]!.rejections[0]).toMatchObject({
      want: 'any of [iso27001], attested or better',
      got: '[iso27001, soc2]',
      grade: 'contractual',
    });
  });
});

describe('waivers', () => {
  it('let in what they name, for whom they name, until they end, and are shown', () => {
    expect(names({ constraints: [EU], waivers: [WAIVER] })).toEqual(['paris', 'ohio', 'berlin']);
    expect(names({ constraints: [EU], waivers: [WAIVER] }, { at: AFTER })).toEqual(['paris', 'berlin']);
    const forAcme = { constraints: [EU], waivers: [{ ...WAIVER, tenants: ['acme'] }] };
    expect(names(forAcme)).toEqual(['paris', 'berlin']);
    expect(names(forAcme, { tenant: 'acme' })).toEqual(['paris', 'ohio', 'berlin']);
    const forKey = { constraints: [EU], waivers: [{ ...WAIVER, keys: ['other'] }] };
    expect(names(forKey, { key: 'other' })).toContain('ohio');
    expect(names(forKey, { key: 'app', tenant: 'acme' })).not.toContain('ohio');
  });

  it('appear in the trace and in the explanation, only where they made a difference', () => {
    const { policy, facts } = world({ constraints: [EU], waivers: [{ ...WAIVER, backends: ['ohio', 'paris'] }] });
    const made = decide({ policy, facts });
    const { backends: _, tenants: __, keys: ___, ...shown } = { tenants: [], keys: [], ...WAIVER };
    expect(made.trace.map(({ waived }) => waived)).toEqual([undefined, [shown], undefined]);
    const record = explain(policy, facts, stateOf(3), made, { id: 'd', seed: 1 }, true);
    expect(record['candidates']).toMatchObject([{ id: 'paris' }, { id: 'ohio', waived: [shown] }, { id: 'berlin' }]);
  });

  it('do not touch other constraints', () => {
    expect(names({ constraints: [EU, FRENCH], waivers: [WAIVER] })).toEqual(['paris']);
  });
});

describe('the place of the gateway', () => {
  const here: ConstraintConfig = { id: 'here', require: { 'gateway.countries': { subset: 'EEA' } } };
  const regions = {
    us: { countries: ['US'], url: 'https://us.example' },
    eu: { countries: ['DE', 'FR'], url: 'https://eu.example' },
  };

  it.each<[string, readonly string[], string | null | undefined, string[], string | null]>([
    ['as the file says', ['DE'], undefined, ['paris', 'ohio', 'berlin'], null],
    ['one country too many', ['DE', 'US'], undefined, [], 'https://eu.example'],
    ['not said', [], undefined, [], 'https://eu.example'],
    ['as the runtime says', ['US'], 'FR', ['paris', 'ohio', 'berlin'], null],
    ['the runtime says otherwise than the file', ['DE'], 'US', [], 'https://eu.example'],
    ['the runtime does not know', ['DE'], null, [], 'https://eu.example'],
  ])('%s', (_, countries, place, eligible, location) => {
    const made = decide(
      world({ constraints: [here], gateway: { countries, regions } }, place === undefined ? {} : { place }),
    );
    expect(inOf(made)).toEqual(eligible);
    expect(made.refusal?.code ?? null).toBe(location === null ? null : 'wrong-gateway-region');
    expect(made.refusal?.location ?? null).toBe(location);
  });

  it('comes before every other reason, and a waiver is for its backends alone', () => {
    const sections = { constraints: [here, { ...FRENCH, id: 'a' }], gateway: { countries: ['US'] } };
    expect(decide(world(sections)).refusal).toMatchObject({ code: 'wrong-gateway-region', location: null });
    expect(names({ ...sections, waivers: [{ ...WAIVER, constraint: 'here', backends: ['paris', 'ohio'] }] })).toEqual([
      'paris',
    ]);
  });
});

describe('wishes', () => {
  const wish = (text: string): Preference => readPreferHeaders(text, null)!;
  const order = (preference: Preference): string[] =>
    decide(world({}, { preference }))
      .attempts.filter(({ mode }) => mode !== 'retry')
      .map(({ backend }) => backend.id);

  it.each([
    ['order=berlin', ['berlin', 'paris', 'ohio']],
    ['order=Berlin,ohio; allow_fallbacks=false', ['berlin', 'ohio']],
    ['allow_fallbacks=false', ['paris']],
    ['only=ohio,berlin; ignore=berlin', ['ohio']],
    ['zdr', ['paris']],
    ['data_collection=deny', ['paris']],
    ['data_collection=allow', ['paris', 'ohio', 'berlin']],
    ['only=openai-compatible', ['paris', 'ohio', 'berlin']],
    ['max_price=1,2', []],
    ['quantizations=fp8', []],
  ])('%s', (text, expected) => {
    expect(order(wish(text))).toEqual(expected);
  });

  it('that nothing meets are unsatisfiable, and say which', () => {
    expect(decide(world({}, { preference: wish('only=tokyo') })).refusal).toMatchObject({
      code: 'request-unsatisfiable',
      message: expect.stringContaining('only tokyo'),
    });
  });

  it('a named backend is checked like any other', () => {
    const named = (id: string) => decide(world({ constraints: [EU] }, { preference: readPreferHeaders(null, id)! }));
    expect(named('berlin').attempts[0]?.backend.id).toBe('berlin');
    expect(named('ohio').refusal?.code).toBe('policy-no-eligible-backend');
    expect(named('nowhere').refusal?.code).toBe('request-unsatisfiable');
  });

  it('for every parameter refuse losses', () => {
    expect(decide(world({}, { preference: wish('require_parameters') })).lossy).toBe('refuse');
  });
});

const id = fc.constantFrom('paris', 'ohio', 'berlin', 'openai-compatible', 'nowhere');
const wishes: fc.Arbitrary<Preference> = fc
  .record(
    {
      order: fc.array(id, { minLength: 1, maxLength: 3 }),
      only: fc.array(id, { minLength: 1, maxLength: 3 }),
      ignore: fc.array(id, { minLength: 1, maxLength: 2 }),
      sort: fc.constantFrom('price', 'latency', 'throughput'),
      zdr: fc.boolean(),
      allow_fallbacks: fc.boolean(),
      data_collection: fc.constantFrom('allow', 'deny'),
    },
    { requiredKeys: [] },
  )
  .map((object) => readProviderObject(object));
const required = fc.constantFrom<ConstraintConfig['require']>(
  EU.require,
  FRENCH.require,
  { retention_days: 0 },
  { certs: { all: ['soc2'] } },
);
const scoped = fc.record({
  require: required,
  scope: fc.constantFrom('gateway', 'tenant', 'key'),
  strict: fc.boolean(),
});
const caller = fc.constantFrom<Partial<RequestFacts>>(
  {},
  { tenant: 'acme' },
  { key: 'app', tenant: 'acme' },
  { key: 'other' },
);
const at = fc.constantFrom(BEFORE, AFTER);
const waiver = fc.record({ index: fc.nat(5), backends: fc.subarray(['paris', 'ohio', 'berlin'], { minLength: 1 }) });

type Scoped = typeof scoped extends fc.Arbitrary<infer T> ? T : never;

function sectionsOf(list: readonly Scoped[], waivers: readonly WaiverConfig[] = []): Sections {
  const of = (scope: string): ConstraintConfig[] =>
    list.flatMap(({ require, strict, ...one }, i) =>
      one.scope === scope ? [{ id: `c${i}`, require, ...(strict ? { min_grade: 'contractual' as const } : {}) }] : [],
    );
  return {
    constraints: of('gateway'),
    tenants: { acme: { constraints: of('tenant') } },
    keys: { ...KEYS, app: { ...KEYS['app']!, constraints: of('key') } },
    waivers,
  };
}

describe('laws', () => {
  it('a constraint more, at whatever scope, never lets anybody in', () => {
    fc.assert(
      fc.property(fc.array(scoped, { maxLength: 4 }), scoped, caller, at, (list, extra, who, when) => {
        const before = names(sectionsOf(list), { ...who, at: when });
        const after = names(sectionsOf([...list, extra]), { ...who, at: when });
        expect(after.filter((one) => !before.includes(one))).toEqual([]);
      }),
    );
  });

  it('a waiver only ever undoes its own constraint', () => {
    fc.assert(
      fc.property(fc.array(scoped, { minLength: 1, maxLength: 4 }), waiver, caller, at, (list, given, who, when) => {
        const index = given.index % list.length;
        const one: WaiverConfig = { ...WAIVER, constraint: `c${index}`, backends: given.backends };
        const own = { ...who, at: when };
        const before = names(sectionsOf(list), own);
        const waived = names(sectionsOf(list, [one]), own);
        const gone = names(sectionsOf(list.map((c, i) => (i === index ? { ...c, scope: 'nobody' as 'key' } : c))), own);
        expect(waived.filter((name) => !gone.includes(name))).toEqual([]);
        expect(before.filter((name) => !waived.includes(name))).toEqual([]);
        const admitted = waived.filter((name) => !before.includes(name));
        expect(admitted.every((name) => one.backends.includes(name) && when < AFTER)).toBe(true);
      }),
    );
  });

  it('wishes only narrow and reorder, and each one more narrows further', () => {
    fc.assert(
      fc.property(fc.array(scoped, { maxLength: 3 }), wishes, wishes, caller, (list, some, more, who) => {
        const sections = sectionsOf(list);
        const free = names(sections, who);
        const made = decide(world(sections, { ...who, preference: some }));
        expect(inOf(made).filter((one) => !free.includes(one))).toEqual([]);
        expect(made.attempts.every(({ backend }) => inOf(made).includes(backend.id))).toBe(true);
        const both = names(sections, {
          ...who,
          preference: joinPreferences(more, { ...some, order: [], fallbacks: true }),
        });
        const without = names(sections, { ...who, preference: { ...some, order: [], fallbacks: true } });
        expect(both.filter((one) => !without.includes(one))).toEqual([]);
      }),
    );
  });

  it('equal questions get equal answers, in whatever order moments come', () => {
    fc.assert(
      fc.property(
        fc.array(scoped, { maxLength: 4 }),
        caller,
        fc.array(at, { minLength: 2, maxLength: 5 }),
        (list, who, moments) => {
          const backends = backendsOf(...SKETCHES);
          const policy = policyOf(backends, sectionsOf(list, list.length > 0 ? [{ ...WAIVER, constraint: 'c0' }] : []));
          const ask = (when: number, asked: PolicySnapshot) =>
            JSON.stringify(decide({ policy: asked, facts: factsOf(aliasOf(backends), { ...who, at: when }) }));
          for (const when of moments) {
            const fresh = policyOf(
              backends,
              sectionsOf(list, list.length > 0 ? [{ ...WAIVER, constraint: 'c0' }] : []),
            );
            expect(ask(when, policy)).toBe(ask(when, fresh));
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
