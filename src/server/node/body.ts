/** Reads request bodies by chunks, within a size and a time; one timer watches all of them. */
import type { IncomingMessage } from 'node:http';
import type { Clock, Timer } from '../../core/clock.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import { Roll, type Listed } from '../../core/roll.ts';
import { NO_BODY, type BodyDone, type BodyLimits } from '../door.ts';
import { bodySizeError } from '../head-rules.ts';

/** The bodies that are being read. */
export class BodyRoom {
  readonly #limits: BodyLimits;
  readonly #clock: Clock;
  readonly #readers = new Roll<BodyReader>();
  #timer: Timer | null = null;

  constructor(limits: BodyLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Reads the body of a request whose head was accepted. A declared length over the limit is refused before reading. */
  read(incoming: IncomingMessage, done: BodyDone): void {
    const { body, bodyTimeoutMs } = this.#limits;
    if (Number(incoming.headers['content-length']) > body) {
      done(NO_BODY, bodySizeError(body));
      return;
    }
    this.#readers.add(new BodyReader(incoming, body, this.#clock.tick() + bodyTimeoutMs, this, done));
    this.#timer ??= this.#clock.after(bodyTimeoutMs, this.#sweep);
  }

  /** A body is read, or given up. */
  leave(reader: BodyReader): void {
    this.#readers.remove(reader);
  }

  readonly #sweep = (): void => {
    this.#timer = null;
    const now = this.#clock.tick();
    let next = Infinity;
    this.#readers.each((reader) => {
      if (reader.deadline > now) next = Math.min(next, reader.deadline);
      else reader.giveUp(new GatewayError('request-timeout', undefined, { where: 'body' }));
    });
    if (next < Infinity) this.#timer = this.#clock.after(next - now, this.#sweep);
  };
}

class BodyReader implements Listed<BodyReader> {
  before: BodyReader | null = null;
  after: BodyReader | null = null;
  isListed = false;
  /** Monotonic ms. */
  readonly deadline: number;
  readonly #limit: number;
  readonly #room: BodyRoom;
  readonly #done: BodyDone;
  /** Nearly every request fits into one chunk, which is then the body, uncopied. */
  #first: Uint8Array | null = null;
  #more: Uint8Array[] | null = null;
  #length = 0;
  #isOver = false;

  constructor(incoming: IncomingMessage, limit: number, deadline: number, room: BodyRoom, done: BodyDone) {
    this.deadline = deadline;
    this.#limit = limit;
    this.#room = room;
    this.#done = done;
    // Nobody listens to `error`: node:http then reports a broken request by `close` alone.
    incoming.on('data', this.#data).on('end', this.#end).on('close', this.#close);
  }

  /** Answers with an error; what still comes is thrown away. */
  giveUp(error: GatewayError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#room.leave(this);
    this.#first = null;
    this.#more = null;
    this.#done(NO_BODY, error);
  }

  readonly #data = (chunk: Uint8Array): void => {
    if (this.#isOver) return;
    this.#length += chunk.length;
    if (this.#length > this.#limit) this.giveUp(bodySizeError(this.#limit));
    else if (this.#first === null) this.#first = chunk;
    else (this.#more ??= [this.#first]).push(chunk);
  };

  readonly #end = (): void => {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#room.leave(this);
    this.#done(this.#more === null ? (this.#first ?? NO_BODY) : Buffer.concat(this.#more, this.#length), null);
  };

  readonly #close = (): void => {
    if (!this.#isOver) {
      this.giveUp(new GatewayError('client-gone', 'The client left before its request was complete.'));
    }
  };
}
