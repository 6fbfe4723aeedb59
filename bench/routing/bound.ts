/** What no rule can beat: a lower bound on the cost of keeping the objective, by Lagrangian duality. */
import { mayServe } from './run.ts';
import type { Arrival, Scenario, Truth } from './scenario.ts';

/** Length of a window in which slots and rate limits are counted, ms. */
const WINDOW_MS = 300_000;
const ROUNDS = 400;

/**
 * Any prices at all for misses, slot time and rate limits give a valid bound: sum over requests of the cheapest priced choice, less what the
 * allowances are worth. Subgradient steps look for good prices. The world is taken at its kindest: no failures, no queues, an empty
 * pool's speed with all its slots; outages and slow periods are left out. USD.
 */
export function lowerBound(scenario: Scenario, trace: readonly Arrival[]): number {
  const options = trace.map((request) => optionsOf(scenario, request));
  const windows = Math.ceil(((trace.at(-1)?.atMs ?? 0) + 1) / WINDOW_MS);
  const allowedMisses = (1 - scenario.slo.attainment) * trace.length;
  const capacity = scenario.backends.map(({ slots, rpm }) =>
    slots !== undefined
      ? (slots * WINDOW_MS) / 1000
      : rpm !== undefined
        ? (rpm * WINDOW_MS) / 60_000 + rpm / 6
        : Infinity,
  );
  let missUsd = 0.001;
  const prices = scenario.backends.map(() => new Float64Array(windows));
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const used = scenario.backends.map(() => new Float64Array(windows));
    let misses = 0;
    let bound = -missUsd * allowedMisses;
    for (const [i, choices] of options.entries()) {
      const window = Math.floor(trace[i]!.atMs / WINDOW_MS);
      const cheapest = cheapestOf(choices, missUsd, prices, window);
      bound += cheapest.usd;
      misses += cheapest.option.miss;
      used[cheapest.option.backend]![window]! += cheapest.option.use;
    }
    for (const [b, limit] of capacity.entries()) {
      if (limit < Infinity) for (const price of prices[b]!) bound -= price * limit;
    }
    best = Math.max(best, bound);
    const step = 1 / Math.sqrt(round + 1);
    missUsd = Math.max(0, missUsd + (0.002 * step * (misses - allowedMisses)) / allowedMisses);
    for (const [b, limit] of capacity.entries()) {
      if (limit === Infinity) continue;
      const scale = scenario.backends[b]!.slots === undefined ? 0.0002 : 0.00005;
      for (let w = 0; w < windows; w++) {
        prices[b]![w] = Math.max(0, prices[b]![w]! + (scale * step * (used[b]![w]! - limit)) / limit);
      }
    }
  }
  return best;
}

interface Option {
  readonly backend: number;
  readonly usd: number;
  /** Probability that the first token comes too late. */
  readonly miss: number;
  /** Slot seconds, or 1 for a request against a rate limit. */
  readonly use: number;
}

function cheapestOf(
  options: readonly Option[],
  missUsd: number,
  prices: readonly Float64Array[],
  window: number,
): { readonly option: Option; readonly usd: number } {
  let option = options[0]!;
  let usd = Infinity;
  for (const one of options) {
    const priced = one.usd + missUsd * one.miss + prices[one.backend]![window]! * one.use;
    if (priced < usd) [option, usd] = [one, priced];
  }
  return { option, usd };
}

function optionsOf(scenario: Scenario, request: Arrival): readonly Option[] {
  const isProtected = request.dice < scenario.piiShare;
  const { backends, slo } = scenario;
  return backends.flatMap((truth, backend) =>
    mayServe(truth, request, isProtected) ? [optionOf(truth, backend, request, slo.ttft)] : [],
  );
}

function optionOf(truth: Truth, backend: number, { inputTokens, outputTokens }: Arrival, limit: number): Option {
  const rest = limit - inputTokens / truth.prefill;
  const miss = rest <= 0 ? 1 : upperTail(Math.log(rest / truth.ttft0) / truth.sigma);
  const seconds = truth.ttft0 + inputTokens / truth.prefill + outputTokens * truth.itl;
  const usd = (inputTokens * truth.in + outputTokens * truth.out) / 1_000_000;
  return { backend, usd, miss, use: truth.slots === undefined ? 1 : seconds };
}

/** Of the standard normal distribution, by the series of its density; error below 1e-7. */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp(-z * z * 0.5) / Math.sqrt(2 * Math.PI)) * poly;
  return z >= 0 ? tail : 1 - tail;
}
