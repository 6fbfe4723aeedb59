/** Keeps backends that would probably miss the objective for the end of the plan. */
import type { Objective, Scored } from '../../src/core/policy.ts';

/**
 * The picked order with those candidates first whose probability of a miss is within the guard; where nobody is, the least likely to
 * miss first. Without an objective the order is the picker's own. Nobody is left out: being slow is better than failing.
 */
export function keepGuard<T extends Scored>(picked: readonly T[], objective: Objective | null): readonly T[] {
  if (objective === null || picked.length < 2) return picked;
  const within = picked.filter((one) => (one.miss ?? 0) <= objective.guard);
  if (within.length === picked.length) return picked;
  const beyond = picked.filter((one) => (one.miss ?? 0) > objective.guard);
  return [...within, ...beyond.sort((a, b) => (a.miss ?? 0) - (b.miss ?? 0))];
}
