/** Errors inside a stream or an answer with status 200, with the status that Anthropic gives each type. */
import type { GatewayError } from '../../core/gateway-error.ts';
import { NO_HEADERS } from '../../core/headers.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { isErrorSaid, readError, readErrorInBody } from '../../wire/vendor-error/read-error.ts';

/** Anthropic's error types and their statuses (docs.claude.com/en/api/errors); a type is written for the first that has it. */
export const ERROR_STATUS: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['conflict_error', 409],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['timeout_error', 504],
  ['overloaded_error', 529],
]);

/** The error that a body or an event carries; null when it carries none. `type` is the event's, or the body's own. */
export function inBandError(body: JsonObject, type: string | null): GatewayError | null {
  if (type !== 'error' && !isErrorSaid(body['error'])) return null;
  const { error } = body;
  const said = isJsonObject(error) ? error['type'] : undefined;
  const status = typeof said === 'string' ? ERROR_STATUS.get(said) : undefined;
  return status === undefined ? readErrorInBody(body) : readError(status, NO_HEADERS, JSON.stringify(body));
}
