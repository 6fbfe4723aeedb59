/** The decision log: one record per decision, without content, from which the same decision can be made again. */
import type { ArtifactState } from '../../src/core/artifact.ts';
import type { ModelAlias } from '../../src/core/backend.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { BackendState, Plan, PoolState, RequestFacts, StateView, WitnessFunction } from '../../src/core/policy.ts';
import { activeConstraints, guaranteeOfPlan } from '../guarantee.ts';
import { propensity } from '../propensity.ts';
import { partsOf } from '../snapshot.ts';
import type { FactReads } from './reads.ts';

/** The longest value of a header or a user that a record carries, UTF-16 code units. */
const LONGEST = 256;

/**
 * Records a decision: what was known of the request, the figures of its candidates at that moment, the dice, and what came out.
 * `headers` are those that conditions name, and null where they could not all be recorded: then it cannot be made again.
 */
export const witness: WitnessFunction = (policy, facts, state, plan, decision) => {
  const parts = partsOf(policy, facts);
  const active = activeConstraints(parts, facts, state);
  return {
    decision: decision.id,
    request: facts.requestId,
    policy: policy.digest,
    catalogue: policy.catalogue,
    seed: decision.seed,
    facts: factsRecord(facts, parts.reads),
    state: stateRecord(facts, state),
    plan: {
      rule: plan.rule,
      attempts: plan.attempts.map(({ backend, mode }) => [backend.id, mode]),
      refusal: plan.refusal?.code ?? null,
      propensity: propensity(parts, plan, facts, state),
      guarantee: guaranteeOfPlan(plan, active),
      constraints: active.map(({ id }) => id),
      blocked: plan.trace
        .filter(({ rejections }) => rejections.length > 0)
        .map(({ candidate, rejections }) => [candidate.backend.id, rejections.map(({ id }) => id)]),
      ...(parts.waives ? { waived: waivedRecord(plan) } : {}),
    },
  };
};

/** Backends with the waivers that let them in. */
function waivedRecord({ trace }: Plan): Json {
  return trace.flatMap(({ candidate, waived = [] }) =>
    waived.length === 0 ? [] : [[candidate.backend.id, waived.map(({ id }) => id)]],
  );
}

function factsRecord(facts: RequestFacts, reads: FactReads): JsonObject {
  const { alias, data, preference, sealed } = facts;
  return {
    at: facts.at,
    surface: facts.surface,
    model: facts.model,
    alias: { id: alias.id, pick: alias.picker, backends: alias.candidates.map((one) => [one.backend.id, one.weight]) },
    stream: facts.stream,
    tokens_in: facts.inputTokens,
    max_out: facts.maxOutputTokens,
    choices: facts.choices,
    needs: facts.needs,
    body_bytes: facts.bodyBytes,
    key: facts.key,
    tenant: facts.tenant,
    data: { class: data.class, labels: [...data.labels], because: data.because.map((one) => ({ ...one })) },
    headers: headersRecord(facts, reads),
    ...(reads.user && facts.user !== null ? { user: facts.user.slice(0, LONGEST) } : {}),
    ...(facts.stick === undefined ? {} : { stick: facts.stick }),
    ...(facts.place === undefined ? {} : { place: facts.place }),
    ...(sealed === undefined ? {} : { sealed: sealed.origin }),
    ...(preference === undefined ? {} : { preference: { ...preference } }),
  };
}

/** The values that conditions look at; null where one may not be recorded. */
function headersRecord({ headers, user }: RequestFacts, reads: FactReads): Json {
  if (reads.headers === null || (reads.user && user !== null && user.length > LONGEST)) return null;
  const record: Record<string, string> = {};
  for (const name of reads.headers) {
    const value = headers.get(name);
    if (value === null) continue;
    if (value.length > LONGEST) return null;
    record[name] = value;
  }
  return record;
}

function stateRecord({ alias }: RequestFacts, state: StateView): JsonObject {
  const { tick, at, backends, pools, missUsd } = state;
  const figures: Record<string, Json> = {};
  const shared: Record<string, Json> = {};
  for (const { backend } of alias.candidates) {
    const one = backends[backend.index];
    if (one !== undefined) figures[backend.id] = backendRecord(one, tick);
    const pool = backend.pool === null ? undefined : pools[backend.pool];
    if (pool !== undefined) shared[String(backend.pool)] = poolRecord(pool);
  }
  const prices: Record<string, number> = {};
  for (const [index, usd] of missUsd.entries()) if (usd !== undefined) prices[index] = usd;
  const artifacts = artifactRecords(alias, state);
  return { tick, at, backends: figures, pools: shared, miss_usd: prices, ...(artifacts === null ? {} : { artifacts }) };
}

/** null where no candidate asks for one. */
function artifactRecords({ candidates }: ModelAlias, { artifacts = [] }: StateView): JsonObject | null {
  const asking = candidates.filter(({ backend }) => backend.artifact != null);
  if (asking.length === 0) return null;
  return Object.fromEntries(
    asking.map(({ backend }) => [backend.id, artifactRecord(artifacts[backend.index] ?? null)]),
  );
}

function artifactRecord(state: ArtifactState | null): JsonObject | null {
  if (state === null) return null;
  const { untilTick, fault, level, levelWhat, levelUntilTick } = state;
  return {
    until: untilTick,
    fault: fault === null ? null : { ...fault },
    level,
    level_what: levelWhat,
    level_until: levelUntilTick,
  };
}

function backendRecord(state: BackendState, tick: number): JsonObject {
  const { breaker, probeAtTick, probing, parkedUntilTick, parkedBecause, inFlight, latency } = state;
  const { ratio, tpotRatio, ...figures } = latency.figures(tick);
  return {
    breaker,
    ...(probeAtTick === 0 ? {} : { probe_at: probeAtTick }),
    ...(probing ? { probing } : {}),
    ...(parkedUntilTick === 0 ? {} : { parked_until: parkedUntilTick, parked_because: parkedBecause }),
    in_flight: inFlight,
    latency: { ...figures, ratio: { ...ratio }, tpotRatio: { ...tpotRatio } },
  };
}

function poolRecord({ slots, running, waiting, maxWaiting, holdMs, usdPerSlotMs }: PoolState): JsonObject {
  return { slots, running, waiting, max_waiting: maxWaiting, hold_ms: holdMs, usd_per_slot_ms: usdPerSlotMs };
}
