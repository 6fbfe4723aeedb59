/** What a signature says of a model: its files with their digests, and how they were read. */
import { joinBytes } from '../crypto/bytes.ts';
import { digestOf } from '../crypto/digest.ts';
import { fromHex, toHex } from '../crypto/hex.ts';
import { compareNames, type FileDigest } from './file-digest.ts';

/** Digest algorithms of the standard; only `sha256` can be recomputed here. */
export type HashType = 'sha256' | 'blake2b' | 'blake3';

/** One signed file, or one range of it under `shards`. */
export interface Resource {
  /** Canonical; of a shard `path:start:end`. */
  readonly name: string;
  /** Lower-case hexadecimal. */
  readonly digest: string;
}

/** What was signed. */
export interface Manifest {
  /** In the order of the signature: the root digest covers it. */
  readonly resources: readonly Resource[];
  readonly method: 'files' | 'shards';
  readonly hashType: HashType;
  /** Size of a shard; null under `files`. */
  readonly shardBytes: number | null;
  /** Links were followed when it was signed. */
  readonly allowSymlinks: boolean;
  /** Paths that the signer left out, relative to the model. */
  readonly ignorePaths: readonly string[];
}

/** Makes the manifest of a model that was hashed whole, in the order of the standard. */
export function manifestOf(files: readonly FileDigest[], ignorePaths: readonly string[]): Manifest {
  const resources = files
    .map(({ name, sha256 }) => ({ name, digest: toHex(sha256) }))
    .sort((a, b) => compareNames(a.name, b.name));
  return { resources, method: 'files', hashType: 'sha256', shardBytes: null, allowSymlinks: false, ignorePaths };
}

/**
 * The root digest: SHA-256, in lower-case hexadecimal, over the raw digests in listed order (OMS v1.0 section 6.5.1). Names
 * are not in it: two models with the same contents under other names share it.
 */
export async function rootDigestOf({ resources }: Pick<Manifest, 'resources'>): Promise<string> {
  const digests = resources.map(({ digest }) => fromHex(digest) ?? new Uint8Array());
  return toHex(await digestOf('SHA-256', joinBytes(digests)));
}

const encoder = new TextEncoder();

/** SHA-256 over `name NUL algorithm NUL digest LF` of every resource, sorted by name: covers the names too. */
export async function manifestDigestOf({ resources, hashType }: Manifest): Promise<string> {
  const lines = resources
    .toSorted((a, b) => compareNames(a.name, b.name))
    .map(({ name, digest }) => `${name}\0${hashType}\0${digest}\n`);
  return toHex(await digestOf('SHA-256', encoder.encode(lines.join(''))));
}
