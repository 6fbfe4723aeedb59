/** Reads where the tensors of a GGUF file lie and proves that every range is inside the file and no two overlap. */
import { ArtifactError } from './artifact-error.ts';
import type { ByteCursor } from './byte-source.ts';
import { GGML_TYPES, type GgmlType } from './ggml-types.ts';
import type { GgufLimits } from './gguf-limits.ts';
import { readText } from './gguf-value.ts';

/** A tensor's place and shape. */
export interface GgufTensor {
  readonly name: string;
  readonly type: GgmlType;
  /** Fastest dimension first, as ggml has it: a matrix of r rows and c columns is [c, r]. */
  readonly shape: readonly number[];
  readonly elements: number;
  /** Bytes from the file's start. */
  readonly offset: number;
  readonly bytes: number;
}

/** The tensors by name and the start of their data. */
export interface TensorList {
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  readonly dataOffset: number;
}

const MAX_DIMENSIONS = 4;
/** Name length, dimension count, one dimension, type, offset. */
const MIN_ENTRY_BYTES = 8 + 4 + 8 + 4 + 8;

/** Reads `count` entries; the offsets in the file are relative to the aligned end of the list. */
export function readTensors(
  cursor: ByteCursor,
  count: number,
  alignment: number,
  size: number,
  limits: GgufLimits,
): TensorList {
  if (count * MIN_ENTRY_BYTES > cursor.remaining) {
    throw new ArtifactError('truncated', 'tensor count', `${count} tensors do not fit into the rest of the file`);
  }
  const relative: GgufTensor[] = [];
  const names = new Set<string>();
  for (let i = 0; i < count; i++) {
    const tensor = readTensor(cursor, i, alignment, size, limits);
    if (names.has(tensor.name)) throw new ArtifactError('duplicate-name', tensor.name, 'the tensor occurs twice');
    names.add(tensor.name);
    relative.push(tensor);
  }
  const dataOffset = Math.ceil(cursor.offset / alignment) * alignment;
  if (dataOffset > limits.headerBytes) {
    throw new ArtifactError('limit-exceeded', 'header', `larger than ${limits.headerBytes} bytes`);
  }
  const tensors = new Map(relative.map((tensor) => [tensor.name, { ...tensor, offset: dataOffset + tensor.offset }]));
  checkRanges([...tensors.values()], size);
  return { tensors, dataOffset };
}

function readTensor(
  cursor: ByteCursor,
  index: number,
  alignment: number,
  size: number,
  limits: GgufLimits,
): GgufTensor {
  const name = readText(cursor, `tensor ${index}`, limits.nameBytes);
  const shape = readShape(cursor, name);
  const typeId = cursor.u32(name);
  const type = GGML_TYPES.get(typeId);
  if (type === undefined) throw new ArtifactError('unknown-type', name, `tensor type ${typeId}`);
  const offset = cursor.u64(name);
  if (offset > BigInt(size)) throw new ArtifactError('bad-range', name, `offset ${offset} lies outside the file`);
  if (Number(offset) % alignment !== 0) {
    throw new ArtifactError('misaligned', name, `offset ${offset} is not a multiple of ${alignment}`);
  }
  const elements = shape.reduce((product, dimension) => product * dimension, 1);
  const row = shape[0] ?? 1;
  if (row % type.block !== 0) {
    throw new ArtifactError('bad-range', name, `a row of ${row} elements is not whole blocks of ${type.block}`);
  }
  const bytes = (elements / type.block) * type.bytes;
  // Beyond 2^53 the product is inexact, and far beyond any file, so the same comparison refuses it.
  if (bytes > size) throw new ArtifactError('bad-range', name, `${bytes} bytes are more than the file has`);
  return { name, type, shape, elements, offset: Number(offset), bytes };
}

function readShape(cursor: ByteCursor, name: string): number[] {
  const dimensions = cursor.u32(name);
  if (dimensions > MAX_DIMENSIONS) throw new ArtifactError('limit-exceeded', name, `${dimensions} dimensions`);
  return Array.from({ length: dimensions }, () => {
    const size = cursor.count(name, Number.MAX_SAFE_INTEGER);
    if (size === 0) throw new ArtifactError('malformed', name, 'a dimension is zero');
    return size;
  });
}

function checkRanges(tensors: readonly GgufTensor[], size: number): void {
  let end = 0;
  let before = '';
  for (const { name, offset, bytes } of tensors.toSorted((a, b) => a.offset - b.offset)) {
    if (offset < end) throw new ArtifactError('bad-range', name, `overlaps ${before}`);
    if (offset + bytes > size) throw new ArtifactError('bad-range', name, 'ends after the file');
    end = offset + bytes;
    before = name;
  }
}
