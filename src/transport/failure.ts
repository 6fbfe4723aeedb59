/** The words for everything that can go wrong with an exchange; none of them names an address. */
import type { ErrorCode } from '../core/error-codes.ts';
import { GatewayError } from '../core/gateway-error.ts';

/** Where an exchange stands; each phase but `body` has a limit of its own. */
export type Phase = 'connect' | 'headers' | 'first-byte' | 'idle' | 'body' | 'total';

/** A failure of an exchange; `cause` is for the operator's log only. */
export function failure(code: ErrorCode, where: Phase, message?: string, cause?: unknown): GatewayError {
  const error = new GatewayError(code, message, { where });
  if (cause !== undefined) error.cause = cause;
  return error;
}

const LATE: Readonly<Record<Exclude<Phase, 'body'>, string>> = {
  connect: 'The upstream did not accept a connection in time.',
  headers: 'The upstream did not begin to answer in time.',
  'first-byte': 'The upstream sent headers but no first byte in time.',
  idle: 'The upstream stopped sending in the middle of its answer.',
  total: 'The upstream took longer than the whole exchange may take.',
};

/** A phase took too long: `upstream-stalled` between two chunks, `upstream-timeout` everywhere else. */
export function lateFailure(phase: Exclude<Phase, 'body'>): GatewayError {
  return failure(phase === 'idle' ? 'upstream-stalled' : 'upstream-timeout', phase, LATE[phase]);
}

/** The connection was lost: `upstream-reset` before headers, `upstream-disconnected` after them. */
export function lostFailure(hasHead: boolean, cause: unknown): GatewayError {
  return hasHead
    ? failure('upstream-disconnected', 'body', undefined, cause)
    : failure('upstream-reset', 'headers', undefined, cause);
}

/** The body is longer than it may be. */
export function sizeFailure(maxBytes: number): GatewayError {
  return failure('upstream-too-large', 'body', `The answer of the upstream is longer than ${maxBytes} bytes.`);
}

/** The answer is compressed although identity was asked: inflating it would let a small answer become a huge one. */
export function encodingFailure(): GatewayError {
  return failure('upstream-malformed', 'headers', 'The upstream compressed its answer although it was asked not to.');
}
