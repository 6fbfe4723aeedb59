/** The last look before something leaves. */
import { describe, expect, it } from 'vitest';
import { EgressPermit } from '../../../src/core/egress.ts';
import { recheck } from '../../../policies/index.ts';
import { aliasOf, backendOf, backendsOf, DIGEST, factsOf, policyOf, stateOf } from './scene.ts';

const eu = { id: 'eu', require: { 'compute.countries': { subset: 'EU' } } };

describe('recheck', () => {
  const backends = backendsOf({ facts: { 'compute.countries': ['DE'] } }, { facts: { 'compute.countries': ['US'] } });
  const policy = policyOf(backends, { constraints: [eu] });
  const facts = factsOf(aliasOf(backends));

  it('mints a permit for the exact origin of an allowed backend', () => {
    const permit = recheck(policy, facts, backends[0]!, stateOf(2), 'retry', 'dec-1');
    expect(permit).toBeInstanceOf(EgressPermit);
    expect(permit).toMatchObject({ policy: DIGEST, origin: 'https://b0.example', purpose: 'retry', decision: 'dec-1' });
    expect(EgressPermit.allows(permit as EgressPermit, 'https://b0.example')).toBe(true);
    expect(EgressPermit.allows(permit as EgressPermit, 'https://b1.example')).toBe(false);
  });

  it('returns the first rejection of a backend that a constraint keeps out', () => {
    expect(recheck(policy, facts, backends[1]!, stateOf(2), 'shadow', 'dec-1')).toEqual({
      id: 'eu',
      kind: 'policy',
      key: 'compute.countries',
      want: 'subset of EU',
      got: '[US]',
      grade: 'declared',
      scope: 'gateway',
      retryAfterMs: null,
    });
  });

  it('sees that a backend went down since the plan was made', () => {
    const state = stateOf(2, { 0: { breaker: 'open', probeAtTick: 1500 } });
    expect(recheck(policy, facts, backends[0]!, state, 'attempt', 'dec-1')).toMatchObject({
      id: 'health',
      retryAfterMs: 500,
    });
  });

  it('never lets out to a backend that is not of this snapshot, whatever it calls itself', () => {
    const stranger = backendOf(0, { facts: { 'compute.countries': ['DE'] } });
    expect(recheck(policy, facts, stranger, stateOf(2), 'attempt', 'dec-1')).toMatchObject({ id: 'egress', got: 'b0' });
    const beyond = backendOf(7, { facts: { 'compute.countries': ['DE'] } });
    expect(recheck(policy, facts, beyond, stateOf(2), 'attempt', 'dec-1')).toMatchObject({ id: 'egress' });
  });

  it('does not read snapshots that others made', () => {
    expect(() =>
      recheck(
        { digest: DIGEST, catalogue: DIGEST, classify: null, sticky: false },
        facts,
        backends[0]!,
        stateOf(2),
        'attempt',
        'd',
      ),
    ).toThrow(TypeError);
  });
});
