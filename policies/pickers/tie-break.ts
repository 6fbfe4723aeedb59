/** What decides between backends that cost the same, before chance does. */
import type { RequestFacts, Scored, StateView, TieBreak } from '../../src/core/policy.ts';
import { gridOf } from '../grid-carbon.ts';
import { waitMs } from '../prices/miss.ts';

/** Times that are so near to the best, relatively, count as equal to it: they are estimates. */
const NEAR = 0.03;

/** What a tie is broken by: the lower the better, unknown is infinite. */
export function keyOf(
  tieBreak: TieBreak,
  { candidate }: Scored,
  { alias, at, inputTokens }: RequestFacts,
  { tick, backends, pools }: StateView,
): number {
  const { backend } = candidate;
  switch (tieBreak) {
    case 'listed':
      return alias.candidates.indexOf(candidate);
    case 'carbon':
      return gridOf(backend, at)?.gramsPerKwh ?? Infinity;
    case 'latency': {
      const pool = backend.pool === null ? undefined : pools[backend.pool];
      const wait = pool === undefined ? 0 : waitMs(pool);
      return wait + (backends[backend.index]?.latency.ttftMs(tick, inputTokens) ?? Infinity);
    }
  }
}

/** Puts the first `ties` of a list in order of their keys, and returns how many still tie with the best of them. */
export function breakTies<T extends Scored>(
  sorted: T[],
  ties: number,
  tieBreak: TieBreak,
  facts: RequestFacts,
  state: StateView,
): number {
  const keyed = sorted.slice(0, ties).map((one) => ({ one, key: keyOf(tieBreak, one, facts, state) }));
  // equal keys keep their order by cost; the difference of two unknown ones is no number
  keyed.sort((a, b) => (a.key === b.key ? 0 : a.key - b.key));
  for (let i = 0; i < ties; i++) sorted[i] = keyed[i]!.one;
  const limit = keyed[0]!.key * (tieBreak === 'latency' ? 1 + NEAR : 1);
  return keyed.filter(({ key }) => key <= limit).length;
}
