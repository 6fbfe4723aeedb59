/** What the threads that read models and the thread that asks them say to each other. */
import type { Inspection, InspectPolicy } from '../../artifact/inspect.ts';
import type { ModelTree } from './list-model.ts';
import { ModelReadError, type ModelReadRule } from './model-read-error.ts';

/** An error on its way between threads. */
export type ThreadFailure =
  | { readonly type: 'refused'; readonly rule: ModelReadRule; readonly file: string; readonly what: string }
  | { readonly type: 'broken'; readonly message: string };

/** Given to a thread that hashes. */
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
  | ThreadFailure;

/** Given to a thread that inspects. */
export interface InspectThreadStart {
  readonly tree: ModelTree;
  readonly policy: InspectPolicy;
}

/** What comes back, once. */
export type InspectMessage = { readonly type: 'inspected'; readonly inspection: Inspection } | ThreadFailure;

/** Packs an error. */
export function failureOf(error: unknown): ThreadFailure {
  if (error instanceof ModelReadError) {
    return { type: 'refused', rule: error.rule, file: error.file, what: error.what };
  }
  return { type: 'broken', message: String(error) };
}

/** Unpacks an error. */
export function errorOf(failure: ThreadFailure): Error {
  if (failure.type === 'refused') return new ModelReadError(failure.rule, failure.file, failure.what);
  return new Error(failure.message);
}
