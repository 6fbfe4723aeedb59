/** The score of a candidate: the sum of all its prices, unknown as soon as one of them is. */
import type { Candidate } from '../../src/core/backend.ts';
import type { Price, RequestFacts, Scored, StateView } from '../../src/core/policy.ts';
import { tokens } from './tokens.ts';

/** Every price that makes up a score. */
export const PRICES: readonly Price[] = Object.freeze([tokens]);

/** Prices a candidate for a request. */
export function score(candidate: Candidate, facts: RequestFacts, state: StateView): Scored {
  const parts: Record<string, number | null> = {};
  let usd: number | null = 0;
  for (const price of PRICES) {
    const part = price.usd(candidate, facts, state);
    parts[price.id] = part;
    usd = usd === null || part === null ? null : usd + part;
  }
  return { candidate, usd, parts };
}
