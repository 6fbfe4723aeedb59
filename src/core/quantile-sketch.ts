/** Quantiles of positive numbers with a bounded relative error, in constant space, with older values fading out. */

/** How finely and for how long a sketch looks. */
export interface SketchOptions {
  /** Largest relative error of a quantile; 0.02 = 2 %. */
  readonly relativeError: number;
  /** Values outside are counted at the nearer end. */
  readonly min: number;
  readonly max: number;
  /** After so many ms a value counts half as much as a new one. */
  readonly halfLifeMs: number;
}

/** Weights are kept within this: all of them are scaled down before they could overflow. */
const LARGEST = 1e100;

/**
 * DDSketch (Masson, Rim, Lee, PVLDB 12(12), 2019) with a fixed range: bucket i holds values in (min * gamma^(i-1), min * gamma^i],
 * gamma = (1 + e) / (1 - e). Values fade by forward decay (Cormode and others, ICDE 2009): a newer one weighs more, nothing is touched
 * again. Sketches with equal options are merged by adding their buckets.
 */
export class QuantileSketch {
  readonly #options: SketchOptions;
  readonly #logGamma: number;
  readonly #weights: Float64Array;
  #total = 0;
  #landmark: number | null = null;

  constructor(options: SketchOptions) {
    const { relativeError, min, max } = options;
    this.#options = options;
    this.#logGamma = Math.log((1 + relativeError) / (1 - relativeError));
    this.#weights = new Float64Array(Math.ceil(Math.log(max / min) / this.#logGamma) + 1);
  }

  /** Counts a value seen at `tick`, monotonic ms. */
  add(value: number, tick: number): void {
    const weight = this.#weightAt(tick);
    const index = this.#indexOf(value);
    this.#weights[index] = this.#weights[index]! + weight;
    this.#total += weight;
  }

  /** How many fresh values the sketch is worth at `tick`. */
  count(tick: number): number {
    return this.#total === 0 ? 0 : this.#total / this.#weightAt(tick);
  }

  /** The value below which a share `q` of all weight lies; null while the sketch is empty. */
  quantile(q: number): number | null {
    if (this.#total === 0) return null;
    const { min, max, relativeError } = this.#options;
    const wanted = q * this.#total;
    let sum = 0;
    for (let i = 0; i < this.#weights.length; i++) {
      sum += this.#weights[i]!;
      if (sum >= wanted && sum > 0) return min * Math.exp(i * this.#logGamma) * (1 - relativeError);
    }
    return max;
  }

  #indexOf(value: number): number {
    const { min, max } = this.#options;
    const bounded = Math.min(max, Math.max(min, value));
    return Math.min(this.#weights.length - 1, Math.ceil(Math.log(bounded / min) / this.#logGamma));
  }

  /** What a value that is seen now weighs, relative to one at the landmark. */
  #weightAt(tick: number): number {
    this.#landmark ??= tick;
    const weight = 2 ** ((tick - this.#landmark) / this.#options.halfLifeMs);
    if (weight < LARGEST) return weight;
    for (let i = 0; i < this.#weights.length; i++) this.#weights[i] = this.#weights[i]! / weight;
    this.#total /= weight;
    this.#landmark = tick;
    return 1;
  }
}
