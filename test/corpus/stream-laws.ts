/** What holds for every recorded stream of a language: the same events for every cut of its bytes, and one error for every early end. */
import { expect, it } from 'vitest';
import type { GatewayError } from '../../src/core/gateway-error.ts';
import { brokenCuts, cut, eventsOf, readAll, tapAll } from '../conformance/protocol-run.ts';
import { framesOf, type Exchange } from './exchanges.ts';

/** Streams up to this many bytes are cut at every border, larger ones at a spread of as many. */
const BORDERS = 1500;

/** Runs both laws over every stream. */
export function lawsOfStreams(streams: readonly Exchange[]): void {
  it.for(streams)('every cut of $name', ({ protocol, from, answer }) => {
    const whole = JSON.stringify(readAll(protocol, from, [answer]));
    const step = Math.max(1, Math.floor(answer.length / BORDERS));
    expect(brokenCuts(protocol, answer, step)).toEqual([]);
    expect(JSON.stringify(readAll(protocol, from, cut(answer, 1)))).toBe(whole);
  });

  it.for(streams)('every early end of $name', ({ protocol, from, answer }) => {
    const frames = framesOf(answer);
    for (let length = 0; length < frames.length; length++) {
      const events = eventsOf(protocol, from, frames.slice(0, length));
      const ends = events.filter(({ type }) => type === 'error' || type === 'response-end' || type === 'choice-end');
      expect(ends).toEqual([
        { type: 'error', error: expect.objectContaining({ code: 'upstream-truncated' }) as GatewayError },
      ]);
      expect(tapAll(protocol, from, frames.slice(0, length)).terminal).toBe(false);
    }
  });
}
