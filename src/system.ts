/** The real clock and real chance, from what Node and Workers have in common. */
import type { Clock, Random } from './core/clock.ts';

/** The system's clock. Timers do not keep a Node process alive. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  tick: () => performance.now(),
  after(ms: number, f: () => void) {
    const timer: unknown = setTimeout(f, ms);
    if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
      timer.unref();
    return { cancel: () => clearTimeout(timer as Parameters<typeof clearTimeout>[0]) };
  },
});

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_LENGTH = 24;
const POOL_BYTES = ID_LENGTH * 256;

/** Chance from the platform's cryptographic source, drawn in pools so that an id costs no system call. */
export function createSystemRandom(): Random {
  const pool = new Uint8Array(POOL_BYTES);
  let at = POOL_BYTES;
  return {
    next: () => Math.random(),
    id() {
      if (at === POOL_BYTES) {
        crypto.getRandomValues(pool);
        at = 0;
      }
      let id = '';
      for (const end = at + ID_LENGTH; at < end; at++) id += ALPHABET[pool[at]! & 31];
      return id;
    },
  };
}
