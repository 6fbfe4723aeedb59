/** The plain parameters of a request: their names in the block model and on the wire. */
import type { FormatPlace } from '../../wire/codec/json-format.ts';
import { PROTOCOL } from './extra.ts';

/** Numbers. */
export const NUMBERS = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['topK', 'top_k'],
  ['seed', 'seed'],
  ['presencePenalty', 'presence_penalty'],
  ['frequencyPenalty', 'frequency_penalty'],
] as const;

/** Strings. */
export const TEXTS = [
  ['serviceTier', 'service_tier'],
  ['cacheKey', 'prompt_cache_key'],
] as const;

/** Booleans. */
export const FLAGS = [['parallelToolCalls', 'parallel_tool_calls']] as const;

/** Objects that are carried as they are. */
export const OBJECTS = [
  ['logitBias', 'logit_bias'],
  ['audio', 'audio'],
  ['metadata', 'metadata'],
] as const;

/** Where the shape of an answer stands. */
export const FORMAT: FormatPlace = { protocol: PROTOCOL, path: 'response_format', within: 'json_schema' };
