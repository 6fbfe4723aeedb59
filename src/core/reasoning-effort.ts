/** The one table between words for effort and budgets of thinking tokens: a policy of this gateway, not a fact of any vendor. */
import type { ReasoningEffort } from './chat.ts';

/** Tokens to think with, per word. Vendors that know more words than three get their nearest. */
export const EFFORT_BUDGETS: { readonly [E in ReasoningEffort]: number } = Object.freeze({
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
});

/** The word for a budget: the smallest of low, medium and high whose budget is at least as large, high above them all. */
export function effortOfBudget(tokens: number): ReasoningEffort {
  if (tokens <= 0) return 'none';
  if (tokens <= EFFORT_BUDGETS.low) return 'low';
  return tokens <= EFFORT_BUDGETS.medium ? 'medium' : 'high';
}
