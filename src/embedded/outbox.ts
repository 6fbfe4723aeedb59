/** Hands an answer to its handler, later and only while the handler wants it. */
import type { GatewayError } from '../core/gateway-error.ts';
import type { HeaderList } from '../core/headers.ts';
import { viewOf } from '../core/headers.ts';
import type { UpstreamHandler } from '../core/transport.ts';

/**
 * Holds what comes while the handler pauses. The engine does not pause with it: a reader that stalls would stop everybody who waits
 * for the model, and what an answer can hold is bounded by the model's context.
 */
export class Outbox {
  readonly #handler: UpstreamHandler;
  readonly #closed: () => void;
  readonly #held: (() => void)[] = [];
  #isPaused = false;
  #isDropped = false;
  #isClosed = false;
  #hasHead = false;

  /** @param closed called once, when nothing more will be given */
  constructor(handler: UpstreamHandler, closed: () => void) {
    this.#handler = handler;
    this.#closed = closed;
  }

  /** True once the head was given. */
  get hasHead(): boolean {
    return this.#hasHead;
  }

  /** True once nothing more may be given. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  head(status: number, headers: HeaderList): void {
    this.#hasHead = true;
    this.#give(() => this.#handler.head(status, viewOf(headers)));
  }

  data(chunk: Uint8Array): void {
    this.#give(() => this.#handler.data(chunk));
  }

  end(): void {
    this.#give(() => this.#handler.end());
    this.#close();
  }

  /** The answer breaks off; what was held before it still comes first. */
  fail(error: GatewayError): void {
    this.#give(() => this.#handler.fail(error));
    this.#close();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    // Not on the caller's stack: handlers do not expect data while they are speaking.
    queueMicrotask(() => this.#drain());
  }

  /** The handler hears nothing more. */
  drop(): void {
    this.#isDropped = true;
    this.#held.length = 0;
    this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closed();
  }

  #give(deliver: () => void): void {
    if (this.#isClosed) return;
    this.#held.push(deliver);
    if (this.#held.length === 1) this.#drain();
  }

  #drain(): void {
    while (!this.#isPaused && !this.#isDropped) {
      const deliver = this.#held.shift();
      if (deliver === undefined) return;
      deliver();
    }
  }
}
