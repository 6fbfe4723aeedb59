/** The decision: facts, state and chance in, an ordered plan with its trace out; pure, so that it can be replayed. */
import type { CandidateTrace, Objective, PlanFunction, RequestFacts, Scored, StateView } from '../src/core/policy.ts';
import { attemptsFor } from './attempts.ts';
import { activeConditions, NO_REJECTIONS, rejectionsOf } from './judgement.ts';
import { score } from './prices/score.ts';
import { refusalFor } from './refusal.ts';
import { partsOf, type CompiledRule } from './snapshot.ts';
import { preferOrigin } from './steps/affinity.ts';
import { keepGuard } from './steps/guard.ts';

const NO_PARTS: Scored['parts'] = Object.freeze({});
const NO_ATTEMPTS: readonly never[] = Object.freeze([]);

/** Makes the plan of a request. Prices are worked out only where the picker looks at them. */
export const plan: PlanFunction = (policy, facts, state, random) => {
  const parts = partsOf(policy);
  const rule = ruleFor(parts.rules, facts);
  const { picker, priced } = parts.pickers[rule.pick ?? facts.alias.picker];
  const active = activeConditions(parts, facts, state);
  const trace: CandidateTrace[] = [];
  const eligible: CandidateTrace[] = [];
  for (const candidate of facts.alias.candidates) {
    const rejections = rejectionsOf(parts, active, candidate, facts, state);
    if (rejections.length > 0) trace.push({ candidate, rejections, usd: null, parts: NO_PARTS, miss: null });
    else {
      const one = priced
        ? pricedTrace(candidate, facts, state, rule.objective)
        : { candidate, rejections, usd: null, parts: NO_PARTS, miss: null };
      trace.push(one);
      eligible.push(one);
    }
  }
  const refused = eligible.length === 0;
  return {
    attempts: refused
      ? NO_ATTEMPTS
      : attemptsFor(
          preferOrigin(keepGuard(picker.order(eligible, facts, state, random), rule.objective), facts),
          rule.maxAttempts,
        ),
    refusal: refused ? refusalFor(facts, trace) : null,
    rule: rule.id,
    lossy: rule.lossy,
    objective: rule.objective,
    deadlineMs: rule.deadlineMs,
    trace,
  };
};

/** The first rule that holds; one that cannot be decided does not. The last rule always holds. */
function ruleFor(rules: readonly CompiledRule[], facts: RequestFacts): CompiledRule {
  let i = 0;
  while (i < rules.length - 1 && rules[i]!.match !== null && rules[i]!.match!.holds(facts) !== true) i++;
  return rules[i]!;
}

function pricedTrace(
  candidate: CandidateTrace['candidate'],
  facts: RequestFacts,
  state: StateView,
  objective: Objective | null,
): CandidateTrace {
  const { usd, parts, miss } = score(candidate, facts, state, objective);
  return { candidate, rejections: NO_REJECTIONS, usd, parts, miss };
}
