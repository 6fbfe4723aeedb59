/** The backends as they truly are: queues, speed under load, rate limits and faults, driven by dice of their own. */
import type { FailureClass } from '../../src/core/error-codes.ts';
import type { Arrival, Truth } from './scenario.ts';
import type { Timeline } from './timeline.ts';

/** Hears what a backend does with a request. */
export interface Reply {
  /** The first token leaves. */
  began(): void;
  ended(): void;
  failed(failure: FailureClass): void;
}

/** One backend at work. */
export class TrueBackend {
  readonly truth: Truth;
  readonly #time: Timeline;
  readonly #random: () => number;
  readonly #queue: (() => void)[] = [];
  #busy = 0;
  #tokens: number;
  #refilledAt = 0;

  constructor(truth: Truth, time: Timeline, random: () => number) {
    this.truth = truth;
    this.#time = time;
    this.#random = random;
    this.#tokens = this.#burst;
  }

  /** Takes a request, or fails it after a while. */
  take(request: Arrival, reply: Reply): void {
    const { fail, slots } = this.truth;
    if (this.#isOut()) return this.#fail(reply, 'server', 300 + 500 * this.#random());
    if (!this.#mayEnter()) return this.#fail(reply, 'rate-limit', 60);
    if (this.#random() < fail) return this.#fail(reply, 'server', 200 + 800 * this.#random());
    if (slots !== undefined && this.#busy >= slots) this.#queue.push(() => this.#serve(request, reply));
    else this.#serve(request, reply);
  }

  #serve(request: Arrival, reply: Reply): void {
    const { ttft0, sigma, prefill, itl, load = 0, slots } = this.truth;
    this.#busy++;
    const slower = this.#slowdown();
    const crowd = 1 + load * (slots === undefined ? 0 : this.#busy / slots);
    const first = (ttft0 * Math.exp(sigma * this.#gauss()) + (request.inputTokens / prefill) * crowd) * slower;
    const rest = request.outputTokens * itl * crowd * slower;
    this.#time.after(first * 1000, () => reply.began());
    this.#time.after((first + rest) * 1000, () => {
      this.#busy--;
      this.#queue.shift()?.();
      reply.ended();
    });
  }

  #fail(reply: Reply, failure: FailureClass, afterMs: number): void {
    this.#time.after(afterMs, () => reply.failed(failure));
  }

  #isOut(): boolean {
    const now = this.#time.tick() / 1000;
    return (this.truth.outage ?? []).some(([from, to]) => now >= from && now < to);
  }

  #slowdown(): number {
    const now = this.#time.tick() / 1000;
    return (this.truth.degrade ?? []).find(([from, to]) => now >= from && now < to)?.[2] ?? 1;
  }

  /** A bucket that holds ten seconds' worth of requests. */
  get #burst(): number {
    return (this.truth.rpm ?? Infinity) / 6;
  }

  #mayEnter(): boolean {
    const { rpm } = this.truth;
    if (rpm === undefined) return true;
    const now = this.#time.tick();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#refilledAt) * rpm) / 60_000);
    this.#refilledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  #gauss(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
  }
}
