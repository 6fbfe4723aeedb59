/** The plain parameters of a request: their names in the block model and on the wire. */

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
