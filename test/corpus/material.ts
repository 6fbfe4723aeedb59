/** Finds test material that is not part of this repository: in the folder that THALWEG_CORPUS names, or beside the repository. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The folder of the material. */
export const corpusFolder = process.env['THALWEG_CORPUS'] ?? join(root, '../shared');

/** The parsed JSON file at a path below the folder; null when it is not there, with the reason on stderr. */
export function readMaterial(path: string): unknown {
  const file = join(corpusFolder, path);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  process.stderr.write(`skipped: ${path} is not in the corpus; set THALWEG_CORPUS to the folder that holds it\n`);
  return null;
}
