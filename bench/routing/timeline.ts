/** Simulated time: events in order, and a clock over them for code that takes one. */
import type { Clock, Timer } from '../../src/core/clock.ts';

interface Event {
  readonly at: number;
  /** Of two at the same time, the one that was planned first. */
  readonly order: number;
  f: (() => void) | null;
}

/** A heap of events. Time is in ms and moves only from event to event. */
export class Timeline implements Clock {
  readonly #heap: Event[] = [];
  #now = 0;
  #order = 0;

  now(): number {
    return this.#now;
  }

  tick(): number {
    return this.#now;
  }

  after(ms: number, f: () => void): Timer {
    const event: Event = { at: this.#now + Math.max(0, ms), order: this.#order++, f };
    this.#push(event);
    return { cancel: () => void (event.f = null) };
  }

  /** Runs until nothing is left. */
  run(): void {
    for (let event = this.#pop(); event !== undefined; event = this.#pop()) {
      if (event.f === null) continue;
      this.#now = event.at;
      event.f();
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let i = heap.push(event) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (isBefore(heap[parent]!, event)) break;
      heap[i] = heap[parent]!;
      i = parent;
    }
    heap[i] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (isBefore(last, heap[child]!)) break;
      heap[i] = heap[child]!;
      i = child;
    }
    heap[i] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
