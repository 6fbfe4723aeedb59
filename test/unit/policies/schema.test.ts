/** The shapes of the policy sections as people write them. */
import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { constraintsSchema } from '../../../policies/filters/schema.ts';
import { POLICY_PLANNED, rulesSchema, testsSchema, zonesSchema } from '../../../policies/schema.ts';

const faults = (schema: z.ZodType, value: unknown): string[] => {
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.map(({ code, path }) => `${code} ${path.join('/')}`);
};

describe('absent sections', () => {
  it('are empty', () => {
    expect(zonesSchema.parse(undefined)).toEqual({});
    expect([constraintsSchema, rulesSchema, testsSchema].map((schema) => schema.parse(undefined))).toEqual([
      [],
      [],
      [],
    ]);
  });
});

describe('zones', () => {
  it('are lists of codes; a bare NO is explained', () => {
    expect(zonesSchema.parse({ nordic: ['SE', 'NO'] })).toEqual({ nordic: ['SE', 'NO'] });
    const result = zonesSchema.safeParse({ nordic: ['SE', false] });
    expect(result.error?.issues[0]?.message).toMatch(/bare NO.*"NO" in quotes/);
    expect(faults(zonesSchema, { perimeter: { cidr: ['10.0.0.0/8'] } })).toEqual([]);
    expect(faults(zonesSchema, { perimeter: { cidr: [] } })).toHaveLength(1);
  });
});

describe('constraints', () => {
  it('take every form of requirement', () => {
    const require = {
      'operator.country': { not_in: ['CN', 'RU'] },
      'compute.countries': { subset: 'EEA' },
      retention_days: { max: 30 },
      trains_on_data: false,
      network: { in: ['perimeter', 'private-link'] },
      'artifact.signature': 'verified',
      'artifact.level': { min: 'T1' },
    };
    const list = [{ id: 'all', when: 'request.stream', require }];
    expect(constraintsSchema.parse(list)).toEqual(list);
  });

  it.each([
    [{ retention_days: { subset: 'EU' } }, 'require/retention_days'],
    [{ trains_on_data: 'no' }, 'require/trains_on_data'],
    [{ network: 'dial-up' }, 'require/network'],
    [{ 'compute.countries': { subset: [] } }, 'require/compute.countries/subset'],
    [{ 'operator.country': { in: 'EU', not_in: 'DE' } }, 'require/operator.country'],
    [{}, 'require'],
    [{ 'artifact.signature': 'unsigned' }, 'require/artifact.signature'],
    [{ 'artifact.level': { min: 'T3' } }, 'require/artifact.level'],
  ])('refuse %j', (require, at) => {
    expect(faults(constraintsSchema, [{ id: 'c', require }]).map((fault) => fault.split(' ')[1])).toEqual([`0/${at}`]);
  });
});

describe('rules', () => {
  it('read the deadline as milliseconds', () => {
    const [rule] = rulesSchema.parse([{ id: 'r', match: 'true', attempts: { max: 2, deadline: '1.5s' } }]);
    expect(rule?.attempts).toEqual({ max: 2, deadline: 1500 });
  });

  it('read an objective with its limits in milliseconds, and refuse one without a limit', () => {
    const objective = { minimise: 'cost', subject_to: { ttft_p95: '2s', attainment: 0.9 }, guard: 0.5 };
    const [rule] = rulesSchema.parse([{ id: 'r', match: 'true', objective }]);
    expect(rule?.objective).toEqual({ ...objective, subject_to: { ttft_p95: 2000, attainment: 0.9 } });
    const empty = { id: 'r', match: 'true', objective: { minimise: 'cost', subject_to: { attainment: 0.9 } } };
    expect(faults(rulesSchema, [empty])).toEqual(['custom 0/objective/subject_to']);
  });

  it('refuse what is not there yet, which the loader says by POLICY_PLANNED', () => {
    const rule = { id: 'r', match: 'true', objective: { minimise: 'cost', prices: { carbon: 100 } } };
    expect(faults(rulesSchema, [rule])).toEqual(['unrecognized_keys 0/objective']);
    expect(POLICY_PLANNED).toContainEqual(['rules', '*', 'objective', 'prices']);
    expect(faults(rulesSchema, [{ id: 'r', match: 'true', attempts: { max: 0 } }])).toEqual([
      'too_small 0/attempts/max',
    ]);
  });
});

describe('tests', () => {
  it('expect something, by codes that there are', () => {
    const good = {
      name: 't',
      given: { text: 'hi', needs: ['tools'] },
      expect: { code: 'request-unsatisfiable', status: 400 },
    };
    expect(faults(testsSchema, [good])).toEqual([]);
    expect(faults(testsSchema, [{ ...good, expect: {} }])).toEqual(['custom 0/expect']);
    expect(faults(testsSchema, [{ ...good, expect: { code: 'no-such-code' } }])).toEqual([
      'invalid_value 0/expect/code',
    ]);
  });
});

describe('JSON Schema', () => {
  it('can be written of every section', () => {
    for (const schema of [zonesSchema, constraintsSchema, rulesSchema, testsSchema]) {
      expect(() => z.toJSONSchema(schema, { io: 'input' })).not.toThrow();
    }
  });
});
