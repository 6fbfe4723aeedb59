/** What a response object repeats of its request: clients of this language read the answer's own tools, limits and instructions. */
import type { ChatRequest } from '../../core/chat.ts';
import type { JsonObject, MutableJsonObject } from '../../core/json.ts';
import { createLossLog } from '../../core/loss.ts';
import { plainDialect } from '../../core/protocol.ts';
import { isInstructions, writeRequest } from './request-write.ts';

/** Fields of a request that its response has too. */
const REPEATED = [
  'background',
  'instructions',
  'max_output_tokens',
  'max_tool_calls',
  'metadata',
  'parallel_tool_calls',
  'prompt_cache_key',
  'reasoning',
  'safety_identifier',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
] as const;

const PLAIN = plainDialect('openai-responses');

/** The fields as the client sent them: its request, written in its own language without the conversation. */
export function echoOf(request: ChatRequest): JsonObject {
  const messages = request.messages.slice(0, 1).filter(isInstructions);
  const { body } = writeRequest({ ...request, messages }, PLAIN, createLossLog());
  const echo: MutableJsonObject = {};
  for (const key of REPEATED) if (body[key] !== undefined && body[key] !== null) echo[key] = body[key];
  return echo;
}
