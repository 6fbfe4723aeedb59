/** Finds the error that hides in a chunk or in an answer with status 200. */
import type { GatewayError } from '../../core/gateway-error.ts';
import { isJsonArray, isJsonObject, type JsonObject } from '../../core/json.ts';
import { isErrorSaid, readErrorInBody } from '../../wire/vendor-error/read-error.ts';

/** The error in a chunk or a whole answer with status 200; null when it carries none. `event` is the SSE event name. */
export function inBandError(body: JsonObject, event: string | null): GatewayError | null {
  if (isErrorSaid(body['error']) || body['object'] === 'error' || event === 'error') return readErrorInBody(body);
  const choices = body['choices'];
  if (!isJsonArray(choices)) return null;
  for (const choice of choices) {
    if (isJsonObject(choice) && isJsonObject(choice['error'])) return readErrorInBody({ error: choice['error'] });
  }
  return null;
}
