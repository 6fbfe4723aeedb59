/** The digests of all files of a model, hashed as fast as the machine can or as slowly as it is told. */
import { compareNames, type FileDigest } from '../file-digest.ts';
import { type HashTask, RangeHasher } from './hash-range.ts';
import { hashInThreads, type HashListener } from './hash-threads.ts';
import { fingerprintOf, listModel, type ListOptions, type ModelFile } from './list-model.ts';
import { ModelReadError } from './model-read-error.ts';

/** How far the hashing is. */
export interface HashProgress {
  readonly filesDone: number;
  readonly files: number;
  readonly bytesDone: number;
  readonly bytes: number;
  /** The name of a file that is being hashed or was last. */
  readonly current: string;
}

/** Digests that were found before, by the stamp of the file. */
export interface DigestCache {
  /** Null when nothing that can be believed is known of a file with this stamp. */
  get(stamp: string): Uint8Array | null;
  put(stamp: string, sha256: Uint8Array): void;
  /** Writes what is new. Never throws: a cache that cannot be written is only slow. */
  save(): Promise<void>;
}

/** How a model is hashed. */
export interface HashOptions extends ListOptions {
  readonly onProgress?: (progress: HashProgress) => void;
  /** Ends the work; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly cache?: DigestCache | null;
  /** Over all threads together; null or absent: no limit. */
  readonly bytesPerSecond?: number | null;
  /** Digests of ranges of this size instead of whole files; null or absent: whole files. */
  readonly shardBytes?: number | null;
}

/** More than a signature of 64 MiB can name. */
const MAX_SHARDS = 1_000_000;
/** What is hashed here, between other work, because a thread would take longer to start. */
const INLINE_BYTES = 8 << 20;

/**
 * Hashes every regular file under `root`, or the one file that it is, sorted by name. Every file must be the same when it was
 * listed, opened and read to its end, and the folder must hold the same files in the end. Shards leave out empty files, as the standard does.
 * @throws ModelReadError, the signal's reason
 */
export async function hashModel(root: string, options: HashOptions): Promise<readonly FileDigest[]> {
  const { signal = null, cache = null, bytesPerSecond = null, shardBytes = null } = options;
  signal?.throwIfAborted();
  const tree = await listModel(root, options);
  if (shardBytes !== null) checkShardCount(root, tree.files, shardBytes);
  const tasks = tree.files.flatMap((file) => tasksOf(tree.root, file, shardBytes));
  const count = new Count(tasks, options.onProgress ?? null);
  const missed: HashTask[] = [];
  for (const task of tasks) {
    const known = cache?.get(cacheKey(task)) ?? null;
    if (known === null) {
      missed.push(task);
      continue;
    }
    count.add(task, task.end - task.start);
    count.finish(task, known);
  }
  const listener: HashListener = {
    onBytes: (task, bytes) => count.add(task, bytes),
    onHashed(task, sha256) {
      count.finish(task, sha256);
      cache?.put(cacheKey(task), sha256);
    },
  };
  if (bytesOf(missed) > INLINE_BYTES) await hashInThreads(missed, listener, bytesPerSecond, signal);
  else await hashHere(missed, listener, bytesPerSecond, signal);
  if (missed.length > 0) {
    if (fingerprintOf(await listModel(root, options)) !== fingerprintOf(tree)) {
      throw new ModelReadError('changed-during-hash', root, 'files came, went or changed while it was hashed');
    }
    await cache?.save();
  }
  return count.digests();
}

/** A signature may name shards of one byte: the work is bounded by what such a model may hold, not by what is on the disk. */
function checkShardCount(root: string, files: readonly ModelFile[], shardBytes: number): void {
  const shards = files.reduce((sum, { size }) => sum + Math.ceil(size / shardBytes), 0);
  if (shards > MAX_SHARDS) throw new ModelReadError('too-many-files', root, `${shards} shards of ${shardBytes} bytes`);
}

function tasksOf(root: string, { name, place, stamp, size }: ModelFile, shardBytes: number | null): HashTask[] {
  if (shardBytes === null) return [{ root, place, name, stamp, start: 0, end: size }];
  return Array.from({ length: Math.ceil(size / shardBytes) }, (_, i) => {
    const start = i * shardBytes;
    const end = Math.min(size, start + shardBytes);
    return { root, place, name: `${name}:${start}:${end}`, stamp, start, end };
  });
}

/** The range belongs to the key: a shard's digest is not the file's. */
function cacheKey({ stamp, start, end }: HashTask): string {
  return `${stamp}:${start}:${end}`;
}

function bytesOf(tasks: readonly HashTask[]): number {
  return tasks.reduce((sum, { start, end }) => sum + end - start, 0);
}

async function hashHere(
  tasks: readonly HashTask[],
  listener: HashListener,
  bytesPerSecond: number | null,
  signal: AbortSignal | null,
): Promise<void> {
  const hasher = new RangeHasher({ bytesPerSecond, signal, readsAhead: true });
  for (const task of tasks) {
    listener.onHashed(task, await hasher.hash(task, (bytes) => listener.onBytes(task, bytes)));
  }
}

/** What is done and what is left. */
class Count {
  readonly #digests: FileDigest[] = [];
  readonly #onProgress: ((progress: HashProgress) => void) | null;
  readonly #files: number;
  readonly #bytes: number;
  #bytesDone = 0;

  constructor(tasks: readonly HashTask[], onProgress: ((progress: HashProgress) => void) | null) {
    this.#files = tasks.length;
    this.#bytes = bytesOf(tasks);
    this.#onProgress = onProgress;
  }

  add(task: HashTask, bytes: number): void {
    this.#bytesDone += bytes;
    this.#tell(task);
  }

  finish(task: HashTask, sha256: Uint8Array): void {
    this.#digests.push({ name: task.name, size: task.end - task.start, sha256 });
    this.#tell(task);
  }

  digests(): readonly FileDigest[] {
    return this.#digests.sort((a, b) => compareNames(a.name, b.name));
  }

  #tell({ name }: HashTask): void {
    this.#onProgress?.({
      filesDone: this.#digests.length,
      files: this.#files,
      bytesDone: this.#bytesDone,
      bytes: this.#bytes,
      current: name,
    });
  }
}
