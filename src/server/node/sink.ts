/** Writes an answer to node:http's outgoing message and knows when its client has left. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock, Timer } from '../../core/clock.ts';
import type { ReplySink } from '../../core/gateway.ts';
import type { HeaderList } from '../../core/headers.ts';
import type { CallHost } from '../door.ts';

/** How long what was written before a cut may take to leave, ms. */
const CUT_MS = 2000;

const ignore = (): void => {};
const uncork = (socket: Socket): void => socket.uncork();
const destroySoon = (socket: Socket): void => socket.destroySoon();

/** A ReplySink over one outgoing message, and what its Call needs to know of it. */
export class NodeSink implements ReplySink, CallHost {
  readonly #outgoing: ServerResponse;
  readonly #clock: Clock;
  readonly #writeTimeoutMs: number;
  #isLast = false;
  #isOver = false;
  #isGone = false;
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
    const { socket } = outgoing;
    if (socket === null || hasLength(headers)) return;
    // A stream: its head goes out at once, in one packet with what is written in the same turn.
    socket.cork();
    outgoing.flushHeaders();
    process.nextTick(uncork, socket);
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver || this.#isGone) return true;
    if (this.#outgoing.write(chunk)) return true;
    if (this.#slow === null) this.#watchSlow();
    return false;
  }

  onDrain(f: () => void): void {
    this.#drained = f;
  }

  end(): void {
    if (this.#isOver) return;
    this.#finish();
    if (!this.#isGone) this.#outgoing.end();
  }

  cut(): void {
    if (this.#isOver) return;
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

  #watchSlow(): void {
    this.#outgoing.once('drain', () => {
      this.#slow?.cancel();
      this.#slow = null;
      if (!this.#isOver) this.#drained?.();
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

function hasLength(headers: HeaderList): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name.length === 14 && name.toLowerCase() === 'content-length') return true;
  }
  return false;
}
