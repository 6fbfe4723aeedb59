/** The attempts of a plan: the picked order, each with the failures of earlier attempts after which it is worth trying. */
import type { Attempt, Scored } from '../src/core/policy.ts';
import type { FailureClass } from '../src/core/error-codes.ts';

const FIRST: readonly FailureClass[] = Object.freeze([]);
const FALLBACK: readonly FailureClass[] = Object.freeze([
  'connect',
  'reset',
  'timeout',
  'rate-limit',
  'overload',
  'server',
  'malformed',
  'auth',
]);
const FALLBACK_WIDER: readonly FailureClass[] = Object.freeze([...FALLBACK, 'context']);
/** Only where nothing was executed there. */
const RETRY: readonly FailureClass[] = Object.freeze(['connect', 'overload']);

/**
 * One attempt per distinct backend in the picked order, up to `max`; where attempts remain, one more at the first. `context` is
 * a reason to move on only to a model that is known to read more than every model before it.
 */
export function attemptsFor(picked: readonly Scored[], max: number): readonly Attempt[] {
  const attempts: Attempt[] = [];
  let widest: number | null = 0;
  for (const { candidate } of picked) {
    if (attempts.length === max) break;
    const { backend } = candidate;
    if (attempts.some((attempt) => attempt.backend === backend)) continue;
    const size = backend.contextTokens;
    if (attempts.length === 0) attempts.push({ backend, mode: 'primary', when: FIRST });
    else {
      const wider = widest !== null && size !== null && size > widest;
      attempts.push({ backend, mode: 'fallback', when: wider ? FALLBACK_WIDER : FALLBACK });
    }
    widest = widest === null || size === null ? null : Math.max(widest, size);
  }
  const [first] = attempts;
  if (first !== undefined && attempts.length < max) {
    attempts.push({ backend: first.backend, mode: 'retry', when: RETRY });
  }
  return attempts;
}
