/** The one error class; every route writes it in its client's own protocol. */
import { ERROR_ROWS, type ErrorCode, type ErrorRow } from './error-codes.ts';
import type { JsonObject } from './json.ts';

const BRAND = Symbol.for('thalweg.gateway-error');

/** What an upstream said itself, already parsed: its own code, type and field, never its raw text. */
export interface NativeError {
  readonly status: number;
  readonly code: string | null;
  readonly type: string | null;
  readonly param: string | null;
}

/** What may be said beyond code and message. */
export interface ErrorDetail {
  /** Which field, header or backend: a dotted path or a name. */
  readonly where?: string;
  /** How to mend it, when the table's hint can be made more precise. */
  readonly hint?: string;
  /** How long to wait before the next try, ms. */
  readonly retryAfterMs?: number;
  /** Overrides the table where the outcome is known to be final (exhausted failover: false). */
  readonly retryable?: boolean;
  /** The upstream's own words, for codes that pass them on. */
  readonly native?: NativeError;
  /** Facts for the caller's program: nearest model names, failed constraints, attempts. No URLs, no keys. */
  readonly facts?: JsonObject;
  /** Extra response headers, flat name and value (`allow`, `location`). */
  readonly headers?: readonly string[];
}

/** A failure with a stable code. `message` says what and where in one sentence; `hint` how to mend it. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly where: string | null;
  readonly hint: string;
  readonly retryAfterMs: number | null;
  readonly retryable: boolean;
  readonly native: NativeError | null;
  readonly facts: JsonObject | null;
  readonly headers: readonly string[];

  /**
   * @param code a row of the table
   * @param message what went wrong, for the caller; the row's title when omitted
   */
  constructor(code: ErrorCode, message?: string, detail: ErrorDetail = {}) {
    const row: ErrorRow = ERROR_ROWS[code];
    super(message ?? `${row.title}.`);
    this.name = 'GatewayError';
    this.code = code;
    this.where = detail.where ?? null;
    this.hint = detail.hint ?? row.hint;
    this.retryAfterMs = detail.retryAfterMs ?? null;
    this.retryable = detail.retryable ?? row.retryable;
    this.native = detail.native ?? null;
    this.facts = detail.facts ?? null;
    this.headers = detail.headers ?? [];
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** The HTTP status of this code before the commit point. */
  get status(): number {
    return ERROR_ROWS[this.code].status;
  }

  /** The table's row of this code. */
  get row(): ErrorRow {
    return ERROR_ROWS[this.code];
  }
}

/** True for a GatewayError of this or another copy of the package. */
export function isGatewayError(value: unknown): value is GatewayError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** The error itself, or `internal` around anything else; the original becomes `cause` and is never shown to a caller. */
export function toGatewayError(value: unknown): GatewayError {
  if (isGatewayError(value)) return value;
  const error = new GatewayError('internal');
  error.cause = value;
  return error;
}
