/** The last look before something leaves: the same judgement on one backend again, and the permit without which nothing opens. */
import { EgressPermit } from '../src/core/egress.ts';
import type { Rejection, RecheckFunction } from '../src/core/policy.ts';
import { SLOTS_ID } from './filters/slots.ts';
import { activeConditions, rejectionsOf } from './judgement.ts';
import { partsOf } from './snapshot.ts';

/**
 * Judges a backend by every constraint and by its health right now. Ask before claiming the probe of a half-open breaker: a probe
 * that is under way closes the door. A backend that is not one of the snapshot's own is never allowed.
 */
export const recheck: RecheckFunction = (policy, facts, backend, state, purpose, decision) => {
  const parts = partsOf(policy, facts);
  if (parts.backends[backend.index] !== backend) return stranger(backend.id);
  const active = activeConditions(parts, facts, state);
  const rejections = rejectionsOf(parts, active, { backend, weight: 1 }, facts, state);
  // a slot is taken before it is asked
  const rejection = rejections.find(({ id }) => id !== SLOTS_ID);
  return rejection ?? EgressPermit.mint(policy.digest, backend.origin, purpose, decision, backend.egress);
};

function stranger(got: string): Rejection {
  const want = 'a backend of this policy snapshot';
  return { id: 'egress', kind: 'policy', key: 'backend', want, got, retryAfterMs: null };
}
