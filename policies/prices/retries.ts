/** What failures cost: a backend that fails now and then is paid for, and another one after it. */
import type { CandidateTrace, Objective, StateView } from '../../src/core/policy.ts';

/** Shares of failures up to this change no choice: they are noise of the smoothing. */
const NOTICED = 0.02;

/**
 * Adds to each price the share of failures times the cheapest answer of another eligible backend: what a failed attempt took may be
 * billed, and the request is paid for again. Under an objective a failure counts as a miss and has its price already (`miss.ts`).
 * The same list where no backend fails noticeably.
 */
export function withRetries<T extends CandidateTrace>(
  trace: readonly T[],
  { tick, backends }: StateView,
  objective: Objective | null,
): readonly T[] {
  if (objective !== null || !backends.some(({ latency }) => latency.failureRate(tick) > NOTICED)) return trace;
  const rateOf = ({ candidate }: T): number => backends[candidate.backend.index]?.latency.failureRate(tick) ?? 0;
  const fallbacks = trace.filter((one) => one.rejections.length === 0 && isPriced(one)).toSorted(byTokens);
  return trace.map((one) => {
    const other = fallbacks[0] === one ? fallbacks[1] : fallbacks[0];
    const rate = rateOf(one);
    if (one.usd === null || other === undefined || rate <= NOTICED) return one;
    const retries = rate * other.parts['tokens']!;
    return { ...one, usd: one.usd + retries, parts: { ...one.parts, retries } };
  });
}

function isPriced({ parts }: CandidateTrace): boolean {
  return parts['tokens'] !== null && parts['tokens'] !== undefined;
}

function byTokens(a: CandidateTrace, b: CandidateTrace): number {
  return a.parts['tokens']! - b.parts['tokens']!;
}
