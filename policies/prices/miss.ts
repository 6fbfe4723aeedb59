/** How likely a candidate misses the objective of its rule, and what that costs. */
import type { Candidate } from '../../src/core/backend.ts';
import type { Miss, Objective, PoolState, Price, RequestFacts, StateView } from '../../src/core/policy.ts';
import { FIRST_MISS_USD } from '../../src/core/shadow-price.ts';

/** The probability of missing either limit, an attempt that fails counted as a miss; null without an objective. */
export function missOf(
  { backend }: Candidate,
  { inputTokens }: RequestFacts,
  { tick, backends, pools, missUsd }: StateView,
  objective: Objective | null,
): Miss | null {
  const figures = backends[backend.index];
  if (objective === null || figures === undefined) return null;
  const { latency } = figures;
  const pool = backend.pool === null ? undefined : pools[backend.pool];
  let kept = 1 - latency.failureRate(tick);
  if (objective.ttftMs !== null) {
    kept *= 1 - latency.ttftMiss(tick, inputTokens, pool === undefined ? 0 : waitMs(pool), objective.ttftMs);
  }
  if (objective.tpotMs !== null) kept *= 1 - latency.tpotMiss(tick, objective.tpotMs);
  return { probability: 1 - kept, usd: missUsd[objective.index] ?? FIRST_MISS_USD };
}

/** How long a request that comes now waits for a slot, as a rule. */
export function waitMs({ running, slots, waiting, holdMs }: PoolState): number {
  return running < slots ? 0 : ((waiting + 1) * holdMs) / slots;
}

/** The expected cost of missing the objective. */
export const miss: Price = Object.freeze({
  id: 'slo',
  usd: (_candidate, _facts, _state, missed) => (missed === null ? 0 : missed.probability * missed.usd),
} satisfies Price);
