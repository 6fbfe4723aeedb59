/** The matrix product: SIMD and plain agree, and what is computed together does not change the sums. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/clock.ts';
import { type Kernels, plainKernels, type Product } from '../../../src/embedded/kernels.ts';
import { compileKernels, simdKernels } from '../../../src/embedded/simd/simd-kernels.ts';

const SIZE = 6000;
const simd = simdKernels(compileKernels());

function filled(kernels: Kernels, seed: number): Kernels {
  const random = seededRandom(seed);
  for (let i = 0; i < SIZE; i++) kernels.floats[i] = 2 * random.next() - 1;
  return kernels;
}

const shape = fc.record({
  rows: fc.integer({ min: 1, max: 19 }),
  columns: fc.integer({ min: 1, max: 12 }).map((n) => n * 4),
  inputs: fc.integer({ min: 1, max: 11 }),
  pad: fc.integer({ min: 0, max: 5 }),
  seed: fc.integer({ min: 0, max: 1000 }),
});

function productOf({
  rows,
  columns,
  inputs,
  pad,
}: {
  rows: number;
  columns: number;
  inputs: number;
  pad: number;
}): Product {
  const matrix = 3;
  const input = matrix + rows * (columns + pad) + 1;
  const out = input + inputs * (columns + pad) + 2;
  return {
    out,
    outStride: rows + pad,
    matrix,
    matrixStride: columns + pad,
    rows,
    columns,
    input,
    inputStride: columns + pad,
    inputs,
  };
}

describe('kernels', () => {
  it('compute every product alike and touch nothing else', () => {
    fc.assert(
      fc.property(shape, (sizes) => {
        const product = productOf(sizes);
        const plain = filled(plainKernels(SIZE), sizes.seed);
        const fast = filled(simd(SIZE), sizes.seed);
        plain.multiply(product);
        fast.multiply(product);
        const furthest = plain.floats.reduce((most, value, i) => Math.max(most, Math.abs(value - fast.floats[i]!)), 0);
        expect(furthest).toBeLessThan(1e-5);
        const untouched = filled(plainKernels(SIZE), sizes.seed).floats;
        expect(fast.floats.subarray(0, product.out)).toEqual(untouched.subarray(0, product.out));
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it.each([
    ['plain', plainKernels],
    ['simd', simd],
  ])('give the same bits for inputs alone and together: %s', (_, factory) => {
    fc.assert(
      fc.property(shape, (sizes) => {
        const product = productOf(sizes);
        const together = filled(factory(SIZE), sizes.seed);
        const alone = filled(factory(SIZE), sizes.seed);
        together.multiply(product);
        for (let i = 0; i < product.inputs; i++) {
          const input = product.input + i * product.inputStride;
          alone.multiply({ ...product, inputs: 1, input, out: product.out + i * product.outStride });
        }
        expect(alone.floats).toEqual(together.floats);
      }),
      { numRuns: 60, seed: 6 },
    );
  });

  it('refuses a module that is not ours', () => {
    expect(() => simdKernels(new Object())(4)).toThrow(TypeError);
  });
});
