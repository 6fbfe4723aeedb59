/** What is known of how fast a backend is: learned from its answers, told as probabilities. */
import {
  exceeds,
  PRIOR,
  rangeOf,
  tpotOf,
  ttftOf,
  UNKNOWN,
  Z95,
  type LatencyFigures,
  type Spread,
} from './latency-figures.ts';
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
  /** Median and 95 % point of the time to first content, ms, of a request that must wait `waitMs` before it begins. */
  ttftRangeMs(tick: number, inputTokens: number, waitMs: number): { readonly p50: number; readonly p95: number };
  /** Everything that the answers at `tick` follow from, for records. */
  figures(tick: number): LatencyFigures;
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

/** Input tokens at which the prior's two points lie. */
const PRIOR_TOKENS = [0, 2000] as const;
const HALF_LIFE_MS = 60_000;
/** An answer so many times slower than expected counts as this slow in the regression, and fully in the spread. */
const OUTLIER = 4;
/** Weight of the newest answer in smoothed figures. */
const SMOOTHING = 0.05;
/** The spread is worked out again after so many answers. */
const REFRESH = 8;

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
    return this.#failures === 0 ? 0 : this.#failures * fade(tick - this.#failedAt);
  }

  ttftMs(tick: number, inputTokens: number): number {
    return ttftOf(this.#trust(tick), this.#a, this.#b, inputTokens);
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

  ttftRangeMs(tick: number, inputTokens: number, waitMs: number): { p50: number; p95: number } {
    return rangeOf(this.ttftMs(tick, inputTokens), waitMs, this.#ratio, this.#trust(tick));
  }

  figures(tick: number): LatencyFigures {
    return {
      trust: this.#trust(tick),
      a: this.#a,
      b: this.#b,
      ratio: this.#ratio,
      tpot: this.#tpot,
      tpotRatio: this.#tpotRatio,
      failures: this.failureRate(tick),
      outputTokens: this.outputTokens,
      cachedShare: this.cachedShare,
    };
  }

  #tpotMs(tick: number): number {
    return tpotOf(this.#trust(tick), this.#tpot);
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

function spreadOf(sketch: QuantileSketch): Spread | null {
  const median = sketch.quantile(0.5);
  const p95 = sketch.quantile(0.95);
  if (median === null || p95 === null) return null;
  return { mean: Math.log(median), sigma: Math.log(p95 / median) / Z95 };
}

function fade(ms: number): number {
  return ms <= 0 ? 1 : 0.5 ** (ms / HALF_LIFE_MS);
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
