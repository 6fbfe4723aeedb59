/** The fast exponential against the exact one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exponential } from '../../../src/embedded/exponential.ts';

describe('exponential', () => {
  it('is exact to single precision over its whole range', () => {
    fc.assert(
      fc.property(fc.double({ min: -87, max: 88, noNaN: true }), (x) => {
        expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(2e-8);
      }),
      { numRuns: 2000, seed: 11 },
    );
  });

  it('ends in zero, infinity and NaN', () => {
    expect(exponential(0)).toBe(1);
    expect(exponential(-1000)).toBe(0);
    expect(exponential(-Infinity)).toBe(0);
    expect(exponential(1000)).toBe(Infinity);
    expect(exponential(Number.NaN)).toBeNaN();
  });
});
