/** Remembers digests between runs in a file that only who has the key beside it can have written. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DigestCache } from './hash-model.ts';

/** Where and how digests are remembered. */
export interface DigestCacheOptions {
  /** Made when absent (0700); refused when others may write to it. */
  readonly folder: string;
  /** Wall clock, ms since the Unix epoch. */
  readonly now: () => number;
  /** Told in one sentence why what was remembered is not believed. */
  readonly onWarning: (message: string) => void;
  /** After this a file is hashed anew although its stamp is the same: against rot and against root. A week unless told otherwise. */
  readonly maxAgeMs?: number;
}

interface Entry {
  readonly sha256: Uint8Array;
  readonly hashedAtMs: number;
}

const FILE = 'digests';
const KEY_FILE = 'digests.key';
const KEY_BYTES = 32;
const HEAD = 'thalweg-digests-1 ';
const LINE = /^(\d+:\d+:\d+:-?\d+:-?\d+:\d+:\d+) ([0-9a-f]{64}) (\d{1,15})$/;
/** Place of the ctime (ns) in a stamp. */
const CTIME = 4;
const MAX_FILE_BYTES = 32 << 20;
const MAX_ENTRIES = 100_000;
const WEEK_MS = 7 * 86_400_000;
/** Two writes within one tick of the file system's clock leave the same stamp, so a file this fresh is not remembered. */
const SETTLED_MS = 2000;

/**
 * Opens the cache in a folder. It never fails: a folder, key or file that cannot be believed is warned of and the cache starts
 * empty, which costs only time.
 */
export async function openDigestCache(options: DigestCacheOptions): Promise<DigestCache> {
  const { folder, onWarning } = options;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await checkOwner(folder, 0o022, 'others may write to it');
    const key = await readKey(join(folder, KEY_FILE));
    return new FileCache(options, key, await readEntries(join(folder, FILE), key, onWarning));
  } catch (error) {
    onWarning(`The digest cache in ${folder} is not used: ${reasonOf(error)}.`);
    return new FileCache(options, null, new Map());
  }
}

/** A cache that remembers digests in this process only. */
export function createMemoryDigests(options: Omit<DigestCacheOptions, 'folder'>): DigestCache {
  return new FileCache({ ...options, folder: '' }, null, new Map());
}

class FileCache implements DigestCache {
  readonly #options: DigestCacheOptions;
  /** Null: nothing is written. */
  readonly #key: Buffer | null;
  readonly #entries: Map<string, Entry>;
  #isDirty = false;

  constructor(options: DigestCacheOptions, key: Buffer | null, entries: Map<string, Entry>) {
    this.#options = options;
    this.#key = key;
    this.#entries = entries;
  }

  get(stamp: string): Uint8Array | null {
    const entry = this.#entries.get(stamp);
    return entry === undefined || this.#isStale(entry) ? null : entry.sha256;
  }

  put(stamp: string, sha256: Uint8Array): void {
    const hashedAtMs = this.#options.now();
    const changedAtMs = Number(stamp.split(':')[CTIME]) / 1e6;
    if (!(changedAtMs <= hashedAtMs - SETTLED_MS)) return;
    // Deleted first, so that the newest stand last and the oldest go first.
    this.#entries.delete(stamp);
    this.#entries.set(stamp, { sha256, hashedAtMs });
    this.#isDirty = true;
  }

  async save(): Promise<void> {
    if (this.#key === null || !this.#isDirty) return;
    this.#isDirty = false;
    const kept = [...this.#entries].filter(([, entry]) => !this.#isStale(entry)).slice(-MAX_ENTRIES);
    const lines = kept.map(([stamp, { sha256, hashedAtMs }]) => `${stamp} ${hexOf(sha256)} ${hashedAtMs}\n`);
    const body = lines.join('');
    const path = join(this.#options.folder, FILE);
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    try {
      await writeFile(draft, `${HEAD}${hexOf(macOf(this.#key, body))}\n${body}`, { mode: 0o600, flag: 'wx' });
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      this.#options.onWarning(`The digest cache ${path} cannot be written: ${reasonOf(error)}.`);
    }
  }

  /** An entry from the future was written under another clock and is not believed either. */
  #isStale({ hashedAtMs }: Entry): boolean {
    const ageMs = this.#options.now() - hashedAtMs;
    return ageMs < 0 || ageMs > (this.#options.maxAgeMs ?? WEEK_MS);
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

function macOf(key: Buffer, body: string): Buffer {
  return createHmac('sha256', key).update(body).digest();
}

/** The key, made on first use. Who can read it can forge the cache, so it is ours alone. */
async function readKey(path: string): Promise<Buffer> {
  try {
    const key = randomBytes(KEY_BYTES);
    await writeFile(path, key, { mode: 0o600, flag: 'wx' });
    return key;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  await checkOwner(path, 0o077, 'others may read it; delete it');
  const key = await readSmall(path, KEY_BYTES);
  if (key?.length !== KEY_BYTES) throw new Error(`${path} is not a key of ${KEY_BYTES} bytes; delete it`);
  return key;
}

async function readEntries(
  path: string,
  key: Buffer,
  onWarning: (message: string) => void,
): Promise<Map<string, Entry>> {
  const bytes = await readSmall(path, MAX_FILE_BYTES);
  const entries = bytes === null ? new Map<string, Entry>() : parse(bytes.toString('latin1'), key);
  if (entries !== null) return entries;
  onWarning(`The digest cache ${path} is ignored: it was not written with the key beside it.`);
  return new Map();
}

/** Null when the text was not written with this key. */
function parse(text: string, key: Buffer): Map<string, Entry> | null {
  const end = text.indexOf('\n');
  const body = text.slice(end + 1);
  const mac = Buffer.from(text.slice(HEAD.length, end), 'hex');
  const expected = macOf(key, body);
  if (end < 0 || !text.startsWith(HEAD) || mac.length !== expected.length || !timingSafeEqual(mac, expected))
    return null;
  const entries = new Map<string, Entry>();
  for (const line of body.split('\n')) {
    const [, stamp, sha256, hashedAt] = LINE.exec(line) ?? [];
    if (stamp === undefined || sha256 === undefined) continue;
    entries.set(stamp, { sha256: new Uint8Array(Buffer.from(sha256, 'hex')), hashedAtMs: Number(hashedAt) });
  }
  return entries;
}

/** A file of at most `limit` bytes that is no link; null when there is none. */
async function readSmall(path: string, limit: number): Promise<Buffer | null> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    if (size > limit) throw new Error(`${path} is larger than ${limit} bytes; delete it`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Throws when `path` is a link, is another user's or has one of the bits `forbidden`. Windows has neither. */
async function checkOwner(path: string, forbidden: number, what: string): Promise<void> {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) throw new Error(`${path} is a symbolic link`);
  if (process.getuid === undefined) return;
  if (stats.uid !== process.getuid()) throw new Error(`${path} belongs to another user`);
  if ((stats.mode & forbidden) !== 0) throw new Error(`${path}: ${what}`);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
