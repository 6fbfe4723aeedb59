/** Time and chance as arguments: nothing below the entry points reads a clock or rolls dice by itself. */

/** A timer that was started and may be cancelled; cancelling twice is harmless. */
export interface Timer {
  cancel(): void;
}

/** Wall clock, monotonic clock and timers. */
export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch. May step; for records and calendars only. */
  now(): number;
  /** Monotonic milliseconds with fraction, from an arbitrary origin. For durations and deadlines. */
  tick(): number;
  /** Calls `f` once after `ms` milliseconds. */
  after(ms: number, f: () => void): Timer;
}

/** Chance. */
export interface Random {
  /** A uniform number in [0, 1). */
  next(): number;
  /** A fresh identifier of 24 lower-case base-32 characters (120 bits where the port is cryptographic). */
  id(): string;
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * A deterministic Random (mulberry32): the same seed gives the same sequence on every runtime. Decisions are drawn from it,
 * so that a recorded seed replays them. Not for secrets.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const id = (): string => {
    let text = '';
    for (let i = 0; i < 24; i++) text += ALPHABET[Math.floor(next() * 32)];
    return text;
  };
  return { next, id };
}
