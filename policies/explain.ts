/** The explain record of a decision: what was known, what held, who was out and why, what it would cost without each constraint. */
import { nameOfClass } from '../src/core/data-class.ts';
import type { Json, JsonObject } from '../src/core/json.ts';
import type { ExplainFunction, Plan, RequestFacts } from '../src/core/policy.ts';
import { FIRST_MISS_USD } from '../src/core/shadow-price.ts';
import { candidateRecord, gridRecord } from './candidate-record.ts';
import { namesOf } from './filters/capability.ts';
import type { SovereigntyFilter } from './filters/sovereignty.ts';
import { activeConstraints, guaranteeOfPlan } from './guarantee.ts';
import { pickerFor, ruleOf } from './plan.ts';
import { priceOfPolicy } from './price-of-policy.ts';
import { withRetries } from './prices/retries.ts';
import { score } from './prices/score.ts';
import { propensity } from './propensity.ts';
import { partsOf, type PolicyParts } from './snapshot.ts';

/**
 * Writes the record. Without `full` it names constraints and counts but no backend: which backends there are, what is known of
 * them and what they cost is for callers with the permission `explain`.
 */
export const explain: ExplainFunction = (policy, facts, state, plan, decision, full) => {
  const parts = partsOf(policy, facts);
  const { tieBreak } = ruleOf(parts, plan);
  const active = activeConstraints(parts, facts, state);
  const scored = plan.trace.map((one) => ({ ...one, ...score(one.candidate, facts, state, plan.objective) }));
  const priced = withRetries(scored, state, plan.objective);
  return {
    decision_id: decision.id,
    at: new Date(facts.at).toISOString(),
    policy: { digest: policy.digest },
    catalogue: policy.catalogue,
    seed: decision.seed.toString(16),
    gateway: { countries: countriesOf(parts, facts) },
    facts: factsRecord(facts),
    rule: plan.rule,
    pick: pickerFor(parts, ruleOf(parts, plan), facts).picker.id,
    objective: objectiveRecord(plan),
    ...(tieBreak === null ? {} : { tie_break: tieBreak }),
    lossy: plan.lossy,
    deadline_ms: plan.deadlineMs,
    constraints: constraintRecords(parts, active, plan),
    ...(full
      ? {
          candidates: priced.map((one) => {
            const record = candidateRecord(parts, active, one, facts, state);
            return tieBreak === 'carbon' ? { ...record, grid: gridRecord(one, facts) } : record;
          }),
          plan: plan.attempts.map(({ backend, mode, when }) => ({
            try: backend.id,
            mode,
            ...(when.length > 0 ? { if: [...when] } : {}),
          })),
          price_of_policy: priceOfPolicy(priced),
          miss_usd: plan.objective === null ? null : (state.missUsd[plan.objective.index] ?? FIRST_MISS_USD),
          propensity: propensity(parts, plan, facts, state),
          guarantee: guaranteeOfPlan(plan, active),
        }
      : { eligible: priced.filter(({ rejections }) => rejections.length === 0).length, backends: priced.length }),
    refusal: refusalRecord(plan, full),
  };
};

function factsRecord(facts: RequestFacts): JsonObject {
  return {
    surface: facts.surface,
    model: facts.model,
    stream: facts.stream,
    tokens_in: facts.inputTokens,
    max_out: facts.maxOutputTokens,
    choices: facts.choices,
    needs: namesOf(facts.needs),
    body_bytes: facts.bodyBytes,
    key: facts.key,
    tenant: facts.tenant,
    ...dataRecord(facts),
    ...(facts.place === undefined ? {} : { place: facts.place }),
    ...(facts.preference === undefined ? {} : { preference: { ...facts.preference } }),
    ...(facts.sealed === undefined
      ? {}
      : { sealed_reasoning: facts.sealed.origin === null ? 'of unknown origin' : 'of known origin' }),
  };
}

/** Class, labels and where they come from; never what was found. */
function dataRecord({ data }: RequestFacts): JsonObject {
  return {
    class: nameOfClass(data.class),
    labels: [...data.labels],
    because: data.because.map(({ source, name, field, count }) => ({
      [source]: name,
      ...(field === null ? {} : { field }),
      ...(source === 'detector' || count > 1 ? { count } : {}),
    })),
  };
}

/** Where this gateway stands, as the runtime knows it, else as the file says; null = nobody knows. */
function countriesOf({ countries }: PolicyParts, { place }: RequestFacts): Json {
  if (place !== undefined) return place === null ? null : [place];
  return countries.length === 0 ? null : [...countries];
}

/** The limits, the share of requests that must keep them, and the probability of a miss beyond which a backend comes last. */
function objectiveRecord({ objective }: Plan): Json {
  if (objective === null) return null;
  const { ttftMs, tpotMs, attainment, guard } = objective;
  return { ttft_ms: ttftMs, tpot_ms: tpotMs, attainment, guard };
}

function constraintRecords({ constraints }: PolicyParts, active: readonly SovereigntyFilter[], plan: Plan): Json {
  return constraints.map((filter) => {
    const blocked = plan.trace.filter(({ rejections }) => rejections.some(({ id }) => id === filter.id)).length;
    const waived = plan.trace.filter((one) => one.waived?.some(({ constraint }) => constraint === filter.id)).length;
    return {
      id: filter.id,
      scope: filter.scope,
      active: active.includes(filter),
      blocked,
      ...(waived === 0 ? {} : { waived }),
    };
  });
}

function refusalRecord({ refusal }: Plan, full: boolean): Json {
  if (refusal === null) return null;
  const { code, message, retryAfterMs, blockedBy, nearest, location = null } = refusal;
  return {
    code,
    message,
    retry_after_ms: retryAfterMs,
    blocked_by: blockedBy.map((one) => ({ ...one })),
    ...(location === null ? {} : { location }),
    ...(full && nearest !== null ? { nearest: { ...nearest } } : {}),
  };
}
