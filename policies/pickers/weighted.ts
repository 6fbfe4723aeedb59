/** Shares requests by weight, the order of the fallbacks included. */
import type { Picker } from '../../src/core/policy.ts';

/**
 * Weighted sampling without replacement: each candidate draws an exponential time with its weight as rate, the earliest goes
 * first. Efraimidis and Spirakis, Weighted random sampling with a reservoir, Information Processing Letters 97 (2006), in the
 * logarithmic form. One draw per candidate in the listed order, so that a seed replays it.
 */
export const weighted: Picker = Object.freeze({
  id: 'weighted',
  order(scored, _facts, _state, random) {
    if (scored.length < 2) return scored;
    return scored
      .map((one) => ({ one, time: -Math.log(1 - random.next()) / one.candidate.weight }))
      .sort((a, b) => a.time - b.time)
      .map(({ one }) => one);
  },
} satisfies Picker);
