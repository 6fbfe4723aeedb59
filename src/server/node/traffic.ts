/** Which connections a server has and which answers run on them. */
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Requests that one connection may send ahead of their answers; no client in use sends more than one. */
const MAX_AHEAD = 32;

/** Sockets and answers of one server. */
export class Traffic {
  readonly #sockets = new Map<unknown, Set<ServerResponse>>();
  readonly #connections = new Set<Socket>();
  #isDraining = false;
  #running = 0;
  #ended = 0;
  /** Called when, during a drain, the last running answer has ended. */
  onQuiet: (() => void) | null = null;

  /** Answers that are not complete. */
  get running(): number {
    return this.#running;
  }

  /** Answers that ended since the drain began. */
  get ended(): number {
    return this.#ended;
  }

  /** A connection was accepted. */
  open(socket: Socket): void {
    const answers = new Set<ServerResponse>();
    this.#sockets.set(socket, answers);
    this.#connections.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#connections.delete(socket);
      // node:http says nothing to answers that still wait for their turn on a connection that is gone.
      for (const outgoing of answers) if (outgoing.socket === null) outgoing.emit('close');
    });
  }

  /** A request came; false when its connection has had enough. */
  accept(outgoing: ServerResponse): boolean {
    const { socket } = outgoing.req;
    const answers = this.#sockets.get(socket);
    if (answers === undefined || answers.size >= MAX_AHEAD) {
      socket.destroy();
      return false;
    }
    if (this.#isDraining) outgoing.shouldKeepAlive = false;
    answers.add(outgoing);
    this.#running++;
    outgoing.on('close', () => {
      if (answers.delete(outgoing)) this.#end(socket, answers.size === 0);
    });
    return true;
  }

  /** True when an answer on this connection has begun: a second one would be taken for a part of it. */
  hasAnswered(socket: unknown): boolean {
    for (const outgoing of this.#sockets.get(socket) ?? []) if (outgoing.headersSent) return true;
    return false;
  }

  /** From now on every answer is the last of its connection; idle connections end at once, also those without a request. */
  beginDrain(): void {
    this.#isDraining = true;
    for (const socket of this.#connections) {
      const answers = this.#sockets.get(socket);
      if (answers === undefined || answers.size === 0) socket.destroy();
      else for (const outgoing of answers) if (!outgoing.headersSent) outgoing.shouldKeepAlive = false;
    }
  }

  /** Ends every connection at once. */
  closeAll(): void {
    for (const socket of this.#connections) socket.destroy();
  }

  #end(socket: Socket, isIdle: boolean): void {
    this.#running--;
    if (!this.#isDraining) return;
    this.#ended++;
    if (isIdle) socket.destroySoon();
    if (this.#running === 0) this.onQuiet?.();
  }
}
