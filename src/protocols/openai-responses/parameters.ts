/** The plain parameters of a request: their names in the block model and on the wire, and those that this wire cannot say. */
import type { FormatPlace } from '../../wire/codec/json-format.ts';
import { PROTOCOL } from './extra.ts';

/** Numbers. */
export const NUMBERS = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
] as const;

/** Strings. */
export const TEXTS = [
  ['serviceTier', 'service_tier'],
  ['cacheKey', 'prompt_cache_key'],
] as const;

/** What the Responses language has no field for, with the name that clients know it by. */
export const UNSAYABLE = [
  ['topK', 'top_k'],
  ['seed', 'seed'],
  ['presencePenalty', 'presence_penalty'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['stop', 'stop'],
  ['choices', 'n'],
  ['logitBias', 'logit_bias'],
  ['audio', 'audio'],
] as const;

/** The entry of `include` that asks for log probabilities. */
export const INCLUDE_LOGPROBS = 'message.output_text.logprobs';

/** Where the shape of an answer stands. */
export const FORMAT: FormatPlace = { protocol: PROTOCOL, path: 'text.format', within: null };
