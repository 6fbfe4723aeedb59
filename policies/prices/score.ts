/** The score of a candidate: the sum of all its prices, unknown as soon as one of them is. */
import type { Candidate } from '../../src/core/backend.ts';
import type { Objective, Price, RequestFacts, Scored, StateView } from '../../src/core/policy.ts';
import { capacity } from './capacity.ts';
import { miss, missOf } from './miss.ts';
import { tokens } from './tokens.ts';

/** Every price that makes up a score. */
export const PRICES: readonly Price[] = Object.freeze([tokens, miss, capacity]);

/** Prices a candidate for a request under the objective of its rule. */
export function score(
  candidate: Candidate,
  facts: RequestFacts,
  state: StateView,
  objective: Objective | null,
): Scored {
  const missed = missOf(candidate, facts, state, objective);
  const parts: Record<string, number | null> = {};
  let usd: number | null = 0;
  for (const price of PRICES) {
    const part = price.usd(candidate, facts, state, missed);
    // what a price has no say in is not a part of the score; what costs nothing is
    if (part !== 0 || price === tokens) parts[price.id] = part;
    usd = usd === null || part === null ? null : usd + part;
  }
  return { candidate, usd, parts, miss: missed === null ? null : missed.probability };
}
