/** The decision: facts, state and chance in, an ordered plan with its trace out; pure, so that it can be replayed. */
import type {
  CandidateTrace,
  Objective,
  Plan,
  PlanFunction,
  RequestFacts,
  Scored,
  StateView,
  TieBreak,
} from '../src/core/policy.ts';
import { attemptsFor } from './attempts.ts';
import { activeConditions, NO_REJECTIONS, rejectionsOf, withWaivers } from './judgement.ts';
import { cheapestBy } from './pickers/cheapest.ts';
import { withRetries } from './prices/retries.ts';
import { score } from './prices/score.ts';
import { refusalFor } from './refusal.ts';
import { partsOf, type CompiledRule, type PickerEntry, type PolicyParts } from './snapshot.ts';
import { pickerOf } from './steps/preference.ts';
import { shape } from './steps/shape.ts';

const NO_PARTS: Scored['parts'] = Object.freeze({});
const NO_ATTEMPTS: readonly never[] = Object.freeze([]);

/** Makes the plan of a request. Prices are worked out only where the picker looks at them. */
export const plan: PlanFunction = (policy, facts, state, random) => {
  const parts = partsOf(policy, facts);
  const rule = ruleFor(parts.rules, facts);
  const { picker, priced } = pickerFor(parts, rule, facts);
  const active = activeConditions(parts, facts, state);
  const judged = facts.alias.candidates.map((candidate): CandidateTrace => {
    const rejections = rejectionsOf(parts, active, candidate, facts, state);
    return rejections.length === 0 && priced
      ? pricedTrace(candidate, facts, state, rule.objective)
      : { candidate, rejections, usd: null, parts: NO_PARTS, miss: null };
  });
  const trace = priced ? withRetries(judged, state, rule.objective) : judged;
  const eligible = trace.filter(isEligible);
  const refused = eligible.length === 0;
  return {
    attempts: refused
      ? NO_ATTEMPTS
      : attemptsFor(
          shape(picker.order(eligible, facts, state, random), rule.objective, facts, state),
          rule.maxAttempts,
        ),
    refusal: refused ? refusalFor(parts, facts, trace) : null,
    rule: rule.id,
    lossy: facts.preference?.requireParameters === true ? 'refuse' : rule.lossy,
    objective: rule.objective,
    deadlineMs: rule.deadlineMs,
    trace: parts.waives ? trace.map((one) => withWaivers(parts, active, one, facts, state)) : trace,
  };
};

function isEligible({ rejections }: CandidateTrace): boolean {
  return rejections.length === 0;
}

/** The picker that a request is under: its own wish, the rule's, the model's. */
export function pickerFor({ pickers }: PolicyParts, rule: CompiledRule, facts: RequestFacts): PickerEntry {
  const id = pickerOf(facts) ?? rule.pick ?? facts.alias.picker;
  return id === 'cheapest' && rule.tieBreak !== null ? TIE_BREAKERS[rule.tieBreak] : pickers[id];
}

const TIE_BREAKERS: Readonly<Record<TieBreak, PickerEntry>> = Object.freeze({
  listed: { picker: cheapestBy('listed'), priced: true },
  carbon: { picker: cheapestBy('carbon'), priced: true },
  latency: { picker: cheapestBy('latency'), priced: true },
});

/** The rule that a plan was made under. */
export function ruleOf({ rules }: PolicyParts, { rule }: Plan): CompiledRule {
  return rules.find(({ id }) => id === rule)!;
}

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
