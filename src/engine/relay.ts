/** The one relay: from the commit point on it carries an answer to the client, with backpressure, to exactly one ending. */
import type { GatewayError } from '../core/gateway-error.ts';
import type { UpstreamControl } from '../core/transport.ts';
import type { Exchange } from './exchange.ts';
import type { Slot } from './slot.ts';

/** How a relay ended. `failed` after the commit point was written into the stream already. */
export type RelayEnd =
  | { readonly kind: 'complete' }
  | { readonly kind: 'failed'; readonly error: GatewayError }
  | { readonly kind: 'gone' };

/** Bytes that an upstream may still send after its terminal event before it is cut off. */
const AFTERWORD_BYTES = 65_536;

/** Carries one committed answer. Created after `sink.start`; hears of it exactly once through `onEnd`. */
export class Relay {
  readonly #exchange: Exchange;
  readonly #slot: Slot;
  readonly #control: UpstreamControl;
  readonly #onEnd: (end: RelayEnd) => void;
  readonly #out: Uint8Array[] = [];
  #ended = false;
  /** The client left and the upstream is read to its end for its usage. */
  #draining = false;
  #paused = false;
  #afterword = 0;

  constructor(exchange: Exchange, slot: Slot, control: UpstreamControl, onEnd: (end: RelayEnd) => void) {
    this.#exchange = exchange;
    this.#slot = slot;
    this.#control = control;
    this.#onEnd = onEnd;
    exchange.sink.onDrain(() => this.#resume());
  }

  /** Writes what was held before the commit point. */
  begin(held: readonly Uint8Array[]): void {
    for (const bytes of held) this.#write(bytes);
    this.#checkSlot();
  }

  /** More bytes from the upstream. */
  data(chunk: Uint8Array): void {
    if (this.#ended) {
      this.#afterword += chunk.byteLength;
      if (this.#afterword > AFTERWORD_BYTES) this.#control.abort('data after the end of the answer');
      return;
    }
    this.#slot.push(chunk, this.#out);
    this.#flush();
    this.#checkSlot();
  }

  /** The upstream's bytes ended. */
  end(): void {
    if (this.#ended) return;
    this.#slot.end(this.#out);
    this.#flush();
    this.#checkSlot();
  }

  /** The upstream broke off. */
  fail(error: GatewayError): void {
    if (!this.#ended) this.#fail(error);
  }

  /** The client left. With `drain` the upstream is read on for its usage. */
  gone(drain: boolean): void {
    if (this.#ended || this.#draining) return;
    if (drain) {
      this.#draining = true;
      this.#resume();
      return;
    }
    this.#control.abort('the client left');
    this.#finish({ kind: 'gone' });
  }

  #checkSlot(): void {
    if (this.#ended) return;
    if (this.#slot.error !== null) this.#fail(this.#slot.error);
    else if (this.#slot.done) this.#complete();
  }

  #complete(): void {
    if (!this.#draining) this.#exchange.sink.end();
    this.#finish(this.#draining ? { kind: 'gone' } : { kind: 'complete' });
  }

  #fail(error: GatewayError): void {
    this.#control.abort(error.code);
    if (this.#draining) return this.#finish({ kind: 'gone' });
    this.#slot.abort(error, this.#exchange.id, this.#out);
    this.#flush();
    this.#exchange.sink.end();
    this.#finish({ kind: 'failed', error });
  }

  #finish(end: RelayEnd): void {
    this.#ended = true;
    this.#onEnd(end);
  }

  #flush(): void {
    for (const bytes of this.#out) this.#write(bytes);
    this.#out.length = 0;
  }

  #write(bytes: Uint8Array): void {
    if (this.#draining) return;
    this.#exchange.bytesOut += bytes.byteLength;
    if (!this.#exchange.sink.write(bytes) && !this.#paused) {
      this.#paused = true;
      this.#control.pause();
    }
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#control.resume();
  }
}
