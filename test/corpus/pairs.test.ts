/** Every recorded answer through every client language, and every recorded request to every upstream language. */
import { describe, expect, it } from 'vitest';
import { PAIRS, type Pair } from '../conformance/crossing.ts';
import { describePair, type PairMaterial } from '../conformance/pairs.ts';
import { bodyOf, exchangesOf, framesOf, isHere, streamsOf, wholesOf } from './exchanges.ts';

function recordedOf({ client, upstream }: Pair): PairMaterial {
  const answers = exchangesOf(upstream);
  return {
    requests: exchangesOf(client).map(({ name, request }) => ({ name, body: request })),
    answers: wholesOf(answers).map((exchange) => ({ ...exchange, body: bodyOf(exchange) })),
    streams: streamsOf(answers).map((exchange) => ({ ...exchange, frames: framesOf(exchange.answer) })),
  };
}

describe.skipIf(!isHere)('recorded', () => {
  it('is all there', () => {
    const counts = PAIRS.map(recordedOf).map(({ requests, answers, streams }) => [
      requests.length,
      answers.length,
      streams.length,
    ]);
    const sum = (at: number): number => counts.reduce((all, count) => all + (count[at] ?? 0), 0);
    expect([counts.length, sum(0), sum(1), sum(2)]).toEqual([9, 3 * 105, 3 * 71, 3 * 26]);
  });

  for (const pair of PAIRS) describePair(pair, recordedOf(pair));
});
