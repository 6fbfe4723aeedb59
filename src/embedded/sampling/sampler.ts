/** How the next token is drawn from the scores. */
import { seededRandom } from '../../core/clock.ts';

/** The knobs of one request. */
export interface Sampling {
  /** 0 = always the best token. */
  readonly temperature: number;
  /** Share of probability that is drawn from, best tokens first; 1 = all of it. */
  readonly topP: number;
  /** Number of best tokens that are drawn from; 0 = all. */
  readonly topK: number;
  /** The same seed draws the same answer. */
  readonly seed: number;
}

/** Picks a token id. */
export type Sampler = (logits: Float32Array) => number;

/** A token this many temperatures below the best has a probability under 1e-13, and is left out. */
const NEGLIGIBLE = 30;

/** A sampler for one answer. */
export function createSampler({ temperature, topP, topK, seed }: Sampling): Sampler {
  if (temperature === 0) return bestToken;
  const random = seededRandom(seed);
  return (logits) => {
    const most = logits[bestToken(logits)]!;
    const weight = (id: number): number => Math.exp((logits[id]! - most) / temperature);
    const candidates: number[] = [];
    for (let id = 0; id < logits.length; id++) {
      if (logits[id]! >= most - NEGLIGIBLE * temperature) candidates.push(id);
    }
    candidates.sort((a, b) => logits[b]! - logits[a]! || a - b);
    if (topK > 0 && topK < candidates.length) candidates.length = topK;
    const weights = candidates.map(weight);
    return candidates[draw(weights, topP, random.next())]!;
  };
}

/** The token with the highest score; the first among equals. */
function bestToken(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[best]!) best = id;
  return best;
}

/** Index into descending `weights`, of which only the nucleus of `topP` is drawn from. */
function draw(weights: readonly number[], topP: number, chance: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let size = 0;
  let nucleus = 0;
  while (size < weights.length && (size === 0 || nucleus < topP * total)) nucleus += weights[size++]!;
  let left = chance * nucleus;
  for (let i = 0; i < size; i++) {
    left -= weights[i]!;
    if (left < 0) return i;
  }
  return size - 1;
}
