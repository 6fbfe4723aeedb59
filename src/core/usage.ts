/** Token counts and finish reasons in their neutral form; what was not told stays null. */
import type { Json } from './json.ts';

/**
 * Tokens of one answer. Input includes cached and cache-written tokens, output includes reasoning (the arithmetic of
 * OpenTelemetry's GenAI conventions); vendors that count otherwise are converted by their codec. `null` = not told, never 0.
 */
export interface Usage {
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  /** The vendor's own usage object, untouched. */
  readonly raw: Json;
}

/** Why an answer ended. */
export type UnifiedFinish = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'error' | 'other';

/** Why an answer ended, with the vendor's own word (`null` where none was given). */
export interface FinishReason {
  readonly unified: UnifiedFinish;
  readonly raw: string | null;
}
