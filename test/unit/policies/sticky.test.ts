/** Stickiness: what belongs together stays together, little moves when backends come and go, and nobody drowns. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/clock.ts';
import type { Scored, StateView } from '../../../src/core/policy.ts';
import { sticky } from '../../../policies/pickers/sticky.ts';
import { aliasOf, backendsOf, factsOf, stateOf } from './scene.ts';

const IDS = ['a', 'b', 'c', 'd', 'e'] as const;

function scoredOf(ids: readonly string[] = IDS, weights: readonly number[] = []): Scored[] {
  const { candidates } = aliasOf(backendsOf(...ids.map((id) => ({ id }))), 'sticky', weights);
  return candidates.map((candidate) => ({ candidate, usd: null, parts: {}, miss: null }));
}

function order(scored: readonly Scored[], stick: number, state: StateView = stateOf(scored.length)): string[] {
  const facts = factsOf(aliasOf([]), { stick });
  return sticky.order(scored, facts, state, seededRandom(1)).map(({ candidate }) => candidate.backend.id);
}

const sticks = fc.integer({ min: 0, max: 0xffff_ffff });

describe('sticky', () => {
  it('gives equal beginnings the same order, whatever the dice', () => {
    fc.assert(
      fc.property(sticks, (stick) => {
        expect(order(scoredOf(), stick)).toEqual(order(scoredOf(), stick));
      }),
    );
  });

  it('moves only the requests of a backend that goes', () => {
    fc.assert(
      fc.property(sticks, fc.constantFrom(...IDS), (stick, gone) => {
        const before = order(scoredOf(), stick);
        const after = order(scoredOf(IDS.filter((id) => id !== gone)), stick);
        expect(after).toEqual(before.filter((id) => id !== gone));
      }),
    );
  });

  it('shares by weight', () => {
    const scored = scoredOf(['a', 'b'], [3, 1]);
    const random = seededRandom(5);
    const firsts = Array.from({ length: 8000 }, () => order(scored, Math.floor(random.next() * 2 ** 32))[0]);
    expect(firsts.filter((id) => id === 'a').length / firsts.length).toBeCloseTo(0.75, 1);
  });

  it('spares a backend that is above a quarter more than its share', () => {
    const [first = ''] = order(scoredOf(), 7);
    const busy = stateOf(5, { [IDS.indexOf(first as 'a')]: { inFlight: 12 } });
    expect(order(scoredOf(), 7, busy).at(-1)).toBe(first);
    const fair = stateOf(5, Object.fromEntries(IDS.map((_, i) => [i, { inFlight: 12 }])));
    expect(order(scoredOf(), 7, fair)[0]).toBe(first);
  });

  it('goes by user, then key, where there is no prompt to go by', () => {
    const scored = scoredOf();
    const at = (own: Parameters<typeof factsOf>[1]): string =>
      sticky
        .order(scored, factsOf(aliasOf([]), own), stateOf(5), seededRandom(1))
        .map(({ candidate }) => candidate.backend.id)
        .join('');
    expect(at({ user: 'ann', requestId: '1' })).toBe(at({ user: 'ann', requestId: '2' }));
    expect(new Set(Array.from({ length: 20 }, (_, i) => at({ key: `k${i}` }))).size).toBeGreaterThan(5);
  });
});
