/** What the slot that a request takes in a pool is worth to others. */
import type { Price } from '../../src/core/policy.ts';
import { expectedOutputTokens } from './tokens.ts';

/** Slot time at the pool's own price; backends outside of pools take nothing from anybody. */
export const capacity: Price = Object.freeze({
  id: 'capacity',
  usd(candidate, facts, { tick, backends, pools }) {
    const { pool, index } = candidate.backend;
    const figures = backends[index];
    const shared = pool === null ? undefined : pools[pool];
    if (shared === undefined || figures === undefined) return 0;
    const output = expectedOutputTokens(facts, figures.latency);
    return shared.usdPerSlotMs * figures.latency.workMs(tick, facts.inputTokens, output);
  },
} satisfies Price);
