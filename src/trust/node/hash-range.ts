/** Hashes one file, or a range of it, in one pass with reused buffers. */
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkStamp } from './list-model.ts';
import { ModelReadError, toReadError } from './model-read-error.ts';
import { openBeneath } from './open-beneath.ts';

/** What is to be hashed: bytes `start` to `end`, exclusive, of a file that must still carry its stamp. */
export interface HashTask {
  readonly root: string;
  /** Path with `/` under the root. */
  readonly place: string;
  /** For messages. */
  readonly name: string;
  readonly stamp: string;
  readonly start: number;
  readonly end: number;
}

/** How the work goes along. */
export interface HashPace {
  /** Null: as fast as it goes. */
  readonly bytesPerSecond: number | null;
  /** Ends the work between two pieces. */
  readonly signal: AbortSignal | null;
  /**
   * True: the next piece is read by another thread while the last is hashed, which is fastest for one file. False: this thread
   * reads by itself, which costs least where every processor has a file of its own to hash.
   */
  readonly readsAhead: boolean;
}

/** Told after every piece. */
export type OnBytes = (bytes: number) => void;

/** Small enough to be hashed from the cache that the read has just filled, large enough that calls do not count. */
const PIECE_BYTES = 1 << 20;
/** Pieces per second at least, so that a slow pace is an even one. */
const PIECES_PER_SECOND = 20;

/** Hashes one range after the other with the same two buffers. */
export class RangeHasher {
  readonly #pace: HashPace;
  readonly #piece: number;
  #front = Buffer.alloc(0);
  #back = Buffer.alloc(0);
  #began: number | null = null;
  #done = 0;

  constructor(pace: HashPace) {
    this.#pace = pace;
    const paced = Math.ceil((pace.bytesPerSecond ?? Infinity) / PIECES_PER_SECOND);
    this.#piece = Math.min(PIECE_BYTES, Math.max(4096, paced));
  }

  /**
   * The SHA-256 of the range.
   * @throws ModelReadError `changed-during-hash` when the file is not the same before and after; the signal's reason
   */
  async hash(task: HashTask, onBytes: OnBytes): Promise<Uint8Array> {
    const file = await openBeneath(task.root, task.place);
    try {
      await checkStamp(file, task);
      const digest = await this.#digest(file, task, onBytes);
      await checkStamp(file, task);
      return digest;
    } catch (error) {
      throw toReadError(error, task.name);
    } finally {
      await file.close();
    }
  }

  async #digest(file: FileHandle, { start, end, name }: HashTask, onBytes: OnBytes): Promise<Uint8Array> {
    const hash = createHash('sha256');
    this.#reserve(Math.min(this.#piece, end - start));
    let reading = this.#fill(file, start, end);
    try {
      for (let at = start; at < end;) {
        const bytes = await reading;
        if (bytes === 0) throw new ModelReadError('changed-during-hash', name, 'became shorter while it was hashed');
        at += bytes;
        [this.#front, this.#back] = [this.#back, this.#front];
        if (this.#pace.readsAhead) reading = this.#fill(file, at, end);
        hash.update(this.#back.subarray(0, bytes));
        onBytes(bytes);
        await this.#rest(bytes);
        if (!this.#pace.readsAhead) reading = this.#fill(file, at, end);
      }
    } finally {
      // The read under way writes into a buffer that the next range reuses.
      await reading.catch(() => undefined);
    }
    return new Uint8Array(hash.digest());
  }

  /** Reads into the front buffer; 0 at the end of the range. */
  async #fill(file: FileHandle, at: number, end: number): Promise<number> {
    const length = Math.min(this.#piece, end - at);
    if (length === 0) return 0;
    if (!this.#pace.readsAhead) return readSync(file.fd, this.#front, 0, length, at);
    return (await file.read(this.#front, 0, length, at)).bytesRead;
  }

  #reserve(bytes: number): void {
    if (this.#front.length >= bytes) return;
    this.#front = Buffer.allocUnsafeSlow(bytes);
    this.#back = Buffer.allocUnsafeSlow(bytes);
  }

  /** Waits for as long as the work is ahead of its pace. */
  async #rest(bytes: number): Promise<void> {
    const { bytesPerSecond, signal } = this.#pace;
    signal?.throwIfAborted();
    if (bytesPerSecond === null) return;
    this.#began ??= performance.now();
    this.#done += bytes;
    const aheadMs = (this.#done / bytesPerSecond) * 1000 - (performance.now() - this.#began);
    if (aheadMs > 1) await sleep(aheadMs, undefined, signal === null ? {} : { signal });
  }
}
