/** Reads a chat completion request of the OpenAI API into what an engine computes; what cannot be honoured is refused, never dropped. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { decodeUtf8Strict } from '../../wire/utf8.ts';
import type { GenerationRequest } from '../engine.ts';
import type { Sampling } from '../sampling/sampler.ts';
import { readTurns } from './chat-messages.ts';
import { booleanOf, integerOf, numberOf } from './fields.ts';
import { invalidRequest } from './openai-fault.ts';

/** What the request does not have to say. */
export interface ChatDefaults {
  readonly temperature: number;
  readonly seed: number;
}

/** A request that was read. */
export interface ChatRequest {
  readonly generation: GenerationRequest;
  readonly isStream: boolean;
  /** Whether a stream ends with a frame of usage. */
  readonly hasUsageFrame: boolean;
}

const MAX_STOPS = 16;
const MAX_STOP_LENGTH = 256;
const MAX_TOP_LOGPROBS = 20;
const MAX_SEED = Number.MAX_SAFE_INTEGER;

const isAbsent = (value: Json | undefined): boolean => value === undefined || value === null;
const isEmpty = (value: Json | undefined): boolean =>
  isAbsent(value) || (isJsonArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0);
const isZero = (value: Json | undefined): boolean => isAbsent(value) || value === 0;

/** Fields that would change the answer and that this model cannot follow, with the values that ask for nothing. */
const REFUSED: Readonly<Record<string, (value: Json | undefined) => boolean>> = {
  n: (value) => isAbsent(value) || value === 1,
  tools: isEmpty,
  functions: isEmpty,
  audio: isAbsent,
  web_search_options: isAbsent,
  response_format: (value) => isAbsent(value) || (isJsonObject(value) && value['type'] === 'text'),
  modalities: (value) => isAbsent(value) || (isJsonArray(value) && value.every((item) => item === 'text')),
  logit_bias: isEmpty,
  frequency_penalty: isZero,
  presence_penalty: isZero,
};

/**
 * Reads a body.
 * @throws OpenAiFault with status 400
 */
export function readChatRequest(bytes: Uint8Array, defaults: ChatDefaults): ChatRequest {
  const body = parseBody(bytes);
  for (const [field, asksNothing] of Object.entries(REFUSED)) {
    if (!asksNothing(body[field])) {
      throw invalidRequest(field, `This model cannot follow '${field}'.`, 'unsupported_parameter');
    }
  }
  const isStream = booleanOf(body, 'stream') ?? false;
  const options = body['stream_options'] ?? {};
  if (!isJsonObject(options)) throw invalidRequest('stream_options', "'stream_options' must be an object.");
  const limits = { min: 1, max: Number.MAX_SAFE_INTEGER };
  return {
    generation: {
      turns: readTurns(body['messages']),
      maxTokens: integerOf(body, 'max_completion_tokens', limits) ?? integerOf(body, 'max_tokens', limits),
      sampling: readSampling(body, defaults),
      stop: readStops(body['stop']),
      topLogprobs: readLogprobs(body),
    },
    isStream,
    hasUsageFrame: isStream && (booleanOf(options, 'include_usage') ?? false),
  };
}

function parseBody(bytes: Uint8Array): JsonObject {
  const text = decodeUtf8Strict(bytes);
  try {
    const body: Json = JSON.parse(text ?? '');
    if (isJsonObject(body)) return body;
  } catch {
    // The same refusal as for JSON that is no object.
  }
  throw invalidRequest(null, 'The body of the request is not one JSON object.');
}

function readSampling(body: JsonObject, defaults: ChatDefaults): Sampling {
  const seed = integerOf(body, 'seed', { min: -MAX_SEED, max: MAX_SEED });
  return {
    temperature: numberOf(body, 'temperature', { min: 0, max: 2 }) ?? defaults.temperature,
    topP: numberOf(body, 'top_p', { min: 0, max: 1 }) ?? 1,
    topK: Math.max(0, integerOf(body, 'top_k', { min: -1, max: MAX_SEED }) ?? 0),
    seed: (seed ?? defaults.seed) >>> 0,
  };
}

function readStops(value: Json | undefined): readonly string[] {
  if (value === undefined || value === null) return [];
  const stops = isJsonArray(value) ? value : [value];
  const texts = stops.filter((stop) => typeof stop === 'string');
  const isFine = texts.length === stops.length && texts.every(({ length }) => length > 0 && length <= MAX_STOP_LENGTH);
  if (isFine && texts.length <= MAX_STOPS) return texts;
  throw invalidRequest(
    'stop',
    `'stop' must be a string or up to ${MAX_STOPS} strings of 1 to ${MAX_STOP_LENGTH} characters.`,
  );
}

function readLogprobs(body: JsonObject): number | null {
  const top = integerOf(body, 'top_logprobs', { min: 0, max: MAX_TOP_LOGPROBS });
  if (booleanOf(body, 'logprobs') === true) return top ?? 0;
  if (top !== null) throw invalidRequest('top_logprobs', "'top_logprobs' needs 'logprobs' to be true.");
  return null;
}
