/** What the tokens of a request are expected to cost at a backend. */
import type { Price } from '../../src/core/policy.ts';

/** Output tokens that are expected of an answer; a lower limit of the client caps it. */
export const EXPECTED_OUTPUT_TOKENS = 256;

/**
 * USD for the estimated input and the expected output of every choice. The client's own limit is a ceiling and seldom the
 * length of the answer, so it only caps the estimate. Unknown as soon as a price that is needed is unknown.
 */
export const tokens: Price = Object.freeze({
  id: 'tokens',
  usd({ backend: { price } }, { inputTokens, maxOutputTokens, choices }) {
    if (price === null) return null;
    const outputTokens = choices * Math.min(EXPECTED_OUTPUT_TOKENS, maxOutputTokens ?? EXPECTED_OUTPUT_TOKENS);
    const input = costOf(inputTokens, price.inputUsd);
    const output = costOf(outputTokens, price.outputUsd);
    return input === null || output === null ? null : input + output;
  },
} satisfies Price);

function costOf(count: number, usdPerMillion: number | null): number | null {
  if (count === 0) return 0;
  return usdPerMillion === null ? null : (count * usdPerMillion) / 1_000_000;
}
