/** Token counts of chat answers in all their vendors' spellings, and back in the plain one. */
import { isJsonObject, numberOrNull, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { setCount, setDetails } from '../../wire/codec/counts.ts';

/**
 * Reads a `usage` object; null when it is none. `excludesReasoning`: output counts leave reasoning out (xAI), unless the
 * vendor's own total says that it is in.
 */
export function readUsage(value: Json | undefined, excludesReasoning: boolean): Usage | null {
  if (!isJsonObject(value)) return null;
  const input = isJsonObject(value['prompt_tokens_details']) ? value['prompt_tokens_details'] : {};
  const output = isJsonObject(value['completion_tokens_details']) ? value['completion_tokens_details'] : {};
  const inputTokens = numberOrNull(value['prompt_tokens']) ?? hitAndMiss(value);
  const written = numberOrNull(value['completion_tokens']);
  const reasoningTokens = numberOrNull(output['reasoning_tokens']) ?? numberOrNull(value['reasoning_tokens']);
  const addReasoning =
    excludesReasoning &&
    numberOrNull(value['total_tokens']) !== (inputTokens ?? 0) + (written ?? 0) &&
    written !== null;
  return {
    inputTokens,
    cachedInputTokens:
      numberOrNull(input['cached_tokens']) ??
      numberOrNull(value['cached_tokens']) ??
      numberOrNull(value['num_cached_tokens']) ??
      numberOrNull(value['prompt_cache_hit_tokens']),
    cacheWriteTokens: numberOrNull(input['cache_write_tokens']),
    outputTokens: addReasoning ? written + (reasoningTokens ?? 0) : written,
    reasoningTokens,
    raw: value,
  };
}

/** DeepSeek counts hits and misses of its prefix cache. */
function hitAndMiss(usage: JsonObject): number | null {
  const hit = numberOrNull(usage['prompt_cache_hit_tokens']);
  const miss = numberOrNull(usage['prompt_cache_miss_tokens']);
  return hit === null || miss === null ? null : hit + miss;
}

/** The usage object of a chunk, also where Groq hides it. */
export function usageIn(chunk: JsonObject): JsonObject | null {
  if (isJsonObject(chunk['usage'])) return chunk['usage'];
  const groq = chunk['x_groq'];
  return isJsonObject(groq) && isJsonObject(groq['usage']) ? groq['usage'] : null;
}

/** Writes token counts. A vendor's own usage object of this protocol keeps its further fields; what was not told stays out. */
export function writeUsage(usage: Usage): JsonObject {
  const raw = isJsonObject(usage.raw) && 'prompt_tokens' in usage.raw ? usage.raw : {};
  const body: MutableJsonObject = { ...raw };
  setCount(body, 'prompt_tokens', usage.inputTokens);
  setCount(body, 'completion_tokens', usage.outputTokens);
  const untouched = raw['prompt_tokens'] === usage.inputTokens && raw['completion_tokens'] === usage.outputTokens;
  if (!untouched && usage.inputTokens !== null && usage.outputTokens !== null) {
    body['total_tokens'] = usage.inputTokens + usage.outputTokens;
  }
  const cached = { cached_tokens: usage.cachedInputTokens, cache_write_tokens: usage.cacheWriteTokens };
  setDetails(body, 'prompt_tokens_details', cached);
  setDetails(body, 'completion_tokens_details', { reasoning_tokens: usage.reasoningTokens });
  return body;
}
