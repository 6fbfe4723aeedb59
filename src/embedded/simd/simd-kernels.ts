/** Kernels in WebAssembly SIMD. */
import type { KernelFactory, Product } from '../kernels.ts';
import { type Block, BLOCKS, kernelName, matmulModule } from './matmul-code.ts';

/** A compiled module with the kernels: a `WebAssembly.Module`. */
export type KernelModule = object;

type BlockKernel = (
  out: number,
  matrix: number,
  input: number,
  rows: number,
  columns: number,
  matrixStride: number,
  inputStride: number,
  outStride: number,
) => void;

/** The part of the runtime's API in use; the library that declares it is the browser's, which is not loaded here. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => KernelModule;
  readonly Memory: new (limits: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (
    module: KernelModule,
    imports: { readonly env: { readonly memory: object } },
  ) => { readonly exports: Readonly<Record<string, BlockKernel>> };
};

interface LoadedBlock extends Block {
  readonly run: BlockKernel;
}

const PAGE_BYTES = 65_536;
const FLOAT_BYTES = 4;
const GROUP = 4;

/** Compiles the kernels; only for runtimes that may compile at run time (Node may, workerd may not). */
export function compileKernels(): KernelModule {
  return new WebAssembly.Module(matmulModule());
}

/**
 * Kernels of a compiled module (`matmulModule` has its bytes).
 * @throws TypeError when the module is another one
 */
export function simdKernels(module: KernelModule): KernelFactory {
  return (size) => {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((size * FLOAT_BYTES) / PAGE_BYTES) });
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    const blocks = BLOCKS.map((block) => ({ ...block, run: kernelOf(exports[kernelName(block)]) }));
    const wide = blocks.filter(({ inputs }) => inputs === GROUP);
    const narrow = blocks.filter(({ inputs }) => inputs === 1);
    const multiply = (product: Product): void => {
      const grouped = product.inputs - (product.inputs % GROUP);
      for (let i = 0; i < grouped; i += GROUP) runBlocks(wide, product, i);
      for (let i = grouped; i < product.inputs; i++) runBlocks(narrow, product, i);
    };
    return { floats: new Float32Array(memory.buffer, 0, size), multiply };
  };
}

function kernelOf(value: BlockKernel | undefined): BlockKernel {
  if (typeof value !== 'function') throw new TypeError('the module does not hold the kernels of this version');
  return value;
}

/** All rows for the inputs from `first` on: as many as possible with the tallest block, the rest with the flat one. */
function runBlocks(blocks: readonly LoadedBlock[], product: Product, first: number): void {
  let row = 0;
  for (const { rows, run } of blocks) {
    const left = product.rows - row;
    const count = left - (left % rows);
    if (count === 0) continue;
    run(
      (product.out + first * product.outStride + row) * FLOAT_BYTES,
      (product.matrix + row * product.matrixStride) * FLOAT_BYTES,
      (product.input + first * product.inputStride) * FLOAT_BYTES,
      count,
      product.columns * FLOAT_BYTES,
      product.matrixStride * FLOAT_BYTES,
      product.inputStride * FLOAT_BYTES,
      product.outStride * FLOAT_BYTES,
    );
    row += count;
  }
}
