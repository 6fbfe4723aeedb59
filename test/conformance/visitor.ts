/** A client of a front door, whatever runtime the door stands in. */

/** A request that a client makes. */
export interface Ask {
  readonly method?: 'GET' | 'POST';
  readonly path?: string;
  /** Flat: name, value. Without any a POST is declared as JSON. */
  readonly headers?: readonly string[];
  /** A whole body, or chunks that come as fast as they are yielded. */
  readonly body?: string | AsyncIterable<string>;
}

/** A client's view of one answer. */
export interface Visit {
  readonly status: number;
  header(name: string): string | null;
  /** The next bytes as text; null at the clean end. Rejects when the answer was cut off. */
  read(): Promise<string | null>;
  /** Goes away without reading further. */
  leave(): void;
}

/** A client that can only talk to one door. */
export interface Visitor {
  /** Resolves when the head of the answer is there. */
  ask(ask: Ask): Promise<Visit>;
  /** Sends the request and goes away `afterMs` later, whatever has come until then. */
  askAndLeave(ask: Ask, afterMs: number): Promise<void>;
  close(): Promise<void>;
}
