/** Hashes one file, or a range of it, in one pass: two reused buffers, the next read under way while the last is hashed. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { stampOf } from './list-model.ts';
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
  /** Asked between two pieces; true ends the work with an AbortError. */
  isAborted(): boolean;
  /** Told after every piece. */
  onBytes(bytes: number): void;
}

/** Fits the second-level cache beside the hash, so that what was just read is hashed from there. */
const PIECE_BYTES = 1 << 20;

/** Two buffers that one hashing after the other uses. */
export class RangeHasher {
  readonly #pace: HashPace;
  #front = Buffer.alloc(0);
  #back = Buffer.alloc(0);
  #began: number | null = null;
  #done = 0;

  constructor(pace: HashPace) {
    this.#pace = pace;
  }

  /**
   * The SHA-256 of the range.
   * @throws ModelReadError `changed-during-hash` when the file is not the same before and after; AbortError
   */
  async hash(task: HashTask): Promise<Uint8Array> {
    const file = await openBeneath(task.root, task.place);
    try {
      await this.#check(file, task);
      const digest = await this.#read(file, task);
      await this.#check(file, task);
      return digest;
    } catch (error) {
      throw toReadError(error, task.name);
    } finally {
      await file.close();
    }
  }

  async #check(file: FileHandle, task: HashTask): Promise<void> {
    const stats = await file.stat({ bigint: true });
    if (stats.isFile() && stampOf(stats) === task.stamp) return;
    throw new ModelReadError('changed-during-hash', task.name, 'changed while it was being hashed');
  }

  async #read(file: FileHandle, { start, end, name }: HashTask): Promise<Uint8Array> {
    const hash = createHash('sha256');
    this.#reserve(Math.min(PIECE_BYTES, end - start));
    let at = start;
    let reading = this.#fill(file, at, end);
    while (at < end) {
      if (this.#pace.isAborted()) throw new DOMException('The hashing was aborted.', 'AbortError');
      const { bytesRead, buffer } = await reading;
      if (bytesRead === 0) throw new ModelReadError('changed-during-hash', name, 'became shorter while it was hashed');
      at += bytesRead;
      [this.#front, this.#back] = [this.#back, this.#front];
      reading = this.#fill(file, at, end);
      hash.update(buffer.subarray(0, bytesRead));
      this.#pace.onBytes(bytesRead);
      await this.#rest(bytesRead);
    }
    await reading;
    return hash.digest();
  }

  #fill(file: FileHandle, at: number, end: number): Promise<{ bytesRead: number; buffer: Buffer }> {
    const length = Math.min(this.#front.length, end - at);
    if (length === 0) return Promise.resolve({ bytesRead: 0, buffer: this.#front });
    return file.read(this.#front, 0, length, at);
  }

  #reserve(bytes: number): void {
    if (this.#front.length >= bytes) return;
    this.#front = Buffer.allocUnsafeSlow(bytes);
    this.#back = Buffer.allocUnsafeSlow(bytes);
  }

  /** Waits as long as the work is ahead of its rate. */
  async #rest(bytes: number): Promise<void> {
    const { bytesPerSecond } = this.#pace;
    if (bytesPerSecond === null) return;
    this.#began ??= performance.now();
    this.#done += bytes;
    const aheadMs = (this.#done / bytesPerSecond) * 1000 - (performance.now() - this.#began);
    if (aheadMs > 1) await sleep(aheadMs);
  }
}
