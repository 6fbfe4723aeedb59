/** A clock that moves only when a test says so. */
import type { Clock, Timer } from '../../src/core/clock.ts';

/** A clock under the test's hand. */
export interface ManualClock extends Clock {
  /** Moves time on and calls what came due, in order of its time. */
  advance(ms: number): void;
  /** Timers that still wait. */
  readonly waiting: number;
}

interface Waiting {
  readonly due: number;
  readonly f: () => void;
}

/** Starts at wall time `at` (ms since the epoch) and tick 1000. */
export function createManualClock(at = Date.UTC(2026, 10, 23)): ManualClock {
  let tick = 1000;
  const timers = new Set<Waiting>();
  return {
    now: () => at + tick - 1000,
    tick: () => tick,
    after(ms, f): Timer {
      const timer = { due: tick + Math.max(0, ms), f };
      timers.add(timer);
      return { cancel: () => timers.delete(timer) };
    },
    advance(ms) {
      const end = tick + ms;
      for (;;) {
        const next = [...timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
        if (next === undefined) break;
        timers.delete(next);
        tick = Math.max(tick, next.due);
        next.f();
      }
      tick = end;
    },
    get waiting() {
      return timers.size;
    },
  };
}
