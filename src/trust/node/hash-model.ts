/** The digests of all files of a model, hashed as fast as the machine can or as slowly as it is told. */
import { compareNames, type FileDigest } from '../file-digest.ts';
import { type HashTask, RangeHasher } from './hash-range.ts';
import { listModel, type ModelFile } from './list-model.ts';

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
  /** Writes what is new; never throws, a cache that cannot be written is only slow. */
  save(): Promise<void>;
}

/** How a model is hashed. */
export interface HashOptions {
  /** True for a name that is left out, a folder with all in it. */
  readonly skip: (name: string) => boolean;
  readonly onProgress?: (progress: HashProgress) => void;
  /** Ends the work; the promise rejects with an AbortError. */
  readonly signal?: AbortSignal;
  readonly cache?: DigestCache | null;
  /** Over all threads together; null or absent: no limit. */
  readonly bytesPerSecond?: number | null;
  /** Digests of ranges of this size instead of whole files; null or absent: whole files. */
  readonly shardBytes?: number | null;
  /** Follow links to files within the root; without it every link is refused. */
  readonly allowSymlinks?: boolean;
  /** Files beyond which it is no model; 100 000 unless told otherwise. */
  readonly maxFiles?: number;
}

/**
 * Hashes every regular file under `root`, or the one file that it is, sorted by name. Every file must be the same when it was
 * listed, opened and read to its end.
 * @throws ModelReadError, AbortError
 */
export async function hashModel(root: string, options: HashOptions): Promise<readonly FileDigest[]> {
  const tree = await listModel(root, options);
  const tasks = tree.files.flatMap((file) => tasksOf(tree.root, file, options.shardBytes ?? null));
  const digests: FileDigest[] = [];
  const hasher = new RangeHasher({
    bytesPerSecond: options.bytesPerSecond ?? null,
    isAborted: () => options.signal?.aborted === true,
    onBytes: () => undefined,
  });
  for (const task of tasks)
    digests.push({ name: task.name, size: task.end - task.start, sha256: await hasher.hash(task) });
  return digests.sort((a, b) => compareNames(a.name, b.name));
}

function tasksOf(root: string, file: ModelFile, shardBytes: number | null): HashTask[] {
  const { name, place, stamp, size } = file;
  if (shardBytes === null) return [{ root, place, name, stamp, start: 0, end: size }];
  return Array.from({ length: Math.ceil(size / shardBytes) }, (_, i) => {
    const start = i * shardBytes;
    const end = Math.min(size, start + shardBytes);
    return { root, place, name: `${name}:${start}:${end}`, stamp, start, end };
  });
}
