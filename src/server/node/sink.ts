/** Writes an answer to node:http's outgoing message and knows when its client has left. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../core/clock.ts';
import type { ReplySink } from '../../core/gateway.ts';
import type { HeaderList } from '../../core/headers.ts';
import type { CallHost } from '../door.ts';

/** How long what was written before a cut may take to leave, ms. */
const CUT_MS = 2000;

/** Bytes that may wait for the end of a turn before the writer is asked to pause. */
const QUEUE_BYTES = 65_536;

const ignore = (): void => {};
const flush = (sink: NodeSink): void => sink.flush();
const destroySoon = (socket: Socket): void => socket.destroySoon();

/** A ReplySink over one outgoing message, and what its Call needs to know of it. */
export class NodeSink implements ReplySink, CallHost {
  readonly #outgoing: ServerResponse;
  readonly #clock: Clock;
  readonly #writeTimeoutMs: number;
  #isLast = false;
  #isOver = false;
  #isGone = false;
  /** Somebody was told to wait for `onDrain`. */
  #isAwaited = false;
  /** Its length is known, so that it is written and ended in one turn. */
  #isWhole = false;
  #isFlushing = false;
  readonly #queue: Uint8Array[] = [];
  #queued = 0;
  #slow: Timer | null = null;
  #drained: (() => void) | null = null;
  #gone: (() => void) | null = null;

  /** @param writeTimeoutMs how long a full buffer may stay full before the connection is given up */
  constructor(outgoing: ServerResponse, clock: Clock, writeTimeoutMs: number) {
    this.#outgoing = outgoing;
    this.#clock = clock;
    this.#writeTimeoutMs = writeTimeoutMs;
    outgoing.on('error', ignore);
    outgoing.on('close', this.#close);
  }

  /** The connection ends with this answer. */
  closeAfter(): void {
    this.#isLast = true;
  }

  /** Registers the listener; when the client has already left it is called in the next microtask. */
  onGone(f: () => void): void {
    this.#gone = f;
    if (this.#isGone) queueMicrotask(() => this.#tellGone());
  }

  /** A Node process lives on by itself. */
  background(): void {}

  start(status: number, headers: HeaderList): void {
    if (this.#isOver || this.#isGone) return;
    const outgoing = this.#outgoing;
    try {
      outgoing.writeHead(status, this.#isLast ? headers.concat('connection', 'close') : headers.slice());
    } catch {
      // A header that cannot be written: no answer at all is better than one with a part missing.
      this.cut();
      return;
    }
    this.#isWhole = headers.includes('content-length');
    // What is written in this turn goes out with the head; where nothing is, the head of a stream goes alone.
    if (!this.#isWhole) this.#flushSoon();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver || this.#isGone) return true;
    this.#queue.push(chunk);
    this.#queued += chunk.byteLength;
    if (!this.#isWhole || this.#queued >= QUEUE_BYTES) this.#flushSoon();
    if (this.#queued < QUEUE_BYTES && this.#slow === null) return true;
    this.#isAwaited = true;
    return false;
  }

  onDrain(f: () => void): void {
    this.#drained = f;
  }

  end(): void {
    if (this.#isOver) return;
    this.#finish();
    if (this.#isGone) return;
    if (this.#queued === 0) this.#outgoing.end();
    else this.#outgoing.end(this.#take());
  }

  cut(): void {
    if (this.#isOver) return;
    if (this.#queued > 0) this.#outgoing.write(this.#take());
    this.#finish();
    const { socket } = this.#outgoing;
    if (socket === null) {
      this.#outgoing.destroy();
    } else if (!this.#outgoing.headersSent || this.#outgoing.req.httpVersionMinor === 0) {
      // Without chunked framing only a reset tells a client that the answer is not whole.
      socket.resetAndDestroy();
    } else if (!socket.destroyed) {
      const timer = this.#clock.after(CUT_MS, () => socket.destroy());
      socket.once('close', () => timer.cancel());
      // node:http gathers what is written in one turn; the cut comes after that has gone to the socket.
      process.nextTick(destroySoon, socket);
    }
  }

  /**
   * An upstream's packet often holds many events: everything written in one turn leaves as one chunk of one packet, which is most of
   * what a stream costs.
   */
  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    process.nextTick(flush, this);
  }

  /** @internal Called at the end of the turn. */
  flush(): void {
    this.#isFlushing = false;
    if (this.#isOver || this.#isGone) return;
    if (this.#queued === 0) {
      if (!this.#outgoing.headersSent || this.#outgoing.socket === null) return;
      this.#outgoing.flushHeaders();
    } else if (!this.#outgoing.write(this.#take())) {
      if (this.#slow === null) this.#watchSlow();
    } else if (this.#slow === null) {
      this.#wake();
    }
  }

  #take(): Uint8Array {
    const queue = this.#queue;
    const bytes = queue.length === 1 ? queue[0]! : Buffer.concat(queue, this.#queued);
    queue.length = 0;
    this.#queued = 0;
    return bytes;
  }

  #wake(): void {
    if (!this.#isAwaited || this.#isOver) return;
    this.#isAwaited = false;
    this.#drained?.();
  }

  #watchSlow(): void {
    this.#outgoing.once('drain', () => {
      this.#slow?.cancel();
      this.#slow = null;
      this.#wake();
    });
    this.#slow = this.#clock.after(this.#writeTimeoutMs, () => this.#outgoing.destroy());
  }

  #finish(): void {
    this.#isOver = true;
    this.#gone = null;
  }

  readonly #close = (): void => {
    this.#slow?.cancel();
    if (this.#isOver || this.#isGone) return;
    this.#isGone = true;
    this.#tellGone();
  };

  #tellGone(): void {
    const listener = this.#gone;
    this.#gone = null;
    listener?.();
  }
}
