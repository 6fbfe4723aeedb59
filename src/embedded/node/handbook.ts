/** The model that this package brings along: a million parameters that know Thalweg's handbook. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createLazyEngine, type LazyEngine } from '../lazy-engine.ts';
import { createWorkerEngine } from './worker-engine.ts';

/** Its file, in a checkout and in the published package. */
export const HANDBOOK_FILE = fileURLToPath(
  new URL(
    `${import.meta.url.endsWith('.ts') ? '../../..' : '../../../..'}/models/handbook/handbook.gguf`,
    import.meta.url,
  ),
);

/** Loading rejects with ArtifactError when the file is not a sound model, and with Error when it cannot be read. */
export function createHandbookEngine(): LazyEngine {
  return createLazyEngine(async () => createWorkerEngine({ model: await readHandbook() }));
}

/**
 * The bytes of the file.
 * @throws Error that names the file
 */
export async function readHandbook(): Promise<Uint8Array> {
  try {
    return await readFile(HANDBOOK_FILE);
  } catch (cause) {
    throw new Error(`The embedded model cannot be read: ${HANDBOOK_FILE}. Install the package again.`, { cause });
  }
}
