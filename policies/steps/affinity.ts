/** Prefers the backend that sealed the reasoning in a request, and after it those that take the seal back. */
import type { Backend } from '../../src/core/backend.ts';
import { kinship } from '../../src/core/origin.ts';
import type { RequestFacts, Scored } from '../../src/core/policy.ts';

/**
 * The picked order with the nearest to the seal's origin first; equals keep their places. It orders what is eligible and never brings
 * anybody back. Without sealed reasoning the order is the picker's own.
 */
export function preferOrigin<T extends Scored>(picked: readonly T[], facts: RequestFacts): readonly T[] {
  const { sealed } = facts;
  if (sealed === undefined || picked.length < 2) return picked;
  return picked.toSorted((a, b) => affinity(b.candidate.backend, facts) - affinity(a.candidate.backend, facts));
}

/** How near a backend is to the request's sealed reasoning: 3 made there, 2 in the same account, 1 taken back there, 0 not. */
export function affinity({ dialect }: Backend, { sealed, surface }: RequestFacts): 0 | 1 | 2 | 3 {
  if (sealed === undefined) return 0;
  if (sealed.origin !== null) return kinship(dialect, sealed.origin);
  return dialect.protocol === surface ? 1 : 0;
}
