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

/** Loading rejects with ArtifactError when the file cannot be read or is not a sound model. */
export function createHandbookEngine(): LazyEngine {
  return createLazyEngine(async () => createWorkerEngine({ model: await readHandbook() }));
}

/**
 * The bytes of the file.
 * @throws ArtifactError `missing` that names the file
 */
export async function readHandbook(): Promise<Uint8Array> {
  try {
    return await readFile(HANDBOOK_FILE);
  } catch {
    throw new ArtifactError('missing', HANDBOOK_FILE, 'the file cannot be read');
  }
}
