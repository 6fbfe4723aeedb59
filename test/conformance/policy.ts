/** What every filter, price and picker must hold to, whoever wrote it. */
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/core/backend.ts';
import { seededRandom } from '../../src/core/clock.ts';
import type { Filter, Picker, Price, RequestFacts, Scored, StateView } from '../../src/core/policy.ts';

/** A request and a state over some candidates. */
export interface PolicyScene {
  readonly candidates: readonly Candidate[];
  readonly facts: RequestFacts;
  readonly state: StateView;
}

/** The laws of filters, over scenes that between them keep and reject. */
export function describeFilter(name: string, filter: Filter, scenes: readonly PolicyScene[]): void {
  describe(`filter ${name}`, () => {
    const cases = scenes.flatMap(({ candidates, facts, state }) =>
      candidates.map((candidate) => ({ candidate, facts, state })),
    );
    const verdicts = cases.map(({ candidate, facts, state }) => filter.reject(candidate, facts, state));

    it('keeps some and rejects some of these scenes', () => {
      expect(verdicts.some((verdict) => verdict === null)).toBe(true);
      expect(verdicts.some((verdict) => verdict !== null)).toBe(true);
    });

    it('gives the same answer twice, and changes nothing that it is handed', () => {
      for (const [i, { candidate, facts, state }] of cases.entries()) {
        const before = JSON.stringify([candidate, facts, state]);
        expect(filter.reject(candidate, facts, state)).toEqual(verdicts[i]);
        expect(JSON.stringify([candidate, facts, state])).toBe(before);
      }
    });

    it('says in words what was wanted and what was there, under its own id', () => {
      for (const verdict of verdicts.filter((one) => one !== null)) {
        expect(verdict.id).toBe(filter.id);
        expect([verdict.key, verdict.want, verdict.got].every((word) => word.length > 0)).toBe(true);
        expect(verdict.retryAfterMs === null || verdict.retryAfterMs > 0).toBe(true);
        expect(verdict.kind === 'health' || verdict.retryAfterMs === null).toBe(true);
      }
    });

    it('knows at load what it would say at run time, where it says that it knows', () => {
      for (const [i, { candidate }] of cases.entries()) {
        const kept = verdicts[i] === null;
        expect(filter.compile?.(candidate) ?? kept).toBe(kept);
      }
    });

    it('does not care for the weight of a candidate', () => {
      for (const [i, { candidate, facts, state }] of cases.entries()) {
        expect(filter.reject({ ...candidate, weight: 77 }, facts, state)).toEqual(verdicts[i]);
      }
    });
  });
}

/** The laws of prices. */
export function describePrice(price: Price, scenes: readonly PolicyScene[]): void {
  describe(`price ${price.id}`, () => {
    it('is unknown or a finite number of dollars that is not negative, the same each time', () => {
      const seen = new Set<string>();
      for (const { candidates, facts, state } of scenes) {
        for (const candidate of candidates) {
          const usd = price.usd(candidate, facts, state, null);
          expect(usd === null || (Number.isFinite(usd) && usd >= 0)).toBe(true);
          expect(price.usd(candidate, facts, state, null)).toBe(usd);
          seen.add(usd === null ? 'unknown' : 'known');
        }
      }
      expect(seen).toContain('known');
    });
  });
}

/** The laws of pickers. */
export function describePicker(picker: Picker, scenes: readonly PolicyScene[]): void {
  describe(`picker ${picker.id}`, () => {
    const scored = scenes.map(({ candidates, facts, state }) => ({
      facts,
      state,
      list: candidates.map((candidate, i): Scored =>
        Object.freeze({ candidate, usd: i % 3 === 0 ? null : 10 - i, parts: {}, miss: null }),
      ),
    }));

    it('orders exactly what it is given: nothing lost, nothing added', () => {
      for (const { list, facts, state } of scored) {
        for (let seed = 0; seed < 20; seed++) {
          const order = picker.order(list, facts, state, seededRandom(seed));
          expect(order).toHaveLength(list.length);
          expect(new Set(order)).toEqual(new Set(list));
        }
      }
    });

    it('leaves its input as it was', () => {
      for (const { list, facts, state } of scored) {
        const before = [...list];
        picker.order(Object.freeze(list), facts, state, seededRandom(5));
        expect(list).toEqual(before);
      }
    });

    it('gives the same order for the same seed', () => {
      for (const { list, facts, state } of scored) {
        const [a, b] = [seededRandom(9), seededRandom(9)];
        expect(picker.order(list, facts, state, a)).toEqual(picker.order(list, facts, state, b));
        expect(a.next()).toBe(b.next());
      }
    });

    it('has nothing to order in one candidate, or none', () => {
      for (const { list, facts, state } of scored) {
        expect(picker.order([], facts, state, seededRandom(1))).toEqual([]);
        expect(picker.order(list.slice(0, 1), facts, state, seededRandom(1))).toEqual(list.slice(0, 1));
      }
    });
  });
}
