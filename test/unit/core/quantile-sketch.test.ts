/** Quantile sketches: their error is bounded, the old fades, and time does not overflow them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QuantileSketch } from '../../../src/core/quantile-sketch.ts';

const OPTIONS = { relativeError: 0.02, min: 0.01, max: 100, halfLifeMs: 60_000 } as const;

describe('a quantile sketch', () => {
  it('is empty at first', () => {
    const sketch = new QuantileSketch(OPTIONS);
    expect(sketch.quantile(0.5)).toBeNull();
    expect(sketch.count(5)).toBe(0);
  });

  it('answers every quantile of what it saw within its relative error', () => {
    const values = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.double({ min: 0.001, max: 1, noNaN: true }), (seen, q) => {
        const sketch = new QuantileSketch(OPTIONS);
        for (const value of seen) sketch.add(value, 1000);
        const exact = seen.toSorted((a, b) => a - b)[Math.ceil(q * seen.length - 1e-9) - 1]!;
        const told = sketch.quantile(q)!;
        expect(Math.abs(told - exact) / exact).toBeLessThanOrEqual(OPTIONS.relativeError + 1e-9);
      }),
    );
  });

  it('counts values outside of its range at the ends', () => {
    const sketch = new QuantileSketch(OPTIONS);
    sketch.add(0, 0);
    sketch.add(1e9, 0);
    expect(sketch.quantile(0.4)).toBeLessThan(0.0101);
    expect(sketch.quantile(1)).toBeGreaterThan(98);
  });

  it('halves what is a half-life old', () => {
    const sketch = new QuantileSketch(OPTIONS);
    for (let i = 0; i < 30; i++) sketch.add(1, 0);
    for (let i = 0; i < 20; i++) sketch.add(10, 60_000);
    expect(sketch.count(60_000)).toBeCloseTo(35, 9);
    expect(sketch.quantile(0.5)).toBeGreaterThan(9);
  });

  it('goes on for years', () => {
    const sketch = new QuantileSketch(OPTIONS);
    const year = 365 * 86_400_000;
    sketch.add(1, 0);
    sketch.add(10, 10 * year);
    expect(sketch.quantile(0.5)).toBeGreaterThan(9);
    expect(sketch.count(10 * year)).toBeCloseTo(1, 9);
  });
});
