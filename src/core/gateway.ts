/** The counter between the routes and the engine: a call comes in, its answer goes to a sink. */
import type { ProtocolId } from './chat.ts';
import type { GatewayError } from './gateway-error.ts';
import type { HeaderList, HeaderView } from './headers.ts';
import type { JsonObject } from './json.ts';
import type { Secret } from './secret.ts';

/** What concerns a response or conversation that an upstream keeps. */
export type StoredOperation =
  | 'get-response'
  | 'cancel-response'
  | 'delete-response'
  | 'list-input-items'
  | 'create-conversation'
  | 'get-conversation'
  | 'update-conversation'
  | 'delete-conversation'
  | 'list-conversation-items'
  | 'create-conversation-items'
  | 'get-conversation-item'
  | 'delete-conversation-item';

/** What goes to an upstream beside chat. */
export type SideOperation = 'count-tokens' | 'compact' | StoredOperation;

/** What a route asks of the gateway. */
export type Operation = 'chat' | 'explain' | 'list-models' | 'get-model' | SideOperation;

/** The credential a client presented: the one key, or the finding that several differ. */
export type PresentedCredential =
  | { readonly kind: 'key'; readonly key: Secret }
  | { readonly kind: 'ambiguous'; readonly where: readonly string[] };

/** One client request with its raw body. */
export interface Call {
  readonly surface: ProtocolId;
  readonly operation: Operation;
  /** Path parameter of the operation (an id), decoded; two are joined by a slash; null where the path has none. */
  readonly target: string | null;
  /** The query string without `?`. */
  readonly query: string;
  readonly headers: HeaderView;
  /** The whole body, replayable; empty for GET. */
  readonly body: Uint8Array;
  readonly credential: PresentedCredential | null;
  /** Country in which this request is handled, where the runtime knows; null = it should and does not; absent = as configured. */
  readonly place?: string | null;
  /** Registers what happens when the client leaves before the answer is complete. At most one listener. */
  onGone(f: () => void): void;
  /** Keeps the runtime alive for work that outlives the answer (`waitUntil` at the edge). */
  background(work: Promise<void>): void;
}

/** Where an answer is written. Never throws; after the client left, writes are dropped. */
export interface ReplySink {
  /** Once, before any write. */
  start(status: number, headers: HeaderList): void;
  /** False when the client reads too slowly: wait for `onDrain`. */
  write(chunk: Uint8Array): boolean;
  /** Registers the drain listener. At most one. */
  onDrain(f: () => void): void;
  /** The answer is complete. */
  end(): void;
  /** Breaks the connection off, so that the client cannot take what came for whole. */
  cut(): void;
}

/** What routes know of the engine. Neither function throws. */
export interface Gateway {
  handle(call: Call, sink: ReplySink): void;
  refuse(call: Call, error: GatewayError, sink: ReplySink): void;
}

/** Whether new requests should come here. */
export interface Readiness {
  readonly ready: boolean;
  /** One word why not: `draining`, `artifact-untrusted`. */
  readonly reason: string | null;
}

/** What the admin listener serves. */
export interface Operations {
  /** Prometheus text format. */
  metrics(): string;
  ready(): Readiness;
  /** Every signed model with its lease and evidence, as JSON. */
  trust(): JsonObject;
}

/** What a route tells the runtime's reader about itself. */
export interface RouteEntry {
  readonly surface: ProtocolId;
  readonly operation: Operation;
  readonly target: string | null;
  readonly hasBody: boolean;
}

/**
 * How a runtime reads a Call and writes its answer; chosen by the entry point. `env` is what the runtime bound to the request,
 * `request` its Web form (on Node a lazy shell). `deliver` is called once, with an error when the request is not acceptable.
 */
export interface FrontDoor {
  receive(
    env: unknown,
    request: Request,
    entry: RouteEntry,
    deliver: (call: Call, sink: ReplySink, error: GatewayError | null) => void,
  ): Response | Promise<Response>;
}
