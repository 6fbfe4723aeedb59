/** Shared state as ports: bytes by key, rate limits, money; memory answers without a microtask. */
import type { Awaitable } from './credential.ts';

/** Bytes by key. Nobody changes an array that was put or got: stores keep and hand out the same one. */
export interface KeyValue {
  get(key: string): Awaitable<Uint8Array | null>;
  /** `ttlMs` absent = for good. */
  put(key: string, value: Uint8Array, ttlMs?: number): Awaitable<void>;
  /** True when the key was free and is now ours. */
  putIfAbsent(key: string, value: Uint8Array, ttlMs?: number): Awaitable<boolean>;
  remove(key: string): Awaitable<void>;
}

/** A rate: `amount` units per `periodMs`, with `burst` units at once. */
export interface RateLimit {
  readonly amount: number;
  readonly periodMs: number;
  readonly burst: number;
}

/** The answer of a limiter. `waitMs` is 0 when granted. */
export interface Grant {
  readonly granted: boolean;
  readonly remaining: number;
  readonly waitMs: number;
}

/** Takes units from named limits. */
export interface Limiter {
  take(key: string, cost: number, limit: RateLimit): Awaitable<Grant>;
}

/** Money to hold before a call, over one or more budgets: all or none. */
export interface Reservation {
  /** Request id; reserving twice with the same id is one reservation. */
  readonly requestId: string;
  readonly budgets: readonly string[];
  /** Integer micro-dollars. */
  readonly microUsd: number;
  readonly ttlMs: number;
}

/** A hold that was granted. */
export interface Hold {
  readonly granted: true;
  readonly requestId: string;
  readonly microUsd: number;
}

/** Why no hold was granted. */
export interface HoldRefusal {
  readonly granted: false;
  readonly budget: string;
  /** When the window resets, ms since the epoch; null = never. */
  readonly resetsAtMs: number | null;
}

/** Exact money: every call is idempotent by request id. */
export interface Ledger {
  reserve(reservation: Reservation): Awaitable<Hold | HoldRefusal>;
  extend(hold: Hold, microUsd: number): Awaitable<Hold | HoldRefusal>;
  settle(hold: Hold, microUsd: number): Awaitable<void>;
  /** Charges every hold that ran out before `now` (ms since the epoch). */
  expire(now: number): Awaitable<void>;
}
