/** What the tokens of a request are expected to cost at a backend. */
import { ratesAt } from '../../src/core/price-windows.ts';
import type { LatencyView } from '../../src/core/latency-model.ts';
import type { Price, RequestFacts } from '../../src/core/policy.ts';

/** Output tokens that are expected of an answer where none was seen yet; a lower limit of the client caps it. */
export const EXPECTED_OUTPUT_TOKENS = 256;

/** Output tokens of one choice: what the backend's answers had on the average, capped by the client's own limit. */
export function expectedOutputTokens({ maxOutputTokens }: RequestFacts, latency: LatencyView | undefined): number {
  const usual = latency?.outputTokens ?? EXPECTED_OUTPUT_TOKENS;
  return Math.min(usual, maxOutputTokens ?? usual);
}

/**
 * USD for the estimated input, of which the usual share comes from the backend's cache, and the expected output of every choice. The client's own limit is a ceiling and seldom the
 * length of the answer, so it only caps the estimate. Unknown as soon as a price that is needed is unknown.
 */
export const tokens: Price = Object.freeze({
  id: 'tokens',
  usd({ backend: { price, index } }, facts, { backends }) {
    if (price === null) return null;
    const { inputUsd, outputUsd, cachedInputUsd } = ratesAt(price, facts.at);
    const seen = backends[index]?.latency;
    const outputTokens = facts.choices * expectedOutputTokens(facts, seen);
    const cached = cachedInputUsd === null ? 0 : facts.inputTokens * (seen?.cachedShare ?? 0);
    const input = costOf(facts.inputTokens - cached, inputUsd);
    const fromCache = costOf(cached, cachedInputUsd);
    const output = costOf(outputTokens, outputUsd);
    return input === null || output === null || fromCache === null ? null : input + fromCache + output;
  },
} satisfies Price);

function costOf(count: number, usdPerMillion: number | null): number | null {
  if (count === 0) return 0;
  return usdPerMillion === null ? null : (count * usdPerMillion) / 1_000_000;
}
