/** The response object around an answer: what is told of it, and which of its fields only repeat the request. */
import { isJsonObject, numberOrNull, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import { isEmpty, isVoid, unknownFields } from '../../wire/codec/extra.ts';

/** Fields that the block model has. */
const KNOWN = new Set([
  'id',
  'object',
  'created_at',
  'status',
  'error',
  'incomplete_details',
  'model',
  'output',
  'output_text',
  'usage',
  'service_tier',
]);

/** Fields that repeat what was asked, or a default of it: another language loses nothing with them. */
const ECHO: readonly string[] = [
  'background',
  'completed_at',
  'conversation',
  'frequency_penalty',
  'instructions',
  'max_output_tokens',
  'max_tool_calls',
  'metadata',
  'parallel_tool_calls',
  'presence_penalty',
  'previous_response_id',
  'prompt',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'reasoning',
  'safety_identifier',
  'store',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
];

/** What of a response object goes into the bag of its choice: news as fields, repetitions under `#echo`. */
export function answerBag(response: JsonObject): MutableJsonObject {
  const bag = unknownFields(response, KNOWN);
  const echo: MutableJsonObject = {};
  for (const key in bag) {
    if (!ECHO.includes(key) && !isVoid(bag[key])) continue;
    echo[key] = bag[key];
    delete bag[key];
  }
  if (!isEmpty(echo)) bag['#echo'] = echo;
  const { incomplete_details: details } = response;
  if (isJsonObject(details)) bag['#incomplete'] = details;
  return bag;
}

/** Fields that every response object must have; null where nothing is known. */
export const REQUIRED: JsonObject = Object.freeze({
  instructions: null,
  metadata: null,
  parallel_tool_calls: true,
  temperature: null,
  tool_choice: 'auto',
  tools: Object.freeze([]),
  top_p: null,
});

/** Ms since the epoch of `created_at`; null when it is not told. */
export function createdAt(response: JsonObject): number | null {
  const created = numberOrNull(response['created_at']);
  return created === null || created <= 0 ? null : created * 1000;
}

/** The tier that served; `auto` is only the wish. */
export function tierOf(response: JsonObject): string | null {
  const tier: Json | undefined = response['service_tier'];
  return typeof tier === 'string' && tier !== 'auto' ? tier : null;
}
