/** What happens to the picked order before it becomes attempts: the steps in their one order. */
import type { Objective, RequestFacts, Scored, StateView } from '../../src/core/policy.ts';
import { preferOrigin } from './affinity.ts';
import { keepGuard } from './guard.ts';
import { applyPreference } from './preference.ts';

/** The picked order, shaped: stable and without chance, so that what the picker put first of equals stays first of them. */
export function shape(
  picked: readonly Scored[],
  objective: Objective | null,
  facts: RequestFacts,
  state: StateView,
): readonly Scored[] {
  return applyPreference(preferOrigin(keepGuard(picked, objective), facts), facts, state);
}
