/** Puts what the request wants first to the front; only what is eligible already is in the list. */
import type { PickerId } from '../../src/core/backend.ts';
import type { RequestFacts, Scored, StateView } from '../../src/core/policy.ts';
import type { Preference } from '../../src/core/preference.ts';
import { isNamed } from '../filters/preference.ts';

/** The picker that the request asks for; null = as the rule says. */
export function pickerOf({ preference }: RequestFacts): PickerId | null {
  return preference?.sort === 'price' ? 'cheapest' : null;
}

/** The picked order as the request wants it, stable where it says nothing. */
export function applyPreference(picked: readonly Scored[], facts: RequestFacts, state: StateView): readonly Scored[] {
  const { preference } = facts;
  if (preference === undefined) return picked;
  const sorted = bySpeed(picked, preference, facts, state);
  const { order, fallbacks } = preference;
  const ranked = order.length === 0 ? sorted : sorted.toSorted((a, b) => rankOf(a, preference) - rankOf(b, preference));
  return fallbacks || order.length > 0 ? ranked : ranked.slice(0, 1);
}

function rankOf({ candidate }: Scored, { order }: Preference): number {
  const rank = order.findIndex((name) => isNamed(candidate.backend, [name]));
  return rank === -1 ? order.length : rank;
}

/** By the time to the first content, or by the time that an answer of usual length occupies the backend. */
function bySpeed(
  picked: readonly Scored[],
  { sort }: Preference,
  { inputTokens }: RequestFacts,
  { tick, backends }: StateView,
): readonly Scored[] {
  if (sort !== 'latency' && sort !== 'throughput') return picked;
  const msOf = ({ candidate }: Scored): number => {
    const latency = backends[candidate.backend.index]?.latency;
    if (latency === undefined) return Infinity;
    return sort === 'latency'
      ? latency.ttftMs(tick, inputTokens)
      : latency.workMs(tick, 0, USUAL_ANSWER) - latency.workMs(tick, 0, 0);
  };
  return picked
    .map((one) => ({ one, ms: msOf(one) }))
    .sort((a, b) => a.ms - b.ms || 0)
    .map(({ one }) => one);
}

/** Tokens of the answer by whose length throughputs are compared. */
const USUAL_ANSWER = 256;
