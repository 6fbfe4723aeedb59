/** Lists the regular files of a model's folder with the stamps by which a change of any of them is noticed. */
import type { BigIntStats } from 'node:fs';
import { type FileHandle, lstat, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { compareNames } from '../file-digest.ts';
import { ModelReadError, toReadError } from './model-read-error.ts';
import { heldPath, openFolder } from './open-beneath.ts';

/** A file as it was when the folder was listed. */
export interface ModelFile {
  /** Path with `/`, relative to the root; the base name where the root is a file. */
  readonly name: string;
  /** Where its bytes lie under `ModelTree.root`: the name, or what an allowed link leads to. */
  readonly place: string;
  /** Bytes. */
  readonly size: number;
  /** Device, inode, size, mtime and ctime (ns): a write to the file or another file in its place changes it. */
  readonly stamp: string;
}

/** The files of a model, sorted by name. */
export interface ModelTree {
  /** Absolute path of the folder under which every `place` lies. */
  readonly root: string;
  readonly files: readonly ModelFile[];
}

/** How a folder is listed. */
export interface ListOptions {
  /** True for a name that is left out, a folder with all in it. Asked before anything else is. */
  readonly skip: (name: string) => boolean;
  /** Follow links to files within the root; without it every link is refused. */
  readonly allowSymlinks?: boolean;
  /** Files beyond which it is no model; 100 000 unless told otherwise. */
  readonly maxFiles?: number;
}

const MAX_FILES = 100_000;
const MAX_DEPTH = 32;
/** Entries of one folder that are looked at together. */
const BATCH = 64;

/** Device, inode, size, mtime and ctime as one word. */
function stampOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}

/** Names, devices, inodes, sizes and times of all files as one text: equal texts mean that nothing was touched. */
export function fingerprintOf({ root, files }: ModelTree): string {
  return [root, ...files.map(({ name, place, stamp }) => `${name}\0${place}\0${stamp}`)].join('\0\0');
}

/**
 * Proves that an open file is the one that was listed and has not been written since.
 * @throws ModelReadError `changed-during-hash`
 */
export async function checkStamp(file: FileHandle, { stamp, name }: Pick<ModelFile, 'stamp' | 'name'>): Promise<void> {
  const stats = await file.stat({ bigint: true });
  if (stats.isFile() && stampOf(stats) === stamp) return;
  throw new ModelReadError('changed-during-hash', name, 'changed while it was being read');
}

/**
 * Lists a folder, or the one file that `root` is.
 * @throws ModelReadError for links, what is no regular file, unreadable folders, odd names and too many files
 */
export async function listModel(root: string, options: ListOptions): Promise<ModelTree> {
  const given = resolve(root);
  try {
    const path = options.allowSymlinks === true ? await realpath(given) : given;
    const stats = await lstat(path, { bigint: true });
    if (stats.isSymbolicLink()) throw new ModelReadError('symlink', root, 'a symbolic link');
    if (stats.isDirectory()) return await new Listing(path, options).list();
    if (!stats.isFile()) throw new ModelReadError('not-regular', root, 'neither a file nor a folder');
    const place = basename(path);
    return { root: dirname(path), files: [{ name: basename(given), place, ...sizeAndStamp(stats) }] };
  } catch (error) {
    throw toReadError(error, root);
  }
}

function sizeAndStamp(stats: BigIntStats): { size: number; stamp: string } {
  return { size: Number(stats.size), stamp: stampOf(stats) };
}

class Listing {
  readonly #root: string;
  readonly #options: ListOptions;
  readonly #files: ModelFile[] = [];
  readonly #text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(root: string, options: ListOptions) {
    this.#root = root;
    this.#options = options;
  }

  async list(): Promise<ModelTree> {
    await this.#enter(this.#root, '', 0);
    return { root: this.#root, files: this.#files.sort((a, b) => compareNames(a.name, b.name)) };
  }

  /** Reads one folder through a handle, so that its entries are those of the folder that was looked at. */
  async #enter(path: string, prefix: string, depth: number): Promise<void> {
    if (depth > MAX_DEPTH) throw new ModelReadError('too-deep', prefix, `more than ${MAX_DEPTH} folders deep`);
    const folder = await openFolder(path);
    try {
      const held = heldPath(folder) ?? path;
      const entries = await readdir(held, { encoding: 'buffer' });
      const names = entries.map((entry) => prefix + this.#decode(entry, prefix));
      const wanted = names.filter((name) => !this.#options.skip(name));
      if (wanted.length + this.#files.length > this.#limit) this.#refuseCount();
      for (let at = 0; at < wanted.length; at += BATCH) {
        const batch = wanted.slice(at, at + BATCH);
        const stats = await Promise.all(batch.map((name) => this.#look(`${held}/${name.slice(prefix.length)}`, name)));
        for (const [i, name] of batch.entries()) await this.#add(name, held, prefix, depth, stats[i]!);
      }
    } catch (error) {
      throw toReadError(error, prefix === '' ? this.#root : prefix);
    } finally {
      await folder.close();
    }
  }

  get #limit(): number {
    return this.#options.maxFiles ?? MAX_FILES;
  }

  async #look(path: string, name: string): Promise<BigIntStats> {
    try {
      return await lstat(path, { bigint: true });
    } catch (error) {
      throw toReadError(error, name);
    }
  }

  async #add(name: string, held: string, prefix: string, depth: number, stats: BigIntStats): Promise<void> {
    if (stats.isDirectory()) return this.#enter(`${held}/${name.slice(prefix.length)}`, `${name}/`, depth + 1);
    if (stats.isSymbolicLink()) this.#files.push(await this.#follow(name));
    else if (stats.isFile()) this.#files.push({ name, place: name, ...sizeAndStamp(stats) });
    else throw new ModelReadError('not-regular', name, 'a socket, FIFO or device');
    if (this.#files.length > this.#limit) this.#refuseCount();
  }

  #refuseCount(): never {
    throw new ModelReadError('too-many-files', this.#root, `more than ${this.#limit} files`);
  }

  async #follow(name: string): Promise<ModelFile> {
    if (this.#options.allowSymlinks !== true) throw new ModelReadError('symlink', name, 'a symbolic link');
    const target = await realpath(`${this.#root}/${name}`);
    const place = relative(this.#root, target).split(sep).join('/');
    if (place.startsWith('../') || place === '..' || resolve(this.#root, place) !== target) {
      throw new ModelReadError('symlink-escape', name, 'a symbolic link that leads out of the folder');
    }
    const stats = await this.#look(target, name);
    if (!stats.isFile()) throw new ModelReadError('symlink', name, 'a symbolic link to what is no file');
    return { name, place, ...sizeAndStamp(stats) };
  }

  #decode(entry: Uint8Array, prefix: string): string {
    try {
      return this.#text.decode(entry);
    } catch {
      const shown = new TextDecoder().decode(entry);
      throw new ModelReadError('name-not-utf8', prefix + shown, 'the name is not UTF-8');
    }
  }
}
