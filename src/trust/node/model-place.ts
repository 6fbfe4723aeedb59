/** Where a model and its signature lie, and what of the model is left out. */
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { compareNames } from '../file-digest.ts';
import { DEFAULT_IGNORES } from '../ignore.ts';
import { nameFault } from '../names.ts';
import { TrustError } from '../trust-error.ts';

/** A model on this machine. */
export interface ModelPlace {
  /** As it was given. */
  readonly root: string;
  /** The model is one file. */
  readonly isFile: boolean;
  /** What a person would call it. */
  readonly name: string;
}

/** Looks at what the path names. @throws TrustError `file-unreadable` */
export async function findModel(root: string): Promise<ModelPlace> {
  try {
    const stats = await stat(root);
    return { root, isFile: stats.isFile(), name: basename(resolve(root)) };
  } catch {
    throw new TrustError('file-unreadable', root, 'there is no model at this path, or it cannot be read');
  }
}

/** The name of a file inside the model; null when it lies elsewhere. */
async function nameInside({ root, isFile }: ModelPlace, path: string): Promise<string | null> {
  if (isFile) return null;
  // Links on the way to the folders are followed, so that two spellings of one place agree.
  const [from, folder] = await Promise.all([settle(root), settle(dirname(path))]);
  const name = relative(from, join(folder, basename(path)))
    .split(sep)
    .join('/');
  return nameFault(name) === null && !isAbsolute(name) ? name : null;
}

/**
 * What is left out of a model: the exclusions of the standard, the signature itself, and the paths of the caller, sorted.
 * @throws TrustError `ignore-path-refused` for a path that does not lie inside the model
 */
export async function ignoredOf(
  place: ModelPlace,
  signature: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  const ignored = new Set(place.isFile ? [] : DEFAULT_IGNORES);
  const own = await nameInside(place, signature);
  if (own !== null) ignored.add(own);
  for (const path of paths) {
    const name = await nameInside(place, path);
    if (name === null) throw new TrustError('ignore-path-refused', path, 'does not lie inside the model');
    ignored.add(name);
  }
  return [...ignored].sort(compareNames);
}

async function settle(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}
