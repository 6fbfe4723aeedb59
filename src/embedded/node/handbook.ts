/** The model that this package brings along: a million parameters that know Thalweg's handbook. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { ArtifactError } from '../../artifact/artifact-error.ts';
import { createLazyEngine, type LazyEngine } from '../lazy-engine.ts';
import { createWorkerEngine } from './worker-engine.ts';

/** Its file, in a checkout and in the published package. */
export const HANDBOOK_FILE = fileURLToPath(
  new URL(
    `${import.meta.url.endsWith('.ts') ? '../../..' : '../../../..'}/models/handbook/handbook.gguf`,
    import.meta.url,
  ),
);

/** The bytes of a model and of the bundle that signs it, each read once. */
export interface SignedModelBytes {
  /** The file's name. */
  readonly name: string;
  readonly model: Uint8Array;
  readonly signature: Uint8Array;
}

/** Rejects unless the bytes are what was signed. */
export type VerifyModelBytes = (signed: SignedModelBytes) => Promise<void>;

/**
 * Loads what was verified: the very bytes, which were read once. Loading rejects as `verify` does, and with ArtifactError when a
 * file cannot be read or is not a sound model.
 */
export function createHandbookEngine(verify: VerifyModelBytes, file: string = HANDBOOK_FILE): LazyEngine {
  return createLazyEngine(async () => {
    const signed = await readHandbook(file);
    await verify(signed);
    return createWorkerEngine({ model: signed.model });
  });
}

/**
 * The bytes of the file and of its signature `<file>.sig`.
 * @throws ArtifactError `missing` that names the file
 */
export async function readHandbook(file: string = HANDBOOK_FILE): Promise<SignedModelBytes> {
  const [model, signature] = await Promise.all([readWhole(file), readWhole(`${file}.sig`)]);
  return { name: 'handbook.gguf', model, signature };
}

async function readWhole(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch {
    throw new ArtifactError('missing', file, 'the file cannot be read');
  }
}
