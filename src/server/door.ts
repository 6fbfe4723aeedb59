/** What both front doors have in common: their options, and the Call that they hand over. */
import type { ProtocolId } from '../core/chat.ts';
import type { Clock } from '../core/clock.ts';
import type { GatewayError } from '../core/gateway-error.ts';
import type { Call, Operation, PresentedCredential, RouteEntry } from '../core/gateway.ts';
import type { HeaderView } from '../core/headers.ts';
import { readCredential } from './credential.ts';

/** How a front door is made. */
export interface DoorOptions {
  readonly clock: Clock;
  /** `body`: longest request body, bytes. */
  readonly limits: { readonly body: number };
  /** Names this gateway answers to, with or without port; empty: every name. */
  readonly hosts: readonly string[];
  /** Longest time from head to last byte of the body, ms; 30 s when absent. */
  readonly bodyTimeoutMs?: number;
}

/** Limits on one body. */
export interface BodyLimits {
  /** Bytes. */
  readonly body: number;
  /** From the head to the last byte, ms. */
  readonly bodyTimeoutMs: number;
}

/** Hears how the reading of a body ended, once. With an error the rest of the body is still unread. */
export type BodyDone = (body: Uint8Array, error: GatewayError | null) => void;

/** An empty body. */
export const NO_BODY = new Uint8Array(0);

/** The limits with their defaults. */
export function bodyLimits(options: DoorOptions): BodyLimits {
  return { body: options.limits.body, bodyTimeoutMs: options.bodyTimeoutMs ?? 30_000 };
}

/** What a runtime lends to a Call. */
export interface CallHost {
  onGone(f: () => void): void;
  background(work: Promise<void>): void;
}

/** A request as it was received; `body` is set once it was read. */
export class ReceivedCall implements Call {
  readonly surface: ProtocolId;
  readonly operation: Operation;
  readonly target: string | null;
  readonly query: string;
  readonly headers: HeaderView;
  readonly credential: PresentedCredential | null;
  body: Uint8Array = NO_BODY;
  place?: string | null;
  readonly #host: CallHost;

  /** @param url the request's URL or its path, with the query */
  constructor(entry: RouteEntry, url: string, headers: HeaderView, host: CallHost) {
    this.surface = entry.surface;
    this.operation = entry.operation;
    this.target = entry.target;
    const mark = url.indexOf('?');
    this.query = mark === -1 ? '' : url.slice(mark + 1);
    this.headers = headers;
    this.credential = readCredential(headers);
    this.#host = host;
  }

  onGone(f: () => void): void {
    this.#host.onGone(f);
  }

  background(work: Promise<void>): void {
    this.#host.background(work);
  }
}
