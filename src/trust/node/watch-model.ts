/** Watches the files of a model: notices at once what the system tells, and within one interval what it does not. */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Clock, Timer } from '../../core/clock.ts';
import { fingerprintOf, listModel, type ListOptions } from './list-model.ts';

/** What is watched and who is told. */
export interface WatchOptions extends ListOptions {
  readonly clock: Clock;
  /**
   * Told once per burst that the files are no longer those of the last fingerprint. `fingerprint` is that of the files now; null
   * when they cannot be listed, and then `reason` says why.
   */
  readonly onChange: (change: ModelChange) => void;
  /** How often the files are compared with the last fingerprint whatever the system tells; 15 000 unless told otherwise. */
  readonly pollMs?: number;
  /** How long it must be quiet after an event before the files are compared; 100 unless told otherwise. */
  readonly quietMs?: number;
  /** A burst that does not end is told of after this; 2 000 unless told otherwise. */
  readonly burstMs?: number;
}

/** The files are others, or cannot be listed. */
export interface ModelChange {
  readonly fingerprint: string | null;
  /** The error that listing met; null without one. */
  readonly reason: unknown;
}

/** A running watch. */
export interface ModelWatch {
  /** Compares at once, as the owner of a lease does before renewing it; resolves when that is done. */
  check(): Promise<void>;
  /** Ends the watch; nothing is told afterwards. */
  close(): void;
}

const POLL_MS = 15_000;
const QUIET_MS = 100;
const BURST_MS = 2000;

/**
 * Lists a model and fingerprints it.
 * @throws ModelReadError
 */
export async function fingerprintModel(root: string, options: ListOptions): Promise<string> {
  return fingerprintOf(await listModel(root, options));
}

/**
 * Watches a folder or one file from the state `fingerprint`, which the caller took before it verified. Never throws: where the
 * system cannot watch, comparing at intervals remains.
 */
export function watchModel(root: string, fingerprint: string | null, options: WatchOptions): ModelWatch {
  return new Watch(root, fingerprint, options);
}

class Watch implements ModelWatch {
  readonly #root: string;
  readonly #options: WatchOptions;
  #fingerprint: string | null;
  #watchers: FSWatcher[] = [];
  #poll: Timer | null = null;
  #quiet: Timer | null = null;
  #burstBegan: number | null = null;
  #comparing: Promise<void> | null = null;
  /** Something else may stand where the folder stood. */
  #isMoved = false;
  #isClosed = false;

  constructor(root: string, fingerprint: string | null, options: WatchOptions) {
    this.#root = resolve(root);
    this.#options = options;
    this.#fingerprint = fingerprint;
    this.#listen();
    this.#schedulePoll();
  }

  async check(): Promise<void> {
    this.#quiet?.cancel();
    this.#quiet = null;
    // One that is under way may have read the files before they changed.
    await this.#comparing;
    if (this.#isClosed) return;
    this.#comparing ??= this.#compare().finally(() => (this.#comparing = null));
    await this.#comparing;
  }

  close(): void {
    this.#isClosed = true;
    this.#quiet?.cancel();
    this.#poll?.cancel();
    this.#deafen();
  }

  /** The model with all in it, and its name in the folder above, where the whole can be swapped. */
  #listen(): void {
    this.#deafen();
    this.#isMoved = false;
    this.#hear(this.#root, true, () => this.#stir());
    this.#hear(dirname(this.#root), false, (name) => {
      if (name !== null && name !== basename(this.#root)) return;
      this.#isMoved = true;
      this.#stir();
    });
    // What happened before the first event could come.
    this.#stir();
  }

  #hear(path: string, recursive: boolean, onEvent: (name: string | null) => void): void {
    try {
      const watcher = watch(path, { persistent: false, recursive });
      watcher.on('change', (_, name) => onEvent(name === null ? null : String(name)));
      // The folder went away, or the system has no watches left: comparing finds out.
      watcher.on('error', () => this.#stir());
      this.#watchers.push(watcher);
    } catch {
      // Comparing at intervals remains.
    }
  }

  #deafen(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }

  #schedulePoll(): void {
    if (this.#isClosed) return;
    this.#poll = this.#options.clock.after(this.#options.pollMs ?? POLL_MS, () => {
      void this.check().finally(() => this.#schedulePoll());
    });
  }

  /** Something moved: compare once it is quiet, or at last when it never is. */
  #stir(): void {
    if (this.#isClosed) return;
    const { clock, quietMs = QUIET_MS, burstMs = BURST_MS } = this.#options;
    const now = clock.tick();
    this.#burstBegan ??= now;
    if (now - this.#burstBegan >= burstMs && this.#quiet !== null) return;
    this.#quiet?.cancel();
    this.#quiet = clock.after(quietMs, () => {
      this.#burstBegan = null;
      void this.check();
    });
  }

  async #compare(): Promise<void> {
    let fingerprint: string | null = null;
    let reason: unknown = null;
    try {
      fingerprint = await fingerprintModel(this.#root, this.#options);
    } catch (error) {
      reason = error;
    }
    if (this.#isClosed) return;
    if (this.#isMoved || fingerprint !== this.#fingerprint) this.#listen();
    if (fingerprint === this.#fingerprint) return;
    this.#fingerprint = fingerprint;
    this.#options.onChange({ fingerprint, reason });
  }
}
