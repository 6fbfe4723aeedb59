/** Opens a file under a folder without following a symbolic link at any step of the path. */
import { constants, existsSync } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelReadError, toReadError } from './model-read-error.ts';

// O_NONBLOCK: a FIFO that takes the file's place must not hold up a thread. Absent on Windows.
const FILE = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const FOLDER = FILE | (constants.O_DIRECTORY ?? 0);

/** With /proc a name is looked up in a folder that is held open, as openat(2) does it; nobody can swap that folder. */
const HOLDS_FOLDERS = process.platform === 'linux' && existsSync('/proc/self/fd');

/**
 * Opens `name` (path with `/`, relative) under `root`, which must itself be no link.
 * @throws ModelReadError
 */
export async function openBeneath(root: string, name: string): Promise<FileHandle> {
  const parts = name === '' ? [] : name.split('/');
  try {
    return HOLDS_FOLDERS ? await openHeld(root, parts) : await openCompared(root, parts);
  } catch (error) {
    throw toReadError(error, name === '' ? root : name);
  }
}

/** The path by which an open folder's entries are reached; null where the system has none. */
export function heldPath(folder: FileHandle): string | null {
  return HOLDS_FOLDERS ? `/proc/self/fd/${folder.fd}` : null;
}

/** Opens a folder by a path, refusing a link in the last step. */
export function openFolder(path: string): Promise<FileHandle> {
  return open(path, FOLDER);
}

async function openHeld(root: string, parts: readonly string[]): Promise<FileHandle> {
  let handle = await open(root, parts.length === 0 ? FILE : FOLDER);
  for (const [index, part] of parts.entries()) {
    const folder = handle;
    try {
      handle = await open(`/proc/self/fd/${folder.fd}/${part}`, index === parts.length - 1 ? FILE : FOLDER);
    } finally {
      await folder.close();
    }
  }
  return handle;
}

/** Compares every step before and after. Somebody who swaps folders to and fro fast enough is not seen. */
async function openCompared(root: string, parts: readonly string[]): Promise<FileHandle> {
  const before = await identities(root, parts);
  const handle = await open(join(root, ...parts), FILE);
  try {
    const { dev, ino } = await handle.stat({ bigint: true });
    const after = await identities(root, parts);
    if (before.join() === after.join() && after.at(-1) === `${dev}:${ino}`) return handle;
    throw new ModelReadError('changed-during-hash', parts.join('/'), 'was replaced while it was opened');
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function identities(root: string, parts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (let depth = 0; depth <= parts.length; depth++) {
    const stats = await lstat(join(root, ...parts.slice(0, depth)), { bigint: true });
    if (stats.isSymbolicLink()) throw new ModelReadError('symlink', parts.slice(0, depth).join('/'), 'a symbolic link');
    found.push(`${stats.dev}:${stats.ino}`);
  }
  return found;
}
