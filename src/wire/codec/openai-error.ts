/** Writes our errors in the shape that OpenAI clients know. */
import type { ErrorCode } from '../../core/error-codes.ts';
import type { GatewayError } from '../../core/gateway-error.ts';
import type { JsonObject, MutableJsonObject } from '../../core/json.ts';

/** Codes that agents and SDKs match on; every other error carries our own code in `code`. */
const NATIVE: { readonly [C in ErrorCode]?: string } = {
  'context-length-exceeded': 'context_length_exceeded',
  'model-not-found': 'model_not_found',
  'previous-response-not-found': 'previous_response_not_found',
  'missing-credential': 'invalid_api_key',
  'invalid-credential': 'invalid_api_key',
  'permission-denied': 'insufficient_permissions',
  'upstream-rate-limited': 'rate_limit_exceeded',
  'budget-exhausted': 'insufficient_quota',
  'missing-field': 'missing_required_parameter',
  'invalid-value': 'invalid_value',
  'unknown-parameter': 'unknown_parameter',
};

/** Status and body of an error answer. `upstream-rejected` keeps the 4xx status that the upstream chose. */
export function writeError(error: GatewayError): { readonly status: number; readonly body: JsonObject } {
  const status = statusOf(error);
  return { status, body: errorBody(error, status) };
}

/** Our own key is not what the upstream's 401 speaks of, and 429 has a code of its own: neither is ever passed on as such. */
const NEVER_PASSED_ON = new Set([401, 402, 403, 407, 408, 429]);

function statusOf(error: GatewayError): number {
  const native = error.code === 'upstream-rejected' ? (error.native?.status ?? 0) : 0;
  return native >= 400 && native < 500 && !NEVER_PASSED_ON.has(native) ? native : error.status;
}

function errorBody(error: GatewayError, status: number): JsonObject {
  const thalweg: MutableJsonObject = { ...error.facts, code: error.code };
  return {
    error: {
      message: `${error.message} ${error.hint}`,
      type: typeOf(error, status),
      param: error.where,
      code:
        error.code === 'upstream-rejected' ? (error.native?.code ?? error.code) : (NATIVE[error.code] ?? error.code),
      thalweg,
    },
  };
}

function typeOf(error: GatewayError, status: number): string {
  if (error.code === 'upstream-rejected' && error.native?.type != null) return error.native.type;
  if (status === 401) return 'authentication_error';
  if (status === 402) return 'insufficient_quota';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 || status === 499 ? 'server_error' : 'invalid_request_error';
}
