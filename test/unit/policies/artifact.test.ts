/** The filter of signed models: who is out, what explain is told, and that a request without them pays nothing. */
import { describe, expect, it } from 'vitest';
import { artifact } from '../../../policies/filters/artifact.ts';
import { plan, recheck } from '../../../policies/index.ts';
import type { ArtifactState } from '../../../src/core/artifact.ts';
import { seededRandom } from '../../../src/core/clock.ts';
import { EgressPermit } from '../../../src/core/egress.ts';
import type { StateView } from '../../../src/core/policy.ts';
import { aliasOf, backendOf, factsOf, policyOf, stateOf } from './scene.ts';

const HELD: ArtifactState = { untilTick: 2000, fault: null, level: 'T1', levelWhat: 'its name', levelUntilTick: 2000 };

const signed = Object.freeze({ ...backendOf(0, { id: 'signed' }), artifact: { id: 'r1', level: 'T1' as const } });
const other = backendOf(1, { id: 'other' });

function viewOf(state: ArtifactState | null, tick = 1000): StateView {
  return { ...stateOf(2), tick, artifacts: [state, null] };
}

describe('the filter artifact', () => {
  it.each<[string, ArtifactState | null, string | null]>([
    ['a lease and its level', HELD, null],
    [
      'no lease',
      { ...HELD, untilTick: 0, fault: { rule: 'changed-during-hash', what: 'a.gguf' } },
      'changed-during-hash: a.gguf',
    ],
    ['a lease that ran out', { ...HELD, untilTick: 1000 }, 'lease-expired: it was not renewed in time'],
    ['a level too low', { ...HELD, level: 'T0', levelWhat: 'another model' }, 'T0: another model'],
    ['a level too old', { ...HELD, levelUntilTick: 1000 }, 'T0: its name'],
    ['nobody who verifies', null, 'not-verified: nothing here verifies files'],
  ])('judges %s', (_name, state, got) => {
    const rejection = artifact.reject({ backend: signed, weight: 1 }, factsOf(aliasOf([signed])), viewOf(state));
    expect(rejection?.got ?? null).toBe(got);
    const kinds = rejection === null ? [] : [rejection.kind, rejection.id];
    expect(kinds).toEqual(got === null ? [] : ['artifact', 'artifact']);
  });

  it('takes the backend out of plan and recheck, and names its code only when nothing else is left', () => {
    const closed = viewOf({ ...HELD, untilTick: 0, fault: { rule: 'files-differ', what: 'x' } });
    const snapshot = policyOf([signed, other]);
    const both = plan(snapshot, factsOf(aliasOf([signed, other])), closed, seededRandom(1));
    expect(both.attempts.map(({ backend }) => backend.id)).not.toContain('signed');
    expect(both.refusal).toBeNull();
    const alone = plan(snapshot, factsOf(aliasOf([signed])), closed, seededRandom(1));
    expect(alone.refusal).toMatchObject({
      code: 'artifact-untrusted',
      blockedBy: [{ constraint: 'artifact', backends: 1 }],
    });
    const facts = factsOf(aliasOf([signed, other]));
    expect(recheck(snapshot, facts, signed, closed, 'attempt', 'd')).toMatchObject({ got: 'files-differ: x' });
    expect(recheck(snapshot, facts, signed, viewOf(HELD), 'attempt', 'd')).toBeInstanceOf(EgressPermit);
  });

  it('is not asked where no backend names an artifact', () => {
    expect(artifact.compile?.({ backend: other, weight: 1 })).toBe(true);
    expect(artifact.compile?.({ backend: signed, weight: 1 })).toBeNull();
  });
});
