/** The ring that takes events off the request path and hands them to readers in batches. */
import type { GatewayEvent, Recorder } from '../core/recorder.ts';

/** The most events that one reader gets in one go, so that a burst does not hold up requests. */
const BATCH = 512;

/** Something that takes batches of events: a log, a table of counters, an exporter of spans. */
export interface Reader {
  /** Short kebab-case name; the label of its drops. */
  readonly id: string;
  /** Takes a batch. The array is reused afterwards: it must not be kept. */
  read(batch: readonly GatewayEvent[]): void;
  /** False while its sink is full: the ring keeps the events as long as they fit. Absent = always ready. */
  ready?(): boolean;
}

/** What became of the events of one reader. */
export interface ReaderLosses {
  readonly reader: string;
  /** Events that were overwritten before the reader took them. */
  readonly dropped: number;
  /** Batches that made the reader throw. */
  readonly failed: number;
}

/** A bounded Recorder. */
export interface Ring extends Recorder {
  /** Events that readers missed, over all readers. */
  drops(): number;
  /** The same per reader. */
  losses(): readonly ReaderLosses[];
  /** Hands out now what waits, to every reader that is ready. */
  flush(): void;
  /** Hands out what waits, ready or not; later events are ignored. */
  close(): void;
}

/** What a ring is made of. */
export interface RingOptions {
  /** Events that are kept for slow readers; a full ring overwrites the oldest. */
  readonly capacity: number;
  readonly readers: readonly Reader[];
  /** Runs `f` soon, off the request path. Called once per burst. */
  readonly schedule: (f: () => void) => void;
}

/**
 * Makes a ring. Every reader has a cursor of its own: a slow or throwing one loses its own events, never those of the others.
 * @throws RangeError when the capacity is not a positive integer
 */
export function createRing(options: RingOptions): Ring {
  return new EventRing(options);
}

/** Where one reader stands. */
interface Cursor {
  readonly reader: Reader;
  /** Number of the event it gets next. */
  next: number;
  dropped: number;
  failed: number;
}

class EventRing implements Ring {
  readonly #capacity: number;
  readonly #slots: (GatewayEvent | undefined)[];
  readonly #cursors: readonly Cursor[];
  readonly #schedule: (f: () => void) => void;
  readonly #batch: GatewayEvent[] = [];
  /** Events so far; event `n` lies in slot `n % capacity`. */
  #written = 0;
  /** Events whose slots were emptied again. */
  #forgotten = 0;
  #scheduled = false;
  #closed = false;

  constructor({ capacity, readers, schedule }: RingOptions) {
    if (!Number.isSafeInteger(capacity) || capacity < 1) throw new RangeError('a ring needs a capacity of at least 1');
    this.#capacity = capacity;
    this.#slots = Array.from({ length: capacity });
    this.#cursors = readers.map((reader): Cursor => ({ reader, next: 0, dropped: 0, failed: 0 }));
    this.#schedule = schedule;
  }

  record(event: GatewayEvent): void {
    if (this.#closed) return;
    this.#slots[this.#written % this.#capacity] = event;
    this.#written++;
    this.#book();
  }

  drops(): number {
    return this.losses().reduce((sum, { dropped }) => sum + dropped, 0);
  }

  losses(): readonly ReaderLosses[] {
    return this.#cursors.map((cursor) => {
      this.#skipLost(cursor);
      return { reader: cursor.reader.id, dropped: cursor.dropped, failed: cursor.failed };
    });
  }

  flush(): void {
    this.#handOut(false);
  }

  close(): void {
    this.#closed = true;
    this.#handOut(true);
  }

  #book(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#schedule(() => this.#deliver());
  }

  /** One batch for everybody; what is left waits for the next turn, so that requests come in between. */
  #deliver(): void {
    this.#scheduled = false;
    let more = false;
    for (const cursor of this.#cursors) more = this.#give(cursor, false) || more;
    if (more) this.#book();
    else this.#forget();
  }

  #handOut(force: boolean): void {
    for (const cursor of this.#cursors) while (this.#give(cursor, force));
    this.#forget();
  }

  /** Gives one batch; true when the reader could take more. */
  #give(cursor: Cursor, force: boolean): boolean {
    this.#skipLost(cursor);
    if (cursor.next === this.#written || (!force && cursor.reader.ready?.() === false)) return false;
    const end = Math.min(this.#written, cursor.next + BATCH);
    this.#batch.length = 0;
    for (let i = cursor.next; i < end; i++) {
      const event = this.#slots[i % this.#capacity];
      if (event !== undefined) this.#batch.push(event);
    }
    cursor.next = end;
    try {
      cursor.reader.read(this.#batch);
    } catch {
      cursor.failed++;
    }
    return end < this.#written;
  }

  #skipLost(cursor: Cursor): void {
    const oldest = this.#written - this.#capacity;
    if (cursor.next >= oldest) return;
    cursor.dropped += oldest - cursor.next;
    cursor.next = oldest;
  }

  /** Lets go of the events that everybody has, so that a quiet gateway keeps no records alive. */
  #forget(): void {
    this.#batch.length = 0;
    if (this.#cursors.some((cursor) => cursor.next < this.#written)) return;
    const first = Math.max(this.#forgotten, this.#written - this.#capacity);
    for (let i = first; i < this.#written; i++) this.#slots[i % this.#capacity] = undefined;
    this.#forgotten = this.#written;
  }
}
