/** The inner loops of the matrix product as WebAssembly SIMD, generated for several block shapes. */
import {
  assemble,
  binary,
  type Code,
  constant,
  get,
  type Kernel,
  lane,
  loadVector,
  Op,
  repeatWhile,
  set,
  storeFloat,
  vectorBinary,
  zeroVector,
} from './assembler.ts';

/** Rows of the matrix and inputs that one pass of the inner loop covers. */
export interface Block {
  readonly rows: number;
  readonly inputs: number;
}

/** The shapes that are generated; wide blocks read a row once for several inputs, narrow ones finish what is left. */
export const BLOCKS: readonly Block[] = [
  { rows: 2, inputs: 4 },
  { rows: 1, inputs: 4 },
  { rows: 4, inputs: 1 },
  { rows: 1, inputs: 1 },
];

/** The exported name of a block's kernel. */
export const kernelName = ({ rows, inputs }: Block): string => `block${rows}x${inputs}`;

const [OUT, MATRIX, INPUT, ROWS, COLUMNS, MATRIX_STRIDE, INPUT_STRIDE, OUT_STRIDE, INDEX, BASES] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
];
const PARAMETERS = 8;
const VECTOR_BYTES = 16;

const times = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const add = (left: Code, right: Code): Code => binary(Op.i32Add, left, right);
const scaled = (factor: number, local: number): Code => binary(Op.i32Mul, constant(factor), get(local));

/**
 * All sizes, strides and addresses are in bytes; `rows` counts and is a multiple of the block's rows, `columns` a multiple of 16.
 * Every output has one accumulator of four lanes, so that the sum does not depend on the block shape that computed it.
 */
function kernelOf(block: Block): Kernel {
  const rowBase = (row: number): number => BASES + row;
  const inputBase = (input: number): number => BASES + block.rows + input;
  const integers = 1 + block.rows + block.inputs;
  const firstVector = PARAMETERS + integers;
  const sum = (row: number, input: number): number => firstVector + row * block.inputs + input;
  const loaded = (input: number): number => firstVector + block.rows * block.inputs + input;
  const current = firstVector + block.rows * block.inputs + block.inputs;
  const cells = times(block.rows).flatMap((row) => times(block.inputs).map((input) => ({ row, input })));

  const inner = [
    ...times(block.inputs).flatMap((input) => set(loaded(input), loadVector(add(get(inputBase(input)), get(INDEX))))),
    ...times(block.rows).flatMap((row) => [
      ...set(current, loadVector(add(get(rowBase(row)), get(INDEX)))),
      ...times(block.inputs).flatMap((input) =>
        set(
          sum(row, input),
          vectorBinary(Op.f32x4Add, get(sum(row, input)), vectorBinary(Op.f32x4Mul, get(current), get(loaded(input)))),
        ),
      ),
    ]),
    ...set(INDEX, add(get(INDEX), constant(VECTOR_BYTES))),
  ];
  const body = repeatWhile(
    [
      ...times(block.rows).flatMap((row) => set(rowBase(row), add(get(MATRIX), scaled(row, MATRIX_STRIDE)))),
      ...cells.flatMap(({ row, input }) => set(sum(row, input), zeroVector)),
      ...set(INDEX, constant(0)),
      ...repeatWhile(inner, binary(Op.i32LtU, get(INDEX), get(COLUMNS))),
      ...cells.flatMap(({ row, input }) =>
        storeFloat(add(add(get(OUT), constant(4 * row)), scaled(input, OUT_STRIDE)), horizontal(get(sum(row, input)))),
      ),
      ...set(MATRIX, add(get(MATRIX), scaled(block.rows, MATRIX_STRIDE))),
      ...set(OUT, add(get(OUT), constant(4 * block.rows))),
      ...set(ROWS, binary(Op.i32Sub, get(ROWS), constant(block.rows))),
    ],
    get(ROWS),
  );
  return {
    name: kernelName(block),
    parameters: PARAMETERS,
    integers,
    vectors: block.rows * block.inputs + block.inputs + 1,
    body: [
      ...times(block.inputs).flatMap((input) => set(inputBase(input), add(get(INPUT), scaled(input, INPUT_STRIDE)))),
      ...body,
    ],
  };
}

/** (a + c) + (b + d) of the four lanes. */
function horizontal(vector: Code): Code {
  return binary(
    Op.f32Add,
    binary(Op.f32Add, lane(vector, 0), lane(vector, 2)),
    binary(Op.f32Add, lane(vector, 1), lane(vector, 3)),
  );
}

/** The module's bytes: compile them where the runtime allows it, or write them to a file for one that takes modules only. */
export function matmulModule(): Uint8Array<ArrayBuffer> {
  return assemble(BLOCKS.map(kernelOf));
}
