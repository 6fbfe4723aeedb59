/** Writes answers in the words of the OpenAI API: whole, or as the chunks of a stream. */
import type { Json, JsonObject } from '../../core/json.ts';
import { encodeFrame } from '../../wire/sse.ts';
import type { GenerationEnd } from '../engine.ts';
import type { ScoredToken, TokenLogprobs } from '../sampling/logprobs.ts';
import type { Piece } from '../sampling/stop-scanner.ts';

/** What every part of an answer repeats. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since the Unix epoch. */
  readonly created: number;
  readonly model: string;
}

function usageOf({ promptTokens, outputTokens }: GenerationEnd): JsonObject {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: outputTokens,
    total_tokens: promptTokens + outputTokens,
  };
}

function logprobsOf(tokens: readonly TokenLogprobs[] | null): Json {
  if (tokens === null) return null;
  const plain = ({ token, logprob, bytes }: ScoredToken): JsonObject => ({ token, logprob, bytes });
  return { content: tokens.map((token) => ({ ...plain(token), top_logprobs: token.top.map(plain) })), refusal: null };
}

/** The whole answer; `logprobs` null where not asked for. */
export function wholeAnswer(
  head: AnswerHead,
  content: string,
  logprobs: readonly TokenLogprobs[] | null,
  end: GenerationEnd,
): JsonObject {
  const message = { role: 'assistant', content, refusal: null };
  return {
    id: head.id,
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    choices: [{ index: 0, message, logprobs: logprobsOf(logprobs), finish_reason: end.reason }],
    usage: usageOf(end),
  };
}

/** The chunks of one streamed answer, framed. */
export interface ChunkWriter {
  /** The first chunk: the role. */
  role(): Uint8Array;
  piece(piece: Piece): Uint8Array;
  /** Finish reason, usage where asked for, and the sentinel. */
  end(end: GenerationEnd): readonly Uint8Array[];
}

/** A writer for one answer. */
export function createChunkWriter(head: AnswerHead, hasLogprobs: boolean, hasUsageFrame: boolean): ChunkWriter {
  const frame = (choices: readonly Json[], usage: JsonObject | null): Uint8Array => {
    const chunk = { id: head.id, object: 'chat.completion.chunk', created: head.created, model: head.model, choices };
    return encodeFrame({ event: null, data: JSON.stringify(hasUsageFrame ? { ...chunk, usage } : chunk) });
  };
  const choice = (delta: JsonObject, logprobs: Json, reason: string | null): JsonObject => ({
    index: 0,
    delta,
    logprobs,
    finish_reason: reason,
  });
  return {
    role: () => frame([choice({ role: 'assistant', content: '', refusal: null }, null, null)], null),
    piece: ({ text, logprobs }) =>
      frame([choice({ content: text }, logprobsOf(hasLogprobs ? logprobs : null), null)], null),
    end: (end) => [
      frame([choice({}, null, end.reason)], null),
      ...(hasUsageFrame ? [frame([], usageOf(end))] : []),
      encodeFrame({ event: null, data: '[DONE]' }),
    ],
  };
}
