/** Takes the lowest expected cost first. */
import type { Picker, Scored } from '../../src/core/policy.ts';

/** By USD, equals in the listed order; an unknown price comes after every known one. */
export const cheapest: Picker = Object.freeze({
  id: 'cheapest',
  order: (scored) => (scored.length < 2 ? scored : scored.toSorted(byUsd)),
} satisfies Picker);

function byUsd(a: Scored, b: Scored): number {
  if (a.usd === null || b.usd === null) return Number(a.usd === null) - Number(b.usd === null);
  return a.usd - b.usd;
}
