/** What makes a frame a chunk of this protocol, and what is said where it is none. */
import { GatewayError } from '../../core/gateway-error.ts';
import { isJsonObject, type Json } from '../../core/json.ts';
import { LIMITS } from '../../wire/codec/field.ts';

/**
 * The terminal marker of a stream. It alone completes an answer: a stream that ends without it is `upstream-truncated`, also
 * where every choice has its finish reason. All recorded streams (OpenAI, Azure, DeepSeek, Groq, Hugging Face, llama.cpp, Ollama,
 * OpenRouter, Vercel, xAI, Z.ai) send it. A stream with the marker is complete even without finish reasons (Snowflake Cortex).
 */
export const DONE = '[DONE]';

/** True for the terminal marker. */
export function isDone(data: string): boolean {
  return data === DONE || (data.length < 16 && data.trim() === DONE);
}

/** The index of a choice, by position where the vendor leaves it out; null when it is no choice at all. */
export function choiceIndex(choice: Json | undefined, position: number): number | null {
  if (!isJsonObject(choice)) return null;
  const index = choice['index'] ?? position;
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < LIMITS.choices ? index : null;
}

/** The frame is not JSON, or not an object with choices that have an index. */
export function notAChunk(): GatewayError {
  return new GatewayError(
    'upstream-malformed',
    'The upstream sent a stream event that is not a chat completion chunk.',
  );
}

/** The stream was closed in order, but no choice ever began. */
export function noAnswer(): GatewayError {
  return new GatewayError('upstream-truncated', 'The upstream ended its stream without any answer in it.');
}

/** The bytes ended before the terminal marker. */
export function truncated(): GatewayError {
  return new GatewayError('upstream-truncated', `The upstream ended its stream without ${DONE}.`);
}
