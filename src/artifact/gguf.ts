/** Reads the header of a GGUF v3 file: metadata and tensor places, every announced number checked before it is used. */
import { ArtifactError } from './artifact-error.ts';
import { ByteCursor, type ByteSource } from './byte-source.ts';
import { GGUF_LIMITS, type GgufLimits } from './gguf-limits.ts';
import { type GgufTensor, readTensors } from './gguf-tensors.ts';
import { type GgufValue, readText, readValue } from './gguf-value.ts';

/** What a GGUF file says of itself, without its tensor data. */
export interface GgufHeader {
  readonly version: 3;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** By name, in the order of the file. */
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  /** Bytes; a power of two. */
  readonly alignment: number;
  /** Where tensor data begins, bytes from the file's start. */
  readonly dataOffset: number;
}

const MAGIC = 0x46554747;
const DEFAULT_ALIGNMENT = 32;

/**
 * Reads and checks a header. Memory stays in proportion to the header's bytes, which are really there.
 * Source: ggml docs/gguf.md.
 * @throws ArtifactError on anything that is not a sound GGUF v3 file
 */
export function readGguf(source: ByteSource, limits: GgufLimits = GGUF_LIMITS): GgufHeader {
  const cursor = new ByteCursor(source);
  if (source.size < 24 || cursor.u32('header') !== MAGIC) {
    throw new ArtifactError('wrong-format', 'header', 'the file does not begin with GGUF');
  }
  const version = cursor.u32('header');
  if (version !== 3) throw new ArtifactError('unsupported-version', 'header', `GGUF version ${version}; 3 is read`);
  const tensorCount = cursor.count('tensor count', limits.tensors);
  const metadataCount = cursor.count('metadata count', limits.metadata);
  const metadata = readMetadata(cursor, metadataCount, limits);
  const alignment = alignmentOf(metadata, limits);
  const { tensors, dataOffset } = readTensors(cursor, tensorCount, alignment, source.size, limits);
  return { version, metadata, tensors, alignment, dataOffset };
}

function readMetadata(cursor: ByteCursor, count: number, limits: GgufLimits): Map<string, GgufValue> {
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < count; i++) {
    const key = readText(cursor, `metadata key ${i}`, limits.keyBytes);
    if (metadata.has(key)) throw new ArtifactError('duplicate-name', key, 'the key occurs twice');
    metadata.set(key, readValue(cursor, key, limits));
    if (cursor.offset > limits.headerBytes) {
      throw new ArtifactError('limit-exceeded', key, `the header is larger than ${limits.headerBytes} bytes`);
    }
  }
  return metadata;
}

function alignmentOf(metadata: ReadonlyMap<string, GgufValue>, limits: GgufLimits): number {
  const key = 'general.alignment';
  const value = metadata.get(key) ?? DEFAULT_ALIGNMENT;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 8) {
    throw new ArtifactError('misaligned', key, 'must be a power of two, at least 8');
  }
  if (value > limits.alignment) throw new ArtifactError('limit-exceeded', key, `more than ${limits.alignment}`);
  if ((value & (value - 1)) !== 0) throw new ArtifactError('misaligned', key, `${value} is not a power of two`);
  return value;
}
