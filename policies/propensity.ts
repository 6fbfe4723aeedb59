/** How likely the first choice was, over all seeds: what makes estimates from logged decisions unbiased. */
import type { CandidateTrace, Plan, RequestFacts, Scored, StateView } from '../src/core/policy.ts';
import { tiesOf } from './pickers/cheapest.ts';
import { pickerFor, ruleOf } from './plan.ts';
import type { PolicyParts } from './snapshot.ts';
import { shape } from './steps/shape.ts';

/**
 * The probability with which this plan's first backend comes first when only the dice differ, worked out and not sampled; null for a
 * refusal. `ordered`, `sticky` and `cheapest` without ties leave nothing to chance.
 */
export function propensity(parts: PolicyParts, plan: Plan, facts: RequestFacts, state: StateView): number | null {
  const first = plan.attempts[0]?.backend;
  if (first === undefined) return null;
  const eligible = plan.trace.filter(({ rejections }) => rejections.length === 0);
  const shaped = (order: readonly Scored[]): Scored | undefined => shape(order, plan.objective, facts, state)[0];
  const rule = ruleOf(parts, plan);
  switch (pickerFor(parts, rule, facts).picker.id) {
    case 'weighted':
      return shareOf(
        eligible.filter((one) => shaped(ahead(eligible, one)) === one),
        ({ candidate }) => candidate.backend === first,
      );
    case 'cheapest': {
      const { sorted, odds } = tiesOf(eligible, rule.tieBreak, facts, state);
      if (odds.length < 2) return 1;
      return odds.reduce((sum, p, i) => {
        const leader = shaped(ahead(sorted, sorted[i]!));
        return leader?.candidate.backend === first ? sum + p : sum;
      }, 0);
    }
    default:
      return 1;
  }
}

/** Of those that the steps would leave in front, each comes first by its weight. */
function shareOf(leaders: readonly CandidateTrace[], isFirst: (one: CandidateTrace) => boolean): number {
  const weigh = (list: readonly CandidateTrace[]): number => list.reduce((sum, one) => sum + one.candidate.weight, 0);
  return weigh(leaders.filter(isFirst)) / weigh(leaders);
}

function ahead<T>(order: readonly T[], one: T): readonly T[] {
  return [one, ...order.filter((other) => other !== one)];
}
