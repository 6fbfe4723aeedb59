/** What an answer cost, as far as price and tokens are known. */
import type { ModelPrice } from '../core/backend.ts';
import { ratesAt, type Rates } from '../core/price-windows.ts';
import type { Usage } from '../core/usage.ts';

const MILLION = 1_000_000;

/**
 * USD of one answer; null when a price or a count that it needs is unknown. Cached and cache-written tokens fall back to the
 * input price where they have none of their own.
 */
export function costOf(price: Rates | null, usage: Usage | null): number | null {
  if (price === null || usage === null) return null;
  const { inputTokens, outputTokens } = usage;
  if (inputTokens === null || outputTokens === null) return null;
  const cached = usage.cachedInputTokens ?? 0;
  const written = usage.cacheWriteTokens ?? 0;
  const usd =
    partOf(Math.max(0, inputTokens - cached - written), price.inputUsd) +
    partOf(cached, price.cachedInputUsd ?? price.inputUsd) +
    partOf(written, price.cacheWriteUsd ?? price.inputUsd) +
    partOf(outputTokens, price.outputUsd);
  return Number.isNaN(usd) ? null : usd;
}

/** NaN where tokens have no price. */
function partOf(tokens: number, perMillion: number | null): number {
  if (tokens === 0) return 0;
  return perMillion === null ? Number.NaN : (tokens * perMillion) / MILLION;
}

/** The same by the rates of a moment, ms since the epoch. */
export function costAt(price: ModelPrice | null, usage: Usage | null, at: number): number | null {
  return price === null ? null : costOf(ratesAt(price, at), usage);
}
