/** The arithmetic of latencies: from a few figures to expected times and probabilities; the same for live models and for records. */

/** A log-normal distribution: mean and standard deviation of the logarithm. */
export interface Spread {
  readonly mean: number;
  readonly sigma: number;
}

/** What is known of one backend's speed at one moment; plain numbers that JSON carries without loss. */
export interface LatencyFigures {
  /** 0 = nothing is known, towards 1 with every answer. */
  readonly trust: number;
  /** Time to first content is a + b * input tokens, ms. */
  readonly a: number;
  readonly b: number;
  /** Seen to expected time to first content. */
  readonly ratio: Spread;
  /** Mean time per output token, ms; 0 = none was seen. */
  readonly tpot: number;
  readonly tpotRatio: Spread;
  /** Share of attempts that failed. */
  readonly failures: number;
  readonly outputTokens: number | null;
  readonly cachedShare: number;
}

/** A backend that was never seen: an ordinary hosted model, with a wide guess, worth this many answers. */
export const PRIOR = { ttftMs: 500, perTokenMs: 0.05, tpotMs: 20, sigma: 0.5, samples: 4 } as const;
/** 95 % point of the standard normal distribution. */
export const Z95 = 1.6449;
const SIGMA = { least: 0.05, most: 2 } as const;

/** The spread of a backend that was never seen. */
export const UNKNOWN: Spread = Object.freeze({ mean: 0, sigma: PRIOR.sigma });

/** What was seen and what would be guessed, by trust. */
function mix(trust: number, seen: number, guess: number): number {
  return trust * seen + (1 - trust) * guess;
}

/** Expected ms to the first content. */
export function ttftOf(trust: number, a: number, b: number, inputTokens: number): number {
  const guess = PRIOR.ttftMs + PRIOR.perTokenMs * inputTokens;
  return Math.max(1, mix(trust, a + b * inputTokens, guess));
}

/** Expected ms per output token; `tpot` 0 = none was seen. */
export function tpotOf(trust: number, tpot: number): number {
  return tpot === 0 ? PRIOR.tpotMs : mix(trust, tpot, PRIOR.tpotMs);
}

/** Median and 95 % point of a time that is expected to be `expectedMs`, behind a wait. */
export function rangeOf(
  expectedMs: number,
  waitMs: number,
  spread: Spread,
  trust: number,
): { readonly p50: number; readonly p95: number } {
  const middle = expectedMs * Math.exp(trust * spread.mean);
  return { p50: waitMs + middle, p95: waitMs + middle * Math.exp(Z95 * sigmaOf(spread, trust)) };
}

/** Probability that a value is above `limit`, in the mixture of what was seen and the wide guess. */
export function exceeds(limit: number, spread: Spread, trust: number): number {
  return 1 - normal((Math.log(limit) - trust * spread.mean) / sigmaOf(spread, trust));
}

function sigmaOf({ sigma }: Spread, trust: number): number {
  return Math.min(SIGMA.most, Math.max(SIGMA.least, mix(trust, sigma, PRIOR.sigma)));
}

/** The standard normal distribution function; Abramowitz and Stegun 26.2.17, error below 7.5e-8. */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp(-z * z * 0.5) / Math.sqrt(2 * Math.PI)) * poly;
  return z >= 0 ? 1 - tail : tail;
}
