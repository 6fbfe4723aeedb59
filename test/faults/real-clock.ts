/** The machine's own clock as a port, for tests that run over real sockets; its timers keep nobody alive. */
import type { Clock } from '../../src/core/clock.ts';

/** Wall clock, monotonic clock and unreferenced timers of Node. */
export const realClock: Clock = {
  now: () => Date.now(),
  tick: () => performance.now(),
  after(ms, f) {
    const timer = setTimeout(f, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
