/** The one operation that costs: matrix times vectors, over one array of floats that holds everything a model needs. */

/** Where a product's operands lie; offsets and strides count floats, columns are a multiple of four. */
export interface Product {
  /** Output `row` of input `i` goes to `out + i * outStride + row`. */
  readonly out: number;
  readonly outStride: number;
  readonly matrix: number;
  readonly matrixStride: number;
  readonly rows: number;
  readonly columns: number;
  readonly input: number;
  readonly inputStride: number;
  readonly inputs: number;
}

/** Memory and arithmetic. A product's sums do not depend on how many inputs are computed together. */
export interface Kernels {
  readonly floats: Float32Array;
  multiply(product: Product): void;
}

/** Makes kernels with room for a number of floats, all zero. */
export type KernelFactory = (floats: number) => Kernels;

/** Plain JavaScript: runs everywhere, about a tenth of the speed of SIMD. */
export const plainKernels: KernelFactory = (size) => {
  const floats = new Float32Array(size);
  const multiply = (product: Product): void => {
    const { out, outStride, matrix, matrixStride, rows, columns, input, inputStride, inputs } = product;
    for (let i = 0; i < inputs; i++) {
      const from = input + i * inputStride;
      const to = out + i * outStride;
      for (let row = 0; row < rows; row++) {
        floats[to + row] = dot(floats, matrix + row * matrixStride, from, columns);
      }
    }
  };
  return { floats, multiply };
};

/** Four sums, as the lanes of a vector. */
function dot(floats: Float32Array, left: number, right: number, count: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < count; i += 4) {
    a += floats[left + i]! * floats[right + i]!;
    b += floats[left + i + 1]! * floats[right + i + 1]!;
    c += floats[left + i + 2]! * floats[right + i + 2]!;
    d += floats[left + i + 3]! * floats[right + i + 3]!;
  }
  return a + c + (b + d);
}
