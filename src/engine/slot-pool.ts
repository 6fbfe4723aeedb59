/** A number of slots that backends share, and the short queue before them. */
import type { Clock, Timer } from '../core/clock.ts';
import type { PoolState } from '../core/policy.ts';
import { SlotPrice } from '../core/shadow-price.ts';

/** What a pool is held to. */
export interface PoolLimits {
  readonly id: string;
  /** Requests that may run at a time. */
  readonly slots: number;
  /** How long a request may wait for a slot, ms. */
  readonly maxWaitMs: number;
  readonly maxWaiting: number;
}

/** Hears what became of a request for a slot: exactly one of both, once, unless it is withdrawn. */
export interface SlotListener {
  /** It has the slot, and must give it back. */
  granted(): void;
  /** It waited too long. */
  expired(): void;
}

/** Weight of the newest request in the smoothed time that a slot is held. */
const SMOOTHING = 0.05;

interface Waiter {
  readonly listener: SlotListener;
  readonly timer: Timer;
}

/** First come, first served; nobody waits while a slot is free. */
export class SlotPool implements PoolState {
  readonly id: string;
  readonly slots: number;
  readonly maxWaiting: number;
  readonly #maxWaitMs: number;
  readonly #clock: Clock;
  readonly #queue: Waiter[] = [];
  readonly #price = new SlotPrice();
  running = 0;
  holdMs = 0;

  constructor({ id, slots, maxWaitMs, maxWaiting }: PoolLimits, clock: Clock) {
    this.id = id;
    this.slots = slots;
    this.maxWaiting = maxWaiting;
    this.#maxWaitMs = maxWaitMs;
    this.#clock = clock;
  }

  /** True for a pool of this name with exactly these limits. */
  hasLimits({ id, slots, maxWaitMs, maxWaiting }: PoolLimits): boolean {
    return id === this.id && slots === this.slots && maxWaitMs === this.#maxWaitMs && maxWaiting === this.maxWaiting;
  }

  get waiting(): number {
    return this.#queue.length;
  }

  get usdPerSlotMs(): number {
    return this.#price.usdPerMs;
  }

  /** A request arrived that may use the pool, whether it does or not. */
  wanted(): void {
    this.#price.observe(Math.min(1, (this.running + this.#queue.length) / this.slots));
  }

  /** Takes a slot now (true), or joins the queue and calls the listener later (false); null = the queue is full. */
  enter(listener: SlotListener): boolean | null {
    if (this.running < this.slots) {
      this.running++;
      return true;
    }
    if (this.#queue.length >= this.maxWaiting) return null;
    const waiter: Waiter = {
      listener,
      timer: this.#clock.after(this.#maxWaitMs, () => {
        this.withdraw(listener);
        listener.expired();
      }),
    };
    this.#queue.push(waiter);
    return false;
  }

  /** A request that waits goes away. */
  withdraw(listener: SlotListener): void {
    const at = this.#queue.findIndex((waiter) => waiter.listener === listener);
    if (at === -1) return;
    this.#queue[at]!.timer.cancel();
    this.#queue.splice(at, 1);
  }

  /** A slot that was held for `heldMs` (null = it was not used) is free again; the next in the queue has it at once. */
  leave(heldMs: number | null): void {
    if (heldMs !== null) this.holdMs += (this.holdMs === 0 ? 1 : SMOOTHING) * (heldMs - this.holdMs);
    const next = this.#queue.shift();
    if (next === undefined) {
      this.running--;
      return;
    }
    next.timer.cancel();
    next.listener.granted();
  }
}
