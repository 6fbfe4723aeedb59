/** The explain record of a decision: what was known, what held, who was out and why, what it would cost without each constraint. */
import { nameOfClass } from '../src/core/data-class.ts';
import type { MutableJsonObject, Json, JsonObject } from '../src/core/json.ts';
import type {
  BackendState,
  CandidateTrace,
  ExplainFunction,
  Plan,
  Rejection,
  RequestFacts,
  StateView,
} from '../src/core/policy.ts';
import { namesOf } from './filters/capability.ts';
import { isActive } from './judgement.ts';
import { priceOfPolicy } from './price-of-policy.ts';
import { score } from './prices/score.ts';
import { partsOf, type PolicyParts } from './snapshot.ts';
import { affinity } from './steps/affinity.ts';

/**
 * Writes the record. Without `full` it names constraints and counts but no backend: which backends there are, what is known of
 * them and what they cost is for callers with the permission `explain`.
 */
export const explain: ExplainFunction = (policy, facts, state, plan, decision, full) => {
  const parts = partsOf(policy);
  const priced = plan.trace.map((one) => ({ ...one, ...score(one.candidate, facts, state, plan.objective) }));
  return {
    decision_id: decision.id,
    at: new Date(facts.at).toISOString(),
    policy: { digest: policy.digest },
    seed: decision.seed.toString(16),
    facts: factsRecord(facts),
    rule: plan.rule,
    lossy: plan.lossy,
    deadline_ms: plan.deadlineMs,
    constraints: constraintRecords(parts, facts, state, plan),
    ...(full
      ? {
          candidates: priced.map((one) => candidateRecord(parts, one, facts, state)),
          plan: plan.attempts.map(({ backend, mode, when }) => ({
            try: backend.id,
            mode,
            ...(when.length > 0 ? { if: [...when] } : {}),
          })),
          price_of_policy: priceOfPolicy(priced),
        }
      : { eligible: priced.filter(({ rejections }) => rejections.length === 0).length, backends: priced.length }),
    refusal: refusalRecord(plan, full, priced),
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

function constraintRecords({ constraints }: PolicyParts, facts: RequestFacts, state: StateView, plan: Plan): Json {
  return constraints.map((filter) => {
    const blocked = plan.trace.filter(({ rejections }) => rejections.some(({ id }) => id === filter.id)).length;
    return { id: filter.id, active: isActive(filter, facts, state), blocked };
  });
}

/** What is said of a backend where a request brings sealed reasoning. */
const AFFINITY = ['none', 'takes it back', 'same account', 'made it'] as const;

function candidateRecord(parts: PolicyParts, one: CandidateTrace, facts: RequestFacts, state: StateView): JsonObject {
  const { backend } = one.candidate;
  const record: MutableJsonObject = { id: backend.id, eligible: one.rejections.length === 0 };
  if (one.rejections.length > 0) record['failed'] = failuresOf(parts, one).map(failureRecord);
  record['score_usd'] = one.usd;
  record['parts'] = { ...one.parts };
  if (one.miss !== null) record['p_miss'] = one.miss;
  const { price } = backend;
  record['price'] =
    price === null ? null : { in: price.inputUsd, out: price.outputUsd, source: price.source, as_of: price.asOf };
  if (facts.sealed !== undefined) record['affinity'] = AFFINITY[affinity(backend, facts)];
  record['health'] = healthOf(state.backends[backend.index], state.tick);
  return record;
}

/** The trace names the first failure of each constraint; here every key that fails is listed. */
function failuresOf({ constraints }: PolicyParts, { rejections, candidate }: CandidateTrace): readonly Rejection[] {
  return rejections.flatMap((rejection) => {
    const constraint = constraints.find(({ id }) => id === rejection.id);
    return constraint === undefined ? [rejection] : constraint.failures(candidate.backend);
  });
}

function failureRecord({ id, kind, key, want, got, retryAfterMs }: Rejection): JsonObject {
  return { constraint: id, kind, key, want, got, ...(retryAfterMs === null ? {} : { retry_after_ms: retryAfterMs }) };
}

function healthOf(figures: BackendState | undefined, tick: number): string {
  if (figures === undefined) return 'unknown';
  return figures.parkedUntilTick > tick ? `parked: ${figures.parkedBecause ?? 'unsaid'}` : figures.breaker;
}

function refusalRecord({ refusal }: Plan, full: boolean, trace: readonly CandidateTrace[]): Json {
  if (refusal === null) return null;
  const record: MutableJsonObject = {
    code: refusal.code,
    message: refusal.message,
    retry_after_ms: refusal.retryAfterMs,
    blocked_by: refusal.blockedBy.map((one) => ({ ...one })),
  };
  const nearest = trace.toSorted((a, b) => a.rejections.length - b.rejections.length)[0];
  if (full && nearest !== undefined) {
    record['nearest'] = { backend: nearest.candidate.backend.id, missing: nearest.rejections.length };
  }
  return record;
}
