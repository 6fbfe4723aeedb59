/** What happens to an answer's bytes between upstream and client: the one place where passing and translating differ. */
import type { GatewayError } from '../core/gateway-error.ts';
import type { FinishReason, Usage } from '../core/usage.ts';

/**
 * Takes upstream bytes, gives client bytes. A slot never throws: what goes wrong is left in `error`, and the caller decides
 * between another attempt and `abort`. After `done` or `error` further bytes are ignored.
 */
export interface Slot {
  /** Bytes from the upstream; appends what the client gets. */
  push(chunk: Uint8Array, out: Uint8Array[]): void;
  /** The upstream's bytes ended; without its terminal event `error` is `upstream-truncated`. */
  end(out: Uint8Array[]): void;
  /** The one honest error in the client's language, in place of a terminal event. */
  abort(error: GatewayError, requestId: string, out: Uint8Array[]): void;
  /** Content was seen: the commit point is reached. */
  readonly committed: boolean;
  /** The answer is complete and all of it is in `out`. */
  readonly done: boolean;
  readonly error: GatewayError | null;
  /** The upstream's id of the answer, at the commit point; null = none, or not looked for. */
  readonly id: string | null;
  readonly usage: Usage | null;
  readonly finish: FinishReason | null;
  /** The last seal on reasoning that goes to the client as the upstream made it; null = none. */
  readonly seal: string | null;
}

/** What every slot is told. */
export interface SlotOptions {
  /** The model name to write into the answer; null = leave the upstream's. */
  readonly answerModel: string | null;
  /** Largest whole answer, bytes. */
  readonly answerBytes: number;
  /** Largest event of a stream, bytes. */
  readonly eventBytes: number;
}
