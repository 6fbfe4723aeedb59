/** The score of a candidate: the sum of all its prices, unknown as soon as one of them is. */
import type { Candidate } from '../../src/core/backend.ts';
import type { Objective, Price, RequestFacts, Scored, StateView } from '../../src/core/policy.ts';
import { capacity } from './capacity.ts';
import { miss, missOf } from './miss.ts';
import { tokens } from './tokens.ts';

/** What is added to the price of the tokens. */
const MORE: readonly Price[] = Object.freeze([miss, capacity]);

/** Every price that makes up a score. */
export const PRICES: readonly Price[] = Object.freeze([tokens, ...MORE]);

/** Prices a candidate for a request under the objective of its rule. */
export function score(
  candidate: Candidate,
  facts: RequestFacts,
  state: StateView,
  objective: Objective | null,
): Scored {
  const missed = missOf(candidate, facts, state, objective);
  let usd = tokens.usd(candidate, facts, state, missed);
  const parts: Record<string, number | null> = { tokens: usd };
  for (let i = 0; i < MORE.length; i++) {
    const price = MORE[i]!;
    const part = price.usd(candidate, facts, state, missed);
    // what a price has no say in is not a part of the score
    if (part !== 0) parts[price.id] = part;
    usd = usd === null || part === null ? null : usd + part;
  }
  return { candidate, usd, parts, miss: missed === null ? null : missed.probability };
}
