/** What is known of how fast a backend is: learned from its answers, told as probabilities. */
import { QuantileSketch } from './quantile-sketch.ts';

/** The figures of one backend that decisions read; `tick` is the moment of the decision, monotonic ms. What is old counts less. */
export interface LatencyView {
  /** Ms to the first content of a request with so many uncached input tokens, as a rule, without waiting for a slot. */
  ttftMs(tick: number, inputTokens: number): number;
  /** Probability that the first content comes later than `limitMs` when the request must wait `waitMs` before it begins. */
  ttftMiss(tick: number, inputTokens: number, waitMs: number, limitMs: number): number;
  /** Probability that the mean time per output token of an answer is above `limitMs`. */
  tpotMiss(tick: number, limitMs: number): number;
  /** How long an answer with so many output tokens occupies the backend, ms. */
  workMs(tick: number, inputTokens: number, outputTokens: number): number;
  /** Output tokens of an answer, smoothed; null = none was seen. */
  readonly outputTokens: number | null;
  /** Share of input tokens that came from the backend's cache, smoothed. */
  readonly cachedShare: number;
  /** Share of attempts that failed by the backend's fault, smoothed. */
  failureRate(tick: number): number;
}

/** One answer that was seen. */
export interface LatencyObservation {
  /** Monotonic ms at its end. */
  readonly tick: number;
  /** Input tokens that were not cached, and those that were. */
  readonly inputTokens: number;
  readonly cachedTokens: number;
  /** Ms to the first content, without the wait that the gateway knew of; null where the answer came as a whole. */
  readonly ttftMs: number | null;
  /** null = not told. */
  readonly outputTokens: number | null;
  /** Ms from the first to the last content; null where the answer came as a whole. */
  readonly streamMs: number | null;
}

/** A backend that was never seen: an ordinary hosted model, with a wide guess, worth this many answers. */
const PRIOR = { ttftMs: 500, perTokenMs: 0.05, tpotMs: 20, sigma: 0.5, samples: 4 } as const;
/** Input tokens at which the prior's two points lie. */
const PRIOR_TOKENS = [0, 2000] as const;
const HALF_LIFE_MS = 60_000;
/** An answer so many times slower than expected counts as this slow in the regression, and fully in the spread. */
const OUTLIER = 4;
/** Weight of the newest answer in smoothed figures. */
const SMOOTHING = 0.05;
/** The spread is worked out again after so many answers. */
const REFRESH = 8;
/** 95 % point of the standard normal distribution. */
const Z95 = 1.6449;
const SIGMA = { least: 0.05, most: 2 } as const;

const sketch = (): QuantileSketch =>
  new QuantileSketch({ relativeError: 0.02, min: 0.01, max: 100, halfLifeMs: HALF_LIFE_MS });

/**
 * Time to first content is a + b * input tokens, by regression in which older answers fade; the ratio of seen to expected is kept as a
 * sketch whose median and 95 % point make a log-normal distribution. Time per output token likewise, without b. A backend that was
 * not asked for a while is believed less and less, until it counts as never seen: so one that was slow is tried again.
 */
export class LatencyModel implements LatencyView {
  readonly #line = new FadingLine();
  readonly #ratios = sketch();
  readonly #tpots = sketch();
  #a = 0;
  #b = 0;
  #ratio: Spread = UNKNOWN;
  #tpot = 0;
  #tpotRatio: Spread = UNKNOWN;
  #samples = 0;
  #seenAt = 0;
  #sinceRefresh = 0;
  #failures = 0;
  #failedAt = 0;
  outputTokens: number | null = null;
  cachedShare = 0;

  /** An answer came to its end. */
  succeeded(seen: LatencyObservation): void {
    const { tick, inputTokens, cachedTokens, ttftMs, outputTokens, streamMs } = seen;
    const input = inputTokens + cachedTokens;
    if (input > 0) this.cachedShare += SMOOTHING * (cachedTokens / input - this.cachedShare);
    if (ttftMs !== null) this.#sawStart(inputTokens, ttftMs, tick);
    if (outputTokens !== null) this.#sawOutput(outputTokens, streamMs, tick);
    this.#failures = this.failureRate(tick) * (1 - SMOOTHING);
    this.#failedAt = tick;
  }

  /** An attempt failed by the backend's fault. */
  failed(tick: number): void {
    this.#failures = this.failureRate(tick) * (1 - SMOOTHING) + SMOOTHING;
    this.#failedAt = tick;
  }

  failureRate(tick: number): number {
    return this.#failures * fade(tick - this.#failedAt);
  }

  ttftMs(tick: number, inputTokens: number): number {
    const guess = PRIOR.ttftMs + PRIOR.perTokenMs * inputTokens;
    return Math.max(1, mix(this.#trust(tick), this.#a + this.#b * inputTokens, guess));
  }

  ttftMiss(tick: number, inputTokens: number, waitMs: number, limitMs: number): number {
    if (waitMs >= limitMs) return 1;
    return exceeds((limitMs - waitMs) / this.ttftMs(tick, inputTokens), this.#ratio, this.#trust(tick));
  }

  tpotMiss(tick: number, limitMs: number): number {
    return exceeds(limitMs / this.#tpotMs(tick), this.#tpotRatio, this.#trust(tick));
  }

  workMs(tick: number, inputTokens: number, outputTokens: number): number {
    return this.ttftMs(tick, inputTokens) + this.#tpotMs(tick) * outputTokens;
  }

  #tpotMs(tick: number): number {
    return this.#tpot === 0 ? PRIOR.tpotMs : mix(this.#trust(tick), this.#tpot, PRIOR.tpotMs);
  }

  /** 0 = nothing is known, towards 1 with every answer. */
  #trust(tick: number): number {
    const fresh = this.#samples * fade(tick - this.#seenAt);
    return fresh / (fresh + PRIOR.samples);
  }

  #sawStart(inputTokens: number, ttftMs: number, tick: number): void {
    const expected = this.ttftMs(tick, inputTokens);
    this.#ratios.add(ttftMs / expected, tick);
    this.#line.add(inputTokens, Math.min(ttftMs, expected * OUTLIER), tick);
    const { a, b } = this.#line.fit();
    this.#a = a;
    this.#b = b;
    this.#samples = this.#ratios.count(tick);
    this.#seenAt = tick;
    if (this.#sinceRefresh++ % REFRESH === 0) this.#refresh();
  }

  #sawOutput(outputTokens: number, streamMs: number | null, tick: number): void {
    const known = this.outputTokens ?? outputTokens;
    this.outputTokens = known + SMOOTHING * (outputTokens - known);
    if (streamMs === null || outputTokens < 2) return;
    const seen = streamMs / (outputTokens - 1);
    const expected = this.#tpotMs(tick);
    this.#tpots.add(seen / expected, tick);
    if (this.#tpot === 0) this.#tpot = seen;
    else this.#tpot += SMOOTHING * (Math.min(seen, this.#tpot * OUTLIER) - this.#tpot);
  }

  #refresh(): void {
    this.#ratio = spreadOf(this.#ratios) ?? UNKNOWN;
    this.#tpotRatio = spreadOf(this.#tpots) ?? UNKNOWN;
  }
}

/** A log-normal distribution: mean and standard deviation of the logarithm. */
interface Spread {
  readonly mean: number;
  readonly sigma: number;
}

const UNKNOWN: Spread = Object.freeze({ mean: 0, sigma: PRIOR.sigma });

function spreadOf(sketch: QuantileSketch): Spread | null {
  const median = sketch.quantile(0.5);
  const p95 = sketch.quantile(0.95);
  if (median === null || p95 === null) return null;
  return { mean: Math.log(median), sigma: Math.log(p95 / median) / Z95 };
}

function mix(trust: number, seen: number, guess: number): number {
  return trust * seen + (1 - trust) * guess;
}

function fade(ms: number): number {
  return ms <= 0 ? 1 : 0.5 ** (ms / HALF_LIFE_MS);
}

/** Probability that a value is above `limit`, in the mixture of what was seen and the wide guess. */
function exceeds(limit: number, { mean, sigma }: Spread, trust: number): number {
  const spread = Math.min(SIGMA.most, Math.max(SIGMA.least, mix(trust, sigma, PRIOR.sigma)));
  return 1 - normal((Math.log(limit) - trust * mean) / spread);
}

/** The standard normal distribution function; Abramowitz and Stegun 26.2.17, error below 7.5e-8. */
function normal(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp(-z * z * 0.5) / Math.sqrt(2 * Math.PI)) * poly;
  return z >= 0 ? 1 - tail : tail;
}

/** Least squares of y = a + b x with a, b >= 0, older points fading; relative errors count, so long prompts do not rule. */
class FadingLine {
  #w = 0;
  #wx = 0;
  #wxx = 0;
  #wy = 0;
  #wxy = 0;
  #tick: number | null = null;

  constructor() {
    for (const x of PRIOR_TOKENS)
      this.#put(x, PRIOR.ttftMs + PRIOR.perTokenMs * x, PRIOR.samples / PRIOR_TOKENS.length);
  }

  add(x: number, y: number, tick: number): void {
    const keep = this.#tick === null ? 1 : fade(tick - this.#tick);
    this.#tick = tick;
    this.#w *= keep;
    this.#wx *= keep;
    this.#wxx *= keep;
    this.#wy *= keep;
    this.#wxy *= keep;
    this.#put(x, y, 1);
  }

  fit(): { a: number; b: number } {
    const spread = this.#w * this.#wxx - this.#wx * this.#wx;
    const slope = spread > 1e-9 * this.#wxx * this.#w ? (this.#w * this.#wxy - this.#wx * this.#wy) / spread : 0;
    const b = Math.max(0, slope);
    const a = (this.#wy - b * this.#wx) / this.#w;
    // through the origin where the line would begin below it
    return a >= 0 ? { a, b } : { a: 0, b: this.#wxy / this.#wxx };
  }

  #put(x: number, y: number, times: number): void {
    const weight = times / (y * y);
    this.#w += weight;
    this.#wx += weight * x;
    this.#wxx += weight * x * x;
    this.#wy += weight * y;
    this.#wxy += weight * x * y;
  }
}
