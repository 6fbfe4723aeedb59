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
const POOL_LENGTH = ID_LENGTH * 256;

/** Chance from the platform's cryptographic source, drawn in pools so that an id costs neither a system call nor a loop. */
export function createSystemRandom(): Random {
  let pool = '';
  let at = POOL_LENGTH;
  return {
    next: () => Math.random(),
    id() {
      if (at === POOL_LENGTH) {
        pool = drawCharacters();
        at = 0;
      }
      return pool.slice(at, (at += ID_LENGTH));
    },
  };
}

function drawCharacters(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(POOL_LENGTH));
  for (let i = 0; i < POOL_LENGTH; i++) bytes[i] = ALPHABET.charCodeAt(bytes[i]! & 31);
  return new TextDecoder().decode(bytes);
}
