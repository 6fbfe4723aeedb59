/** Reads a request body by chunks, within a size and a time. */
import type { IncomingMessage } from 'node:http';
import type { Clock, Timer } from '../../core/clock.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import { NO_BODY, type BodyDone, type BodyLimits } from '../door.ts';
import { bodySizeError } from '../head-rules.ts';

/** Reads the body of a request whose head was accepted. A declared length over the limit is refused before reading. */
export function readBody(incoming: IncomingMessage, limits: BodyLimits, clock: Clock, done: BodyDone): void {
  if (Number(incoming.headers['content-length']) > limits.body) {
    done(NO_BODY, bodySizeError(limits.body));
    return;
  }
  new BodyReader(incoming, limits, clock, done);
}

class BodyReader {
  readonly #incoming: IncomingMessage;
  readonly #limit: number;
  readonly #done: BodyDone;
  readonly #timer: Timer;
  /** Nearly every request fits into one chunk, which is then the body, uncopied. */
  #first: Uint8Array | null = null;
  #more: Uint8Array[] | null = null;
  #length = 0;

  constructor(incoming: IncomingMessage, limits: BodyLimits, clock: Clock, done: BodyDone) {
    this.#incoming = incoming;
    this.#limit = limits.body;
    this.#done = done;
    this.#timer = clock.after(limits.bodyTimeoutMs, this.#late);
    incoming.on('data', this.#data).on('end', this.#end).on('close', this.#close).on('error', this.#close);
  }

  readonly #data = (chunk: Uint8Array): void => {
    this.#length += chunk.length;
    if (this.#length > this.#limit) this.#stop(bodySizeError(this.#limit));
    else if (this.#first === null) this.#first = chunk;
    else (this.#more ??= [this.#first]).push(chunk);
  };

  readonly #end = (): void => {
    this.#leave();
    this.#done(this.#more === null ? (this.#first ?? NO_BODY) : Buffer.concat(this.#more, this.#length), null);
  };

  readonly #late = (): void => this.#stop(new GatewayError('request-timeout', undefined, { where: 'body' }));

  readonly #close = (): void => {
    this.#leave();
    this.#done(NO_BODY, new GatewayError('client-gone', 'The client left before its request was complete.'));
  };

  #stop(error: GatewayError): void {
    this.#leave();
    this.#incoming.on('error', () => {});
    this.#incoming.pause();
    this.#done(NO_BODY, error);
  }

  #leave(): void {
    this.#timer.cancel();
    this.#incoming.off('data', this.#data).off('end', this.#end).off('close', this.#close).off('error', this.#close);
  }
}
