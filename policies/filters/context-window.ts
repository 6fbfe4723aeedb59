/** A model that is known to read less than the request holds is out; one whose window is not known stays in. */
import type { Filter, RequestFacts } from '../../src/core/policy.ts';

/** Rejects candidates whose context window is known to be too small for input and asked output together. */
export const contextWindow: Filter = Object.freeze({
  id: 'context-window',
  compile: ({ backend }) => (backend.contextTokens === null ? true : null),
  reject({ backend }, facts) {
    const window = backend.contextTokens;
    if (window === null) return null;
    const wanted = contextNeeded(facts);
    if (wanted <= window) return null;
    return {
      id: 'context-window',
      kind: 'request',
      key: 'context',
      want: `>= ${wanted}`,
      got: String(window),
      retryAfterMs: null,
    };
  },
} satisfies Filter);

/** Tokens that the model must hold: the estimated input, and the output limit where the client said one. */
export function contextNeeded(facts: RequestFacts): number {
  return facts.inputTokens + (facts.maxOutputTokens ?? 0);
}
