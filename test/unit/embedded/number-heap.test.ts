/** The heap gives what it was given, smallest first. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberHeap } from '../../../src/embedded/tokenizer/number-heap.ts';

describe('NumberHeap', () => {
  it('sorts', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (numbers) => {
        const heap = new NumberHeap();
        for (const number of numbers) heap.push(number);
        const out: number[] = [];
        for (let next = heap.pop(); next !== undefined; next = heap.pop()) out.push(next);
        expect(out).toEqual(numbers.toSorted((a, b) => a - b));
      }),
      { seed: 12 },
    );
  });
});
