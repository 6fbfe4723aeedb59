/** Token counts of this protocol, both ways. */
import { isJsonObject, numberOrNull, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import { setCount, setDetails } from '../../wire/codec/counts.ts';

/** Reads a `usage` object; null when it is none. `excludesReasoning`: output counts leave reasoning out. */
export function readUsage(value: Json | undefined, excludesReasoning: boolean): Usage | null {
  if (!isJsonObject(value)) return null;
  const input = isJsonObject(value['input_tokens_details']) ? value['input_tokens_details'] : {};
  const output = isJsonObject(value['output_tokens_details']) ? value['output_tokens_details'] : {};
  const written = numberOrNull(value['output_tokens']);
  const reasoningTokens = numberOrNull(output['reasoning_tokens']);
  return {
    inputTokens: numberOrNull(value['input_tokens']),
    cachedInputTokens: numberOrNull(input['cached_tokens']),
    cacheWriteTokens: numberOrNull(input['cache_write_tokens']),
    outputTokens: excludesReasoning && written !== null ? written + (reasoningTokens ?? 0) : written,
    reasoningTokens,
    raw: value,
  };
}

/** Writes token counts. A usage object of this protocol keeps its further fields; what was not told stays out. */
export function writeUsage(usage: Usage): JsonObject {
  const raw = isJsonObject(usage.raw) && isOwn(usage.raw) ? usage.raw : {};
  const body: MutableJsonObject = { ...raw };
  setCount(body, 'input_tokens', usage.inputTokens);
  setDetails(body, 'input_tokens_details', {
    cached_tokens: usage.cachedInputTokens,
    cache_write_tokens: usage.cacheWriteTokens,
  });
  setCount(body, 'output_tokens', usage.outputTokens);
  setDetails(body, 'output_tokens_details', { reasoning_tokens: usage.reasoningTokens });
  if (usage.inputTokens !== null && usage.outputTokens !== null) {
    const untouched = raw['input_tokens'] === usage.inputTokens && raw['output_tokens'] === usage.outputTokens;
    if (!untouched || raw['total_tokens'] === undefined) body['total_tokens'] = usage.inputTokens + usage.outputTokens;
  }
  return body;
}

/** Messages also say `input_tokens`, and beside them what came from the cache and went to it. */
function isOwn(raw: JsonObject): boolean {
  if (!('input_tokens' in raw)) return false;
  return !MESSAGES.some((key) => key in raw);
}

const MESSAGES: readonly string[] = ['cache_read_input_tokens', 'cache_creation_input_tokens', 'service_tier'];
