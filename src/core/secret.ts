/** A value that must never be printed: keys and tokens travel inside it until the transport writes them to the socket. */

const REDACTED = '[redacted]';
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** Holds a secret string; every way of printing it gives `[redacted]`. */
export class Secret {
  readonly #value: string;

  /** @param value the secret itself */
  constructor(value: string) {
    this.#value = value;
  }

  /** The secret. Call it only where the bytes are written or compared. */
  reveal(): string {
    return this.#value;
  }

  /** `[redacted]`. */
  toString(): string {
    return REDACTED;
  }

  /** `[redacted]`. */
  toJSON(): string {
    return REDACTED;
  }

  /** `[redacted]`, for Node's inspector. */
  [INSPECT](): string {
    return REDACTED;
  }
}
