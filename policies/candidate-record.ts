/** What an explanation says of one candidate: why it is in or out, what it costs, how fast it is, how well its facts are known. */
import type { Backend, ModelPrice } from '../src/core/backend.ts';
import { ratesAt } from '../src/core/price-windows.ts';
import type { Json, JsonObject, MutableJsonObject } from '../src/core/json.ts';
import type { BackendState, CandidateTrace, Rejection, RequestFacts, StateView } from '../src/core/policy.ts';
import type { SovereigntyFilter } from './filters/sovereignty.ts';
import { GRID_SOURCE, gridOf } from './grid-carbon.ts';
import { guaranteeOf } from './guarantee.ts';
import { waitMs } from './prices/miss.ts';
import { expectedOutputTokens } from './prices/tokens.ts';
import type { PolicyParts } from './snapshot.ts';
import { affinity } from './steps/affinity.ts';
import { withoutNoise } from './without-noise.ts';

/** What is said of a backend where a request brings sealed reasoning. */
const AFFINITY = ['none', 'takes it back', 'same account', 'made it'] as const;

/** The record of a candidate. @param active the constraints that hold for the request */
export function candidateRecord(
  parts: PolicyParts,
  active: readonly SovereigntyFilter[],
  one: CandidateTrace,
  facts: RequestFacts,
  state: StateView,
): JsonObject {
  const { backend } = one.candidate;
  const record: MutableJsonObject = { id: backend.id, eligible: one.rejections.length === 0 };
  if (one.rejections.length > 0) record['failed'] = failuresOf(parts, one).map(failureRecord);
  if (one.waived !== undefined) record['waived'] = one.waived.map((waiver) => ({ ...waiver }));
  record['score_usd'] = withoutNoise(one.usd);
  record['parts'] = Object.fromEntries(Object.entries(one.parts).map(([id, usd]) => [id, withoutNoise(usd)]));
  if (one.miss !== null) record['p_miss'] = withoutNoise(one.miss);
  record['out_est'] = Math.round(facts.choices * expectedOutputTokens(facts, state.backends[backend.index]?.latency));
  record['ttft_ms'] = ttftRecord(backend, facts, state);
  const { price } = backend;
  record['price'] = price === null ? null : priceRecord(price, facts.at);
  if (facts.sealed !== undefined) record['affinity'] = AFFINITY[affinity(backend, facts)];
  record['health'] = healthOf(state.backends[backend.index], state.tick);
  record['guarantee'] = guaranteeOf(backend, active);
  return record;
}

/** The trace names the first failure of each constraint; here every key that fails is listed. */
function failuresOf({ constraints }: PolicyParts, { rejections, candidate }: CandidateTrace): readonly Rejection[] {
  return rejections.flatMap((rejection) => {
    if (rejection.kind !== 'policy') return [rejection];
    const constraint = constraints.find(({ id }) => id === rejection.id);
    return constraint === undefined ? [rejection] : constraint.failures(candidate.backend);
  });
}

function failureRecord({ id, kind, key, want, got, grade, scope, retryAfterMs }: Rejection): JsonObject {
  return {
    constraint: id,
    kind,
    key,
    want,
    got,
    ...(grade === undefined ? {} : { grade }),
    ...(scope === undefined ? {} : { scope }),
    ...(retryAfterMs === null ? {} : { retry_after_ms: retryAfterMs }),
  };
}

/** The rates of the moment. */
function priceRecord(price: ModelPrice, at: number): Json {
  const { inputUsd, outputUsd } = ratesAt(price, at);
  return { in: inputUsd, out: outputUsd, source: price.source, as_of: price.asOf };
}

/** Whole milliseconds, the wait for a slot included; a backend that was never seen shows the guess that it is ranked by. */
function ttftRecord(backend: Backend, { inputTokens }: RequestFacts, { tick, backends, pools }: StateView): Json {
  const figures = backends[backend.index];
  if (figures === undefined) return null;
  const pool = backend.pool === null ? undefined : pools[backend.pool];
  const { p50, p95 } = figures.latency.ttftRangeMs(tick, inputTokens, pool === undefined ? 0 : waitMs(pool));
  return { p50: Math.round(p50), p95: Math.round(p95) };
}

function healthOf(figures: BackendState | undefined, tick: number): string {
  if (figures === undefined) return 'unknown';
  return figures.parkedUntilTick > tick ? `parked: ${figures.parkedBecause ?? 'unsaid'}` : figures.breaker;
}

/** The electricity that ties between equal costs are broken by; null = it is not known, and such a backend comes last. */
export function gridRecord({ candidate }: CandidateTrace, { at }: RequestFacts): Json {
  const grid = gridOf(candidate.backend, at);
  return grid === null ? null : { g_co2e_per_kwh: grid.gramsPerKwh, year: grid.year, source: GRID_SOURCE };
}
