/** The tests that a configuration carries about itself. */
import { describe, expect, it } from 'vitest';
import type { PolicyTestConfig } from '../../../src/core/config.ts';
import { runPolicyTests } from '../../../policies/index.ts';
import { aliasOf, backendsOf, policyOf, wholeOf, type Sections } from './scene.ts';

const backends = backendsOf(
  { id: 'home', facts: { 'compute.countries': ['DE'] }, context: 8000 },
  { id: 'away', facts: { 'compute.countries': ['US'] }, absent: 1 },
);
const aliases = [aliasOf(backends), aliasOf(backends.slice(1), 'ordered', [], 'far')];

function run(test: Omit<PolicyTestConfig, 'name'>) {
  const sections: Sections = {
    backends,
    aliases,
    constraints: [{ id: 'bank-eu', when: 'key.tenant == "bank"', require: { 'compute.countries': { subset: 'EU' } } }],
    rules: [
      { id: 'batch', match: 'request.headers["x-priority"] == "batch"' },
      { id: 'rest', match: 'true' },
    ],
    keys: { teller: { hash: `sha256:${'1'.repeat(64)}`, tenant: 'bank', permissions: [] } },
    tests: [{ name: 'it', ...test }],
  };
  return runPolicyTests(wholeOf(sections), policyOf(backends, sections))[0]!;
}

describe('runPolicyTests', () => {
  it.each<Omit<PolicyTestConfig, 'name'>>([
    { given: {}, expect: { first: 'home', eligible: ['away', 'home'], rule: 'rest', status: 200 } },
    { given: { key: 'teller' }, expect: { eligible: ['home'], not_eligible: ['away'] } },
    { given: { headers: { 'X-Priority': 'batch' } }, expect: { rule: 'batch' } },
    { given: { key: 'teller', needs: ['tools'] }, expect: { denied: { away: ['capability', 'bank-eu'], home: [] } } },
    { given: { needs: ['tools'] }, expect: { eligible: ['home'] } },
    { given: { down: ['home'] }, expect: { first: 'away' } },
    { given: { down: ['home'], key: 'teller' }, expect: { code: 'capacity-exhausted-within-policy', status: 503 } },
    { given: { model: 'far', key: 'teller' }, expect: { code: 'policy-no-eligible-backend', status: 403 } },
    { given: { model: 'far', needs: ['tools'] }, expect: { code: 'request-unsatisfiable', eligible: [] } },
    { given: { tokens_in: 8001 }, expect: { eligible: ['away'] } },
    { given: { tokens_in: 7000, max_out: 1001 }, expect: { eligible: ['away'] } },
    { given: { text: 'é'.repeat(16_001) }, expect: { eligible: ['away'] } },
    { given: { model: 'nobody' }, expect: { code: 'model-not-found', status: 404 } },
  ])('passes %j', (test) => {
    expect(run(test)).toEqual({ name: 'it', index: 0, passed: true, differences: [], text: 'ok  it' });
  });

  it('says every difference, and why a backend that was wanted is out', () => {
    const result = run({
      given: { key: 'teller' },
      expect: { first: 'away', eligible: ['home', 'away'], rule: 'batch', code: 'budget-exhausted', status: 402 },
    });
    expect(result.passed).toBe(false);
    expect(result.text.split('\n')).toEqual([
      'FAILED  it',
      '    rule: wanted batch, got rest',
      '    first: wanted away, got home',
      '    eligible: wanted [away, home], got [home]',
      '    code: wanted budget-exhausted, got none',
      '    status: wanted 402, got 200',
      '    away (bank-eu): wanted compute.countries subset of EU, got [US]',
    ]);
    expect(result.differences[0]).toEqual({ what: 'rule', want: 'batch', got: 'rest' });
  });

  it('says which backend should have been out', () => {
    expect(run({ given: {}, expect: { not_eligible: ['home', 'away'] } }).text).toContain(
      'not_eligible: wanted away rejected, got away eligible',
    );
  });
});
