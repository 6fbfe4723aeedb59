/** Writes our errors in the shape that Anthropic's clients know. */
import type { GatewayError } from '../../core/gateway-error.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Frame } from '../../core/protocol.ts';
import { ERROR_STATUS } from './errors.ts';

/** Status and body of an error answer. `upstream-rejected` keeps the 4xx status that the upstream chose, overload its 529. */
export function writeError(
  error: GatewayError,
  requestId: string | null = null,
): { readonly status: number; readonly body: JsonObject } {
  const status = statusOf(error);
  return { status, body: errorBody(error, status, requestId) };
}

/** The error as the last event of a stream; message_stop never follows it. */
export function writeErrorFrames(error: GatewayError, requestId: string | null = null): readonly Frame[] {
  return [{ event: 'error', data: JSON.stringify(errorBody(error, statusOf(error), requestId)) }];
}

/** Our own key is not what the upstream's 401 speaks of, and 429 has a code of its own: neither is ever passed on as such. */
const NEVER_PASSED_ON = new Set([401, 402, 403, 407, 408, 429]);

function statusOf(error: GatewayError): number {
  const native = error.native?.status ?? 0;
  if (error.code === 'upstream-overloaded' && native === 529) return native;
  if (error.code !== 'upstream-rejected' || native < 400 || native >= 500) return error.status;
  return NEVER_PASSED_ON.has(native) ? error.status : native;
}

function errorBody(error: GatewayError, status: number, requestId: string | null): JsonObject {
  return {
    type: 'error',
    error: {
      type: typeOf(error, status),
      message: `${messageOf(error)} ${error.hint}`,
      thalweg: { ...error.facts, code: error.code, ...(error.where === null ? {} : { where: error.where }) },
    },
    request_id: requestId,
  };
}

/** Failures of capacity, which clients meet with patience; not every 503 is one. */
const OVERLOAD = new Set([
  'upstream-overloaded',
  'gateway-overloaded',
  'gateway-shutdown',
  'capacity-exhausted-within-policy',
]);

function typeOf(error: GatewayError, status: number): string {
  const native = error.native?.type;
  if (error.code === 'upstream-rejected' && native != null && ERROR_STATUS.has(native)) return native;
  if (OVERLOAD.has(error.code)) return 'overloaded_error';
  if (status === 408) return 'timeout_error';
  for (const [type, own] of ERROR_STATUS) if (own === status) return type;
  return status >= 500 || status === 499 ? 'api_error' : 'invalid_request_error';
}

/**
 * Claude Code compacts a conversation only when it reads "prompt is too long" (Menci/Floway#166, from the shipped binary), in
 * Anthropic's form "prompt is too long: N tokens > M maximum" where both figures are known.
 */
function messageOf(error: GatewayError): string {
  if (error.code !== 'context-length-exceeded') return error.message;
  const { tokens, maximum } = error.facts ?? {};
  if (typeof tokens === 'number' && typeof maximum === 'number') {
    return `prompt is too long: ${tokens} tokens > ${maximum} maximum.`;
  }
  const [, needs, reads] = /(\d+) tokens.* at most (\d+)/.exec(error.message) ?? [];
  if (needs !== undefined) return `prompt is too long: ${needs} tokens > ${reads} maximum.`;
  return `prompt is too long: ${error.message}`;
}
