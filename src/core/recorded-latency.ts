/** The speed of a backend as a record tells it. */
import { exceeds, rangeOf, tpotOf, ttftOf, type LatencyFigures } from './latency-figures.ts';
import type { LatencyView } from './latency-model.ts';

/** A backend as it was at one moment: answers like the model whose figures these are, to the last bit, at whatever tick. */
export function recordedLatency(figures: LatencyFigures): LatencyView {
  const { trust, a, b, ratio, tpot, tpotRatio, failures, outputTokens, cachedShare } = figures;
  const ttftMs = (_tick: number, inputTokens: number): number => ttftOf(trust, a, b, inputTokens);
  return {
    ttftMs,
    ttftMiss: (tick, inputTokens, waitMs, limitMs) =>
      waitMs >= limitMs ? 1 : exceeds((limitMs - waitMs) / ttftMs(tick, inputTokens), ratio, trust),
    tpotMiss: (_tick, limitMs) => exceeds(limitMs / tpotOf(trust, tpot), tpotRatio, trust),
    workMs: (tick, inputTokens, output) => ttftMs(tick, inputTokens) + tpotOf(trust, tpot) * output,
    outputTokens,
    cachedShare,
    failureRate: () => failures,
    ttftRangeMs: (tick, inputTokens, waitMs) => rangeOf(ttftMs(tick, inputTokens), waitMs, ratio, trust),
    figures: () => figures,
  };
}
