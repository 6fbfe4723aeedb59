/** What the thread that computes and the thread that serves say to each other. */
import type { ArtifactCode } from '../../artifact/artifact-error.ts';
import type { EngineFailure, EngineInfo, GenerationEnd, GenerationRequest } from '../engine.ts';
import type { ModelLimits } from '../model.ts';
import type { Piece } from '../sampling/stop-scanner.ts';

/** Given at the start. */
export interface WorkerStart {
  /** The whole file. */
  readonly model: Uint8Array;
  readonly limits: ModelLimits;
  /** Element 0: jobs up to this number are cancelled. Shared, so that it is seen between two tokens without a message. */
  readonly cancelled: Int32Array;
}

/** Computes one answer; `job` counts up. */
export interface WorkerJob {
  readonly job: number;
  readonly request: GenerationRequest;
}

/** What comes back. `ready` or `refused` first. */
export type WorkerMessage =
  | { readonly type: 'ready'; readonly info: EngineInfo }
  | { readonly type: 'refused'; readonly code: ArtifactCode | null; readonly where: string; readonly message: string }
  | { readonly type: 'started'; readonly job: number; readonly promptTokens: number }
  | { readonly type: 'piece'; readonly job: number; readonly piece: Piece }
  | { readonly type: 'finished'; readonly job: number; readonly end: GenerationEnd }
  | { readonly type: 'failed'; readonly job: number; readonly failure: EngineFailure };
