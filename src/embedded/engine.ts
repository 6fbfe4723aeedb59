/** What the transport asks of a model, wherever it is computed. */
import type { ChatTurn } from './chat-form.ts';
import type { Sampling } from './sampling/sampler.ts';
import type { Piece } from './sampling/stop-scanner.ts';

/** One answer to compute. Plain data: it crosses threads. */
export interface GenerationRequest {
  readonly turns: readonly ChatTurn[];
  /** Tokens of the answer at most; null = as many as the context has room for. */
  readonly maxTokens: number | null;
  readonly sampling: Sampling;
  readonly stop: readonly string[];
  /** How many likely tokens to tell per place; null = tell nothing, 0 = the chosen one only. */
  readonly topLogprobs: number | null;
}

/** How an answer ended. */
export interface GenerationEnd {
  readonly reason: 'stop' | 'length';
  readonly promptTokens: number;
  /** Tokens computed, the one that ended the answer included. */
  readonly outputTokens: number;
}

/** Why there is no answer, or no more of it. */
export type EngineFailure =
  /** `promptTokens` is a lower bound where the prompt was too long to be worth counting. */
  | { readonly kind: 'context-length'; readonly promptTokens: number; readonly contextTokens: number }
  | { readonly kind: 'overloaded' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'broken'; readonly message: string };

/** Hears of one answer: `started` at most once, pieces, then one of `finished` or `failed`; nothing after a cancel. */
export interface GenerationListener {
  /** The prompt was accepted. */
  started(promptTokens: number): void;
  piece(piece: Piece): void;
  finished(end: GenerationEnd): void;
  failed(failure: EngineFailure): void;
}

/** Cancels; harmless when it is over. */
export type Cancel = () => void;

/** What is known of the model. */
export interface EngineInfo {
  /** What the file calls itself; null = not told. */
  readonly title: string | null;
  readonly parameters: number;
  readonly contextTokens: number;
}

/** Whoever computes answers. */
export interface Responder {
  /** Calls the listener later, never before it returned. */
  generate(request: GenerationRequest, listener: GenerationListener): Cancel;
  /** Ends what runs and waits, as `closed`, and frees the model. */
  close(): Promise<void>;
}

/** A loaded model that answers, one generation at a time and the others waiting. */
export interface Engine extends Responder {
  readonly info: EngineInfo;
}
