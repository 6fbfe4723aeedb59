/** Brings a file's weights into memory as floats, whatever they are stored as. */
import { ArtifactError } from '../artifact/artifact-error.ts';
import type { ByteSource } from '../artifact/byte-source.ts';
import type { GgufTensor } from '../artifact/gguf-tensors.ts';
import type { WeightPlace } from './layout.ts';

const Q8_ITEMS = 32;
const Q8_BYTES = 34;

/** A weight in the file and its place in memory. */
export interface FoundWeight {
  readonly tensor: GgufTensor;
  readonly at: number;
}

/**
 * Finds every weight in the file, before any memory is taken for them. Tensors that no place names are left alone.
 * @throws ArtifactError `missing`, `bad-range` for a wrong shape, `unsupported` for a stored type that is not read
 */
export function findWeights(
  tensors: ReadonlyMap<string, GgufTensor>,
  places: readonly WeightPlace[],
): readonly FoundWeight[] {
  return places.map((place) => {
    const tensor = tensors.get(place.name);
    if (tensor === undefined) throw new ArtifactError('missing', place.name, 'the file does not have this tensor');
    checkShape(tensor, place);
    if (!DECODERS.has(tensor.type.name)) {
      throw new ArtifactError('unsupported', tensor.name, `${tensor.type.name} is not read; F32, F16 and Q8_0 are`);
    }
    return { tensor, at: place.at };
  });
}

/** Reads every weight to its place. */
export function loadWeights(source: ByteSource, weights: readonly FoundWeight[], floats: Float32Array): void {
  for (const { tensor, at } of weights) {
    const bytes = source.read(tensor.offset, tensor.bytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    DECODERS.get(tensor.type.name)?.(view, floats.subarray(at, at + tensor.elements));
  }
}

function checkShape({ name, shape }: GgufTensor, { columns, rows }: WeightPlace): void {
  const [first = 1, second = 1, ...rest] = shape;
  if (first !== columns || second !== rows || rest.some((size) => size !== 1)) {
    throw new ArtifactError('bad-range', name, `has shape ${shape.join(' x ')}, ${columns} x ${rows} is needed`);
  }
}

function decodeF32(view: DataView, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = view.getFloat32(i * 4, true);
}

function decodeF16(view: DataView, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = view.getFloat16(i * 2, true);
}

/** Blocks of 32: one half-precision scale, then 32 signed bytes. */
function decodeQ8(view: DataView, out: Float32Array): void {
  for (let block = 0, at = 0; block < out.length; block += Q8_ITEMS, at += Q8_BYTES) {
    const scale = view.getFloat16(at, true);
    for (let i = 0; i < Q8_ITEMS; i++) out[block + i] = scale * view.getInt8(at + 2 + i);
  }
}

/** By the name of the stored type. */
const DECODERS: ReadonlyMap<string, (view: DataView, out: Float32Array) => void> = new Map([
  ['F32', decodeF32],
  ['F16', decodeF16],
  ['Q8_0', decodeQ8],
]);
