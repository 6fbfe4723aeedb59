/** Takes the lowest expected cost first; between equals, the less busy one. */
import type { Picker, RequestFacts, Scored, StateView, TieBreak } from '../../src/core/policy.ts';
import { breakTies } from './tie-break.ts';

/** Up to this many are sorted by insertion. */
const FEW = 32;

/** Scores that are so near to the best, relatively, count as equal to it. */
const TIE = 0.03;

/**
 * By USD, an unknown price after every known one. What ties with the best is put in order by the tie-break, if there is one; of those
 * that tie then two are drawn and the less busy one goes first (the power of two choices: Mitzenmacher, IEEE TPDS 12(10), 2001). Two
 * draws where something ties, none otherwise.
 */
export function cheapestBy(tieBreak: TieBreak | null): Picker {
  return Object.freeze({
    id: 'cheapest',
    order(scored, facts, state, random) {
      if (scored.length < 2) return scored;
      const { sorted, ties } = rank(scored, tieBreak, facts, state);
      if (ties < 2) return sorted;
      const a = Math.floor(random.next() * ties);
      const b = (a + 1 + Math.floor(random.next() * (ties - 1))) % ties;
      const first = busy(sorted[b]!, state) < busy(sorted[a]!, state) ? b : a;
      const [chosen] = sorted.splice(first, 1);
      sorted.unshift(chosen!);
      return sorted;
    },
  } satisfies Picker);
}

/** Ties are left to chance. */
export const cheapest: Picker = cheapestBy(null);

/**
 * The sorted order, and for each that still ties with the best of it the probability that it is put first: the share of the pairs of
 * draws that it wins. Fewer than two probabilities = nothing is left to chance.
 */
export function tiesOf<T extends Scored>(
  scored: readonly T[],
  tieBreak: TieBreak | null,
  facts: RequestFacts,
  state: StateView,
): { readonly sorted: readonly T[]; readonly odds: readonly number[] } {
  const { sorted, ties } = rank(scored, tieBreak, facts, state);
  const load = sorted.slice(0, ties).map((one) => busy(one, state));
  const pairs = ties * (ties - 1);
  const odds = load.map((own, i) => {
    const asFirst = load.filter((other, k) => k !== i && other >= own).length;
    const asSecond = load.filter((other, k) => k !== i && own < other).length;
    return (asFirst + asSecond) / pairs;
  });
  return { sorted, odds };
}

function rank<T extends Scored>(
  scored: readonly T[],
  tieBreak: TieBreak | null,
  facts: RequestFacts,
  state: StateView,
): { readonly sorted: T[]; readonly ties: number } {
  const sorted = byCost(scored);
  const ties = scored.length < 2 ? 0 : countTies(sorted);
  if (ties < 2 || tieBreak === null) return { sorted, ties };
  return { sorted, ties: breakTies(sorted, ties, tieBreak, facts, state) };
}

function countTies(sorted: readonly Scored[]): number {
  const best = sorted[0]?.usd ?? null;
  if (best === null) return 0;
  let ties = 1;
  while (ties < sorted.length && within(sorted[ties]!.usd, best)) ties++;
  return ties;
}

function within(usd: number | null, best: number): boolean {
  return usd !== null && usd <= best * (1 + TIE);
}

/** Requests under way per unit of weight. */
function busy({ candidate: { backend, weight } }: Scored, { backends }: StateView): number {
  return (backends[backend.index]?.inFlight ?? 0) / weight;
}

/** Stable; candidates are few and mostly in order, where inserting beats a sort that must expect anything. */
function byCost<T extends Scored>(scored: readonly T[]): T[] {
  if (scored.length > FEW) return scored.toSorted(byUsd);
  const sorted = scored.slice();
  for (let i = 1; i < sorted.length; i++) {
    const one = sorted[i]!;
    let at = i;
    for (; at > 0 && byUsd(sorted[at - 1]!, one) > 0; at--) sorted[at] = sorted[at - 1]!;
    sorted[at] = one;
  }
  return sorted;
}

function byUsd(a: Scored, b: Scored): number {
  if (a.usd === null || b.usd === null) return Number(a.usd === null) - Number(b.usd === null);
  return a.usd - b.usd;
}
