/** Typed access to GGUF metadata, for readers that know which keys they need. */
import { ArtifactError } from './artifact-error.ts';
import type { GgufValue } from './gguf-value.ts';

/** Metadata by key. */
export type GgufMetadata = ReadonlyMap<string, GgufValue>;

function missing(key: string): never {
  throw new ArtifactError('missing', key, 'the file does not have this key');
}

/** A whole number within bounds; `fallback` where the key is absent, without one its absence is `missing`. */
export function integerField(
  metadata: GgufMetadata,
  key: string,
  bounds: { readonly min: number; readonly max: number; readonly fallback?: number },
): number {
  const raw = metadata.get(key) ?? bounds.fallback ?? missing(key);
  const value = typeof raw === 'bigint' ? Number(raw) : raw;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new ArtifactError('malformed', key, 'must be a whole number');
  }
  if (value < bounds.min || value > bounds.max) {
    throw new ArtifactError('unsupported', key, `${value} is not between ${bounds.min} and ${bounds.max}`);
  }
  return value;
}

/** A finite positive number; `fallback` where the key is absent. */
export function positiveField(metadata: GgufMetadata, key: string, fallback?: number): number {
  const value = metadata.get(key) ?? fallback ?? missing(key);
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
    throw new ArtifactError('malformed', key, 'must be a positive number');
  }
  return value;
}

/** A string; null where the key is absent. */
export function textField(metadata: GgufMetadata, key: string): string | null {
  const value = metadata.get(key);
  if (value === undefined) return null;
  if (typeof value !== 'string') throw new ArtifactError('malformed', key, 'must be a string');
  return value;
}

/** A truth value; null where the key is absent. */
export function booleanField(metadata: GgufMetadata, key: string): boolean | null {
  const value = metadata.get(key);
  if (value === undefined) return null;
  if (typeof value !== 'boolean') throw new ArtifactError('malformed', key, 'must be true or false');
  return value;
}

/** An array of strings; empty where the key is absent. */
export function textsField(metadata: GgufMetadata, key: string): readonly string[] {
  const value = metadata.get(key) ?? [];
  if (!Array.isArray(value)) throw new ArtifactError('malformed', key, 'must be an array of strings');
  const texts = value.filter((item): item is string => typeof item === 'string');
  if (texts.length !== value.length) throw new ArtifactError('malformed', key, 'must be an array of strings');
  return texts;
}

/** An array of 32-bit integers; null where the key is absent. */
export function integersField(metadata: GgufMetadata, key: string): Int32Array | Uint32Array | null {
  const value = metadata.get(key);
  if (value === undefined) return null;
  if (value instanceof Int32Array || value instanceof Uint32Array) return value;
  throw new ArtifactError('malformed', key, 'must be an array of 32-bit integers');
}
