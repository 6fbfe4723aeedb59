/** What the thread that hashes and the thread that asks say to each other. */
import type { ModelReadRule } from './model-read-error.ts';

/** Given at the start. */
export interface HashThreadStart {
  /** This thread's share; null: as fast as it goes. */
  readonly bytesPerSecond: number | null;
  /** As in `HashPace`. */
  readonly readsAhead: boolean;
}

/** What comes back for a task: any number of `bytes`, then one of the others. */
export type HashMessage =
  | { readonly type: 'bytes'; readonly bytes: number }
  | { readonly type: 'hashed'; readonly sha256: Uint8Array }
  | { readonly type: 'refused'; readonly rule: ModelReadRule; readonly file: string; readonly what: string }
  | { readonly type: 'broken'; readonly message: string };
