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
/** All pairs of characters: an id is put together from half as many pieces. */
const PAIRS: readonly string[] = Array.from({ length: 1024 }, (_, i) => ALPHABET[i >> 5]! + ALPHABET[i & 31]!);
const ID_BYTES = 24;
const POOL_BYTES = ID_BYTES * 256;

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
      for (const end = at + ID_BYTES; at < end; at += 2) id += PAIRS[((pool[at]! & 31) << 5) | (pool[at + 1]! & 31)]!;
      return id;
    },
  };
}
