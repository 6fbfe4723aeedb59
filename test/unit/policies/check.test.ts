/** What is reported of a file whose policy sections do not agree. */
import { describe, expect, it } from 'vitest';
import type { ConfigFinding, ConstraintConfig, RuleConfig } from '../../../src/core/config.ts';
import { Report, soundGround } from '../../../src/config/report.ts';
import { createPolicyCheck } from '../../../policies/index.ts';
import { backendsOf, wholeOf, type Facts, type Sections } from './scene.ts';

const ALL: Facts = {
  'operator.country': 'DE',
  'compute.countries': ['DE'],
  retention_days: 0,
  trains_on_data: false,
  network: 'public',
};

function check(sections: Sections, facts: Facts = ALL): ConfigFinding[] {
  const whole = wholeOf({ backends: backendsOf({ facts }, {}), ...sections });
  const report = new Report(soundGround({ ...whole, keys: whole.keys ?? undefined }));
  createPolicyCheck(new Map(), null)(whole, report);
  return report.findings;
}

function places(sections: Sections, facts?: Facts): string[] {
  return check(sections, facts).map(({ at, code, level }) => `${level ?? 'error'} ${code} at ${at.join('/')}`);
}

const constraints = (...list: Omit<ConstraintConfig, 'id'>[]): Sections => ({
  constraints: list.map((one, i) => ({ id: `c${i}`, ...one })),
});
const rules = (...list: Omit<RuleConfig, 'id'>[]): Sections => ({
  rules: list.map((one, i) => ({ id: `r${i}`, ...one })),
});

describe('a good file', () => {
  it('has no findings', () => {
    const file: Sections = {
      zones: { home: ['DE', 'FR'] },
      constraints: [
        { id: 'eea', require: { 'compute.countries': { subset: 'EEA' }, 'operator.country': { in: ['home', 'CH'] } } },
        { id: 'brief', when: 'key.tenant == "bank"', require: { retention_days: { max: 0 } } },
      ],
      rules: [
        { id: 'batch', match: 'request.headers["x-priority"] == "batch"', pick: 'cheapest' },
        { id: 'default', match: 'true', objective: { minimise: 'cost' }, pick: 'cheapest' },
      ],
      tests: [{ name: 't', given: { down: ['b0'] }, expect: { first: 'b1', eligible: ['b1'], rule: 'default' } }],
    };
    expect(check(file)).toEqual([]);
    expect(check({})).toEqual([]);
  });
});

describe('zones and countries', () => {
  it('finds countries that there are not, with what was meant', () => {
    const [uk, lower] = check({ zones: { islands: ['UK', 'ie', 'IS'] } });
    expect(uk).toMatchObject({ at: ['zones', 'islands', 0], code: 'unknown-country', fix: 'did you mean "GB"?' });
    expect(lower).toMatchObject({ at: ['zones', 'islands', 1], fix: 'did you mean "IE"?' });
  });

  it('finds a zone that hides a country', () => {
    expect(places({ zones: { DE: ['DE'] } })).toEqual(['error zone-is-country at zones/DE']);
  });

  it('finds zones that nobody defined, in every form', () => {
    const file = constraints({
      require: { 'compute.countries': { subset: 'EAA' }, 'operator.country': { not_in: ['CN', 'Asia'] } },
    });
    expect(check(file)).toMatchObject([
      {
        at: ['constraints', 0, 'require', 'compute.countries', 'subset'],
        code: 'unknown-zone',
        fix: 'did you mean "EEA"?',
      },
      { at: ['constraints', 0, 'require', 'operator.country', 'not_in', 1], code: 'unknown-zone' },
    ]);
    expect(places(constraints({ require: { 'operator.country': 'XX' } }))).toEqual([
      'error unknown-country at constraints/0/require/operator.country',
    ]);
    expect(places(constraints({ require: { 'compute.countries': ['DE', 'UK'] } }))).toEqual([
      'error unknown-country at constraints/0/require/compute.countries/1',
    ]);
  });
});

describe('constraints', () => {
  it('finds a zone where only countries can be equal', () => {
    const file = constraints({ require: { 'compute.countries': 'EU' } });
    expect(check(file)).toMatchObject([{ code: 'bare-zone', fix: 'write { subset: EU }' }]);
    expect(places(constraints({ require: { 'operator.country': 'DE' } }))).toEqual([]);
  });

  it('warns of a fact that no backend states', () => {
    const file = constraints({ require: { retention_days: 0, trains_on_data: false } });
    expect(places(file, { retention_days: 0 })).toEqual([
      'warning fact-unknown-everywhere at constraints/0/require/trains_on_data',
    ]);
  });

  it('warns where signed files are wanted and no backend has any', () => {
    const file = constraints({ require: { 'artifact.signature': 'verified', 'artifact.level': { min: 'T1' } } });
    expect(check(file)).toMatchObject([
      { code: 'fact-unknown-everywhere', fix: expect.stringContaining('artifact') },
      { code: 'fact-unknown-everywhere' },
    ]);
    const signed = { backends: backendsOf({ artifact: { id: 'r1', level: 'T0' } }) };
    expect(check({ ...file, ...signed })).toEqual([]);
    const [low, high] = [{ 'artifact.level': 'T1' }, { 'artifact.level': { min: 'T2' } }] as const;
    expect(places({ ...constraints({ require: low }, { require: high }), ...signed })).toEqual([
      'error contradictory-constraints at constraints/1/require/artifact.level',
    ]);
  });

  it.each<[ConstraintConfig['require'], ConstraintConfig['require']]>([
    [{ trains_on_data: true }, { trains_on_data: false }],
    [{ retention_days: { max: 10 } }, { retention_days: { min: 11 } }],
    [{ retention_days: 5 }, { retention_days: { max: 4 } }],
    [{ 'compute.countries': { subset: 'EU' } }, { 'compute.countries': { subset: ['US', 'CH'] } }],
    [{ 'compute.countries': { subset: 'EU' } }, { 'compute.countries': { not_in: 'EEA' } }],
    [{ 'compute.countries': ['DE', 'FR'] }, { 'compute.countries': { not_in: ['FR'] } }],
    [{ 'operator.country': 'US' }, { 'operator.country': { in: 'EU' } }],
    [{ network: 'public' }, { network: { in: ['perimeter', 'private-link'] } }],
  ])('finds that %j and %j exclude each other', (a, b) => {
    const key = Object.keys(a)[0]!;
    expect(places(constraints({ require: a }, { require: b }))).toEqual([
      `error contradictory-constraints at constraints/1/require/${key}`,
    ]);
    expect(places(constraints({ require: b }, { require: a }))).toHaveLength(1);
    expect(places(constraints({ require: a }, { when: 'request.stream', require: b }))).toEqual([]);
  });

  it.each<[ConstraintConfig['require'], ConstraintConfig['require']]>([
    [{ retention_days: { max: 10 } }, { retention_days: { min: 10 } }],
    [{ 'compute.countries': { subset: 'EU' } }, { 'compute.countries': { not_in: ['DE'] } }],
    [{ 'compute.countries': ['DE', 'FR'] }, { 'compute.countries': { subset: 'EU' } }],
    [{ network: { not_in: 'public' } }, { network: { not_in: 'perimeter' } }],
  ])('finds nothing wrong with %j and %j', (a, b) => {
    expect(places(constraints({ require: a }, { require: b }))).toEqual([]);
  });

  it('finds names that are used twice or mean something else', () => {
    const require = { trains_on_data: false };
    const ids = (...list: string[]): Sections => ({ constraints: list.map((id) => ({ id, require })) });
    expect(places(ids('a', 'a'))).toEqual(['error duplicate-id at constraints/1/id']);
    expect(places(ids('health'))).toEqual(['error reserved-id at constraints/0/id']);
  });

  it('points into an expression', () => {
    const [finding] = check(
      constraints({ when: 'request.stream && pool.share > 1', require: { trains_on_data: false } }),
    );
    expect(finding).toMatchObject({ at: ['constraints', 0, 'when'], code: 'not-there-yet', offset: 18 });
  });
});

describe('rules', () => {
  it('needs a last one that catches the rest', () => {
    expect(places(rules({ match: 'request.stream' }))).toEqual(['error missing-final-rule at rules/0']);
  });

  it('finds what an earlier rule takes away', () => {
    const file = rules(
      { match: 'request.stream' },
      { match: 'true' },
      { match: 'request.choices == 1' },
      { match: 'true' },
    );
    expect(places(file)).toEqual(['error unreachable-rule at rules/2', 'error unreachable-rule at rules/3']);
    expect(places(rules({ match: 'request.stream' }, { match: ' request.stream ' }, { match: 'true' }))).toEqual([
      'error unreachable-rule at rules/1',
    ]);
  });

  it('finds a rule that contradicts itself', () => {
    expect(places(rules({ match: 'true', pick: 'weighted', objective: { minimise: 'cost' } }))).toEqual([
      'error contradictory-rule at rules/0/pick',
    ]);
  });

  it('points into an expression', () => {
    expect(check(rules({ match: 'request.modle == "x"' }, { match: 'true' }))).toMatchObject([
      { at: ['rules', 0, 'match'], code: 'expression-unknown-name', fix: 'Did you mean request.model?', offset: 8 },
    ]);
  });
});

describe('tests', () => {
  it('speak of what there is', () => {
    const given = { down: ['b9'], key: 'nobody' };
    const expected = { rule: 'defualt', first: 'b1x', eligible: ['b0', 'zz'], not_eligible: ['b1', 'yy'] };
    expect(places({ tests: [{ name: 't', given, expect: expected }] })).toEqual([
      'error unknown-key at tests/0/given/key',
      'error unknown-backend at tests/0/given/down/0',
      'error unknown-rule at tests/0/expect/rule',
      'error unknown-backend at tests/0/expect/first',
      'error unknown-backend at tests/0/expect/eligible/1',
      'error unknown-backend at tests/0/expect/not_eligible/1',
    ]);
  });
});
