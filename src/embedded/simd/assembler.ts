/** A WebAssembly assembler just large enough for the SIMD kernels: functions over one imported memory. */

/** A run of instruction bytes. */
export type Code = readonly number[];

/** The opcodes in use. Source: WebAssembly core specification 2.0, binary format of instructions (vector ops prefixed 0xfd). */
export const Op = Object.freeze({
  loop: 0x03,
  end: 0x0b,
  brIf: 0x0d,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  f32Store: 0x38,
  i32Const: 0x41,
  i32LtU: 0x49,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  f32Add: 0x92,
  v128Load: 0x00,
  v128Const: 0x0c,
  f32x4ExtractLane: 0x1f,
  f32x4Add: 0xe4,
  f32x4Mul: 0xe6,
});

const VECTOR = 0xfd;
const I32 = 0x7f;
const V128 = 0x7b;
const VOID_BLOCK = 0x40;
const MAGIC_AND_VERSION: Code = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const low = value & 0x7f;
    value >>>= 7;
    bytes.push(value === 0 ? low : low | 0x80);
  } while (value !== 0);
  return bytes;
}

/** Signed LEB128 of a small non-negative constant. */
function signed(value: number): number[] {
  const bytes = unsigned(value);
  const last = bytes.at(-1) ?? 0;
  if ((last & 0x40) === 0) return bytes;
  return [...bytes.slice(0, -1), last | 0x80, 0];
}

/** `local.get`. */
export const get = (local: number): Code => [Op.localGet, ...unsigned(local)];

/** `local.set` of what `value` leaves on the stack. */
export const set = (local: number, value: Code): Code => [...value, Op.localSet, ...unsigned(local)];

/** `i32.const`, not negative. */
export const constant = (value: number): Code => [Op.i32Const, ...signed(value)];

/** Two operands and a one-byte instruction. */
export const binary = (op: number, left: Code, right: Code): Code => [...left, ...right, op];

/** Two operands and a vector instruction. */
export const vectorBinary = (op: number, left: Code, right: Code): Code => [...left, ...right, VECTOR, ...unsigned(op)];

/** Loads four floats; they need no alignment beyond their own. */
export const loadVector = (address: Code): Code => [...address, VECTOR, ...unsigned(Op.v128Load), 2, 0];

/** Four zeros. */
export const zeroVector: Code = [VECTOR, ...unsigned(Op.v128Const), ...new Array<number>(16).fill(0)];

/** One float of a vector. */
export const lane = (vector: Code, index: number): Code => [...vector, VECTOR, ...unsigned(Op.f32x4ExtractLane), index];

/** Stores one float. */
export const storeFloat = (address: Code, value: Code): Code => [...address, ...value, Op.f32Store, 2, 0];

/** Runs `body` once and again as long as `condition` leaves a non-zero i32. */
export const repeatWhile = (body: Code, condition: Code): Code => [
  Op.loop,
  VOID_BLOCK,
  ...body,
  ...condition,
  Op.brIf,
  0,
  Op.end,
];

/** An exported function of i32 parameters and no result. Locals are numbered: parameters, then i32, then vectors. */
export interface Kernel {
  readonly name: string;
  readonly parameters: number;
  readonly integers: number;
  readonly vectors: number;
  readonly body: Code;
}

const vector = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const section = (id: number, content: Code): number[] => [id, ...unsigned(content.length), ...content];
const text = (value: string): number[] => vector([...value].map((letter) => [letter.codePointAt(0) ?? 0]));

function functionCode(kernel: Kernel): number[] {
  const locals = vector([
    [...unsigned(kernel.integers), I32],
    [...unsigned(kernel.vectors), V128],
  ]);
  const code = [...locals, ...kernel.body, Op.end];
  return [...unsigned(code.length), ...code];
}

/** A module that imports `env.memory` and exports the kernels by name. */
export function assemble(kernels: readonly Kernel[]): Uint8Array<ArrayBuffer> {
  const types = kernels.map(({ parameters }) => [0x60, ...vector(new Array<number[]>(parameters).fill([I32])), 0]);
  return Uint8Array.from([
    ...MAGIC_AND_VERSION,
    ...section(1, vector(types)),
    ...section(2, vector([[...text('env'), ...text('memory'), 2, 0, 1]])),
    ...section(3, vector(kernels.map((_, index) => unsigned(index)))),
    ...section(7, vector(kernels.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]))),
    ...section(10, vector(kernels.map(functionCode))),
  ]);
}
