/** Token counts: this language counts input without what came from or went to the cache, the block model counts all of it. */
import { isJsonObject, numberOrNull, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';

/** Reads a `usage` object; null when it is none. */
export function readUsage(value: Json | undefined): Usage | null {
  if (!isJsonObject(value)) return null;
  const fresh = numberOrNull(value['input_tokens']);
  const cachedInputTokens = numberOrNull(value['cache_read_input_tokens']);
  const cacheWriteTokens = numberOrNull(value['cache_creation_input_tokens']) ?? writtenByAge(value['cache_creation']);
  const details = value['output_tokens_details'];
  return {
    inputTokens: fresh === null ? null : fresh + (cachedInputTokens ?? 0) + (cacheWriteTokens ?? 0),
    cachedInputTokens,
    cacheWriteTokens,
    outputTokens: numberOrNull(value['output_tokens']),
    reasoningTokens: isJsonObject(details) ? numberOrNull(details['thinking_tokens']) : null,
    raw: value,
  };
}

/** `cache_creation` splits what was written by its lifetime. */
function writtenByAge(value: Json | undefined): number | null {
  if (!isJsonObject(value)) return null;
  const counts = Object.values(value).map(numberOrNull);
  return counts.some((count) => count === null) ? null : counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

/** The counts of a stream are cumulative: what a later event says replaces what an earlier one said. */
export function mergeUsage(before: JsonObject | null, more: JsonObject): JsonObject {
  if (before === null) return more;
  const merged: MutableJsonObject = { ...before };
  for (const key in more) if (more[key] !== null || merged[key] === undefined) merged[key] = more[key];
  return merged;
}

const TIERS: Readonly<Record<string, string>> = { standard: 'default' };

/** The tier that served, in the word that other languages use for it. */
export function readServiceTier(usage: Json | undefined): { readonly serviceTier?: string } {
  const tier = isJsonObject(usage) ? usage['service_tier'] : undefined;
  return typeof tier === 'string' ? { serviceTier: TIERS[tier] ?? tier } : {};
}

/**
 * Writes token counts. The two that every client of this language reads are always there; what else was not told stays out. The
 * three input counts add up to the whole input, also where a vendor's own do not (Azure's grok: 161 cached of 7).
 */
export function writeUsage(usage: Usage | null, serviceTier: string | undefined): JsonObject {
  const raw = usage !== null && isJsonObject(usage.raw) && 'input_tokens' in usage.raw ? usage.raw : {};
  const body: MutableJsonObject = isOwnUsage(raw) ? { ...raw } : {};
  const { cachedInputTokens: cached = null, cacheWriteTokens: written = null } = usage ?? {};
  let fresh = usage?.inputTokens ?? null;
  for (const [key, count] of [
    ['cache_read_input_tokens', cached],
    ['cache_creation_input_tokens', written],
  ] as const) {
    if (count === null) continue;
    body[key] = fresh === null ? count : Math.min(count, fresh);
    if (fresh !== null) fresh -= Math.min(count, fresh);
  }
  body['input_tokens'] = fresh ?? 0;
  body['output_tokens'] = usage?.outputTokens ?? 0;
  const reasoning = usage?.reasoningTokens ?? null;
  if (reasoning !== null) body['output_tokens_details'] = { thinking_tokens: reasoning };
  if (serviceTier !== undefined && body['service_tier'] === undefined) {
    body['service_tier'] = serviceTier === 'default' ? 'standard' : serviceTier;
  }
  return body;
}

/** OpenAI's Responses also say `input_tokens`, with other details. */
function isOwnUsage(raw: JsonObject): boolean {
  return !('input_tokens_details' in raw) && !('total_tokens' in raw);
}
