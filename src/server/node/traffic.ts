/** Which connections a server has and which answers run on them. */
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** Requests that one connection may send ahead of their answers; no client in use sends more than one. */
const MAX_AHEAD = 32;

/** Sockets and answers of one server. */
export class Traffic {
  readonly #answersOf = new Map<Duplex, ServerResponse[]>();
  readonly #closed: (this: ServerResponse) => void;
  #isDraining = false;
  #running = 0;
  #ended = 0;
  /** Called when, during a drain, the last running answer has ended. */
  onQuiet: (() => void) | null = null;

  constructor() {
    const end = (outgoing: ServerResponse): void => this.#end(outgoing);
    this.#closed = function closed() {
      end(this);
    };
  }

  /** Answers that are not complete. */
  get running(): number {
    return this.#running;
  }

  /** Answers that ended since the drain began. */
  get ended(): number {
    return this.#ended;
  }

  /** A connection was accepted. */
  open(socket: Duplex): void {
    const answers: ServerResponse[] = [];
    this.#answersOf.set(socket, answers);
    socket.once('close', () => {
      // node:http says nothing to answers that still wait for their turn on a connection that is gone.
      for (const outgoing of answers.slice()) if (outgoing.socket === null) outgoing.emit('close');
      if (answers.length === 0) this.#answersOf.delete(socket);
    });
  }

  /** A request came; false when its connection has had enough. */
  accept(outgoing: ServerResponse): boolean {
    const { socket } = outgoing.req;
    const answers = this.#answersOf.get(socket);
    if (answers === undefined || answers.length >= MAX_AHEAD) {
      socket.destroy();
      return false;
    }
    if (this.#isDraining) outgoing.shouldKeepAlive = false;
    answers.push(outgoing);
    this.#running++;
    outgoing.on('close', this.#closed);
    return true;
  }

  /** True when an answer on this connection has begun: a second one would be taken for a part of it. */
  hasAnswered(socket: Duplex): boolean {
    for (const outgoing of this.#answersOf.get(socket) ?? []) if (outgoing.headersSent) return true;
    return false;
  }

  /** From now on every answer is the last of its connection; idle connections end at once, also those without a request. */
  beginDrain(): void {
    this.#isDraining = true;
    for (const [socket, answers] of this.#answersOf) {
      if (answers.length === 0) socket.destroy();
      for (const outgoing of answers) if (!outgoing.headersSent) outgoing.shouldKeepAlive = false;
    }
  }

  /** Ends every connection at once. */
  closeAll(): void {
    for (const socket of this.#answersOf.keys()) socket.destroy();
  }

  #end(outgoing: ServerResponse): void {
    const { socket } = outgoing.req;
    const answers = this.#answersOf.get(socket);
    const at = answers === undefined ? -1 : answers.indexOf(outgoing);
    if (answers === undefined || at === -1) return;
    // answers end in the order of their requests, but for those that never came to their turn
    if (at === 0) answers.shift();
    else answers.splice(at, 1);
    this.#running--;
    if (answers.length === 0 && socket.destroyed) this.#answersOf.delete(socket);
    if (!this.#isDraining) return;
    this.#ended++;
    if (answers.length === 0) socket.destroySoon();
    if (this.#running === 0) this.onQuiet?.();
  }
}
