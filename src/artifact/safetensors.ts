/** Reads the header of a safetensors file: names, types, shapes and places, every range proven before it is told. */
import type { Json, JsonObject } from '../core/json.ts';
import { isJsonArray, isJsonObject } from '../core/json.ts';
import { ArtifactError } from './artifact-error.ts';
import type { ByteSource } from './byte-source.ts';
import { checkJsonKeys } from './json-keys.ts';

/** A tensor's place and shape. */
export interface SafeTensor {
  readonly name: string;
  readonly dtype: string;
  /** Slowest dimension first. */
  readonly shape: readonly number[];
  /** Bytes from the file's start. */
  readonly offset: number;
  readonly bytes: number;
}

/** What a safetensors file says of itself, without its tensor data. */
export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  /** By name, in the order of their data. */
  readonly tensors: ReadonlyMap<string, SafeTensor>;
  /** Where tensor data begins, bytes from the file's start. */
  readonly dataOffset: number;
}

/** Upper bounds on what a file may announce. */
export interface SafetensorsLimits {
  readonly headerBytes: number;
  readonly tensors: number;
  readonly dimensions: number;
}

/** The format's own header limit; room for the largest published models. */
export const SAFETENSORS_LIMITS: SafetensorsLimits = Object.freeze({
  headerBytes: 100_000_000,
  tensors: 1_000_000,
  dimensions: 16,
});

/** Bits per element. Source: safetensors `Dtype::bitsize`. */
const BITS: ReadonlyMap<string, number> = new Map([
  ...['BOOL', 'U8', 'I8', 'F8_E5M2', 'F8_E4M3', 'F8_E8M0', 'F8_E4M3FNUZ', 'F8_E5M2FNUZ'].map((t) => [t, 8] as const),
  ...['U16', 'I16', 'F16', 'BF16'].map((t) => [t, 16] as const),
  ...['U32', 'I32', 'F32'].map((t) => [t, 32] as const),
  ...['U64', 'I64', 'F64', 'C64'].map((t) => [t, 64] as const),
  ...['F6_E2M3', 'F6_E3M2'].map((t) => [t, 6] as const),
  ['F4', 4] as const,
]);

const LENGTH_BYTES = 8;
const METADATA_KEY = '__metadata__';

/**
 * Reads and checks a header: length inside the file, strict JSON without repeated keys, ranges that fill the data exactly.
 * Source: safetensors README and `Metadata::validate`.
 * @throws ArtifactError on anything that is not a sound safetensors file
 */
export function readSafetensorsHeader(
  source: ByteSource,
  limits: SafetensorsLimits = SAFETENSORS_LIMITS,
): SafetensorsHeader {
  const { text, dataOffset } = readHeaderText(source, limits);
  checkJsonKeys(text, 4);
  const header = parseHeader(text);
  const names = Object.keys(header).filter((name) => name !== METADATA_KEY);
  if (names.length > limits.tensors) throw new ArtifactError('limit-exceeded', 'header', `${names.length} tensors`);
  const tensors = names.map((name) => readTensor(name, header[name], dataOffset, source.size, limits));
  tensors.sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  checkContiguous(tensors, dataOffset, source.size);
  return {
    metadata: readMetadata(header[METADATA_KEY]),
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    dataOffset,
  };
}

function readHeaderText(source: ByteSource, limits: SafetensorsLimits): { text: string; dataOffset: number } {
  if (source.size < LENGTH_BYTES + 2) throw new ArtifactError('wrong-format', 'header', 'the file is too short');
  const start = source.read(0, LENGTH_BYTES);
  const length = new DataView(start.buffer, start.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > BigInt(limits.headerBytes)) {
    throw new ArtifactError('limit-exceeded', 'header', `${length} bytes are more than ${limits.headerBytes}`);
  }
  const bytes = Number(length);
  if (bytes > source.size - LENGTH_BYTES) {
    throw new ArtifactError('truncated', 'header', `${bytes} bytes are announced, ${source.size} are in the file`);
  }
  const header = source.read(LENGTH_BYTES, bytes);
  if (header[0] !== 0x7b) throw new ArtifactError('wrong-format', 'header', 'the header does not begin with {');
  return { text: decode(header), dataOffset: LENGTH_BYTES + bytes };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ArtifactError('malformed', 'header', 'the text is not UTF-8');
  }
}

function parseHeader(text: string): JsonObject {
  try {
    const value: Json = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // The same refusal as for JSON that is no object.
  }
  throw new ArtifactError('malformed', 'header', 'not one JSON object');
}

function readMetadata(value: Json | undefined): Map<string, string> {
  const metadata = new Map<string, string>();
  if (value === undefined) return metadata;
  if (!isJsonObject(value)) throw new ArtifactError('malformed', METADATA_KEY, 'must be an object of strings');
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw new ArtifactError('malformed', METADATA_KEY, `${key} is not a string`);
    metadata.set(key, text);
  }
  return metadata;
}

function readTensor(
  name: string,
  value: Json | undefined,
  dataOffset: number,
  size: number,
  limits: SafetensorsLimits,
): SafeTensor {
  if (!isJsonObject(value)) throw new ArtifactError('malformed', name, 'must be an object');
  const bits = typeof value['dtype'] === 'string' ? BITS.get(value['dtype']) : undefined;
  if (bits === undefined) throw new ArtifactError('unknown-type', name, `dtype ${JSON.stringify(value['dtype'])}`);
  const shape = integers(value['shape'], name, 'shape');
  if (shape.length > limits.dimensions) throw new ArtifactError('limit-exceeded', name, `${shape.length} dimensions`);
  const [begin, end, ...rest] = integers(value['data_offsets'], name, 'data_offsets');
  if (begin === undefined || end === undefined || rest.length > 0) {
    throw new ArtifactError('malformed', name, 'data_offsets must be two numbers');
  }
  if (begin > end || dataOffset + end > size) {
    throw new ArtifactError('bad-range', name, `${begin} to ${end} lies outside the file`);
  }
  const bytes = (shape.reduce((product, dimension) => product * dimension, 1) * bits) / 8;
  if (bytes !== end - begin) {
    throw new ArtifactError('bad-range', name, `shape and dtype need ${bytes} bytes, the range has ${end - begin}`);
  }
  return { name, dtype: String(value['dtype']), shape, offset: dataOffset + begin, bytes };
}

function integers(value: Json | undefined, name: string, field: string): number[] {
  if (isJsonArray(value) && value.every((item) => Number.isSafeInteger(item) && Number(item) >= 0)) {
    return value.map(Number);
  }
  throw new ArtifactError('malformed', name, `${field} must be an array of whole numbers`);
}

function checkContiguous(tensors: readonly SafeTensor[], dataOffset: number, size: number): void {
  let end = dataOffset;
  for (const { name, offset, bytes } of tensors) {
    if (offset !== end) throw new ArtifactError('bad-range', name, 'the data has a hole or an overlap before it');
    end = offset + bytes;
  }
  if (end !== size)
    throw new ArtifactError('bad-range', 'header', `${size - end} bytes at the end belong to no tensor`);
}
