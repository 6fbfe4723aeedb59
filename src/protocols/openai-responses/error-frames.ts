/** The error that ends a stream of this protocol. */
import type { GatewayError } from '../../core/gateway-error.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Frame } from '../../core/protocol.ts';
import { writeError } from '../../wire/codec/openai-error.ts';
import { REQUIRED } from './response-object.ts';

/**
 * The error as OpenAI ends a failed stream (recorded): an `error` event, then `response.failed`. OpenAI's SDKs throw at the first, Codex
 * acts on the second alone. Code, message and field stand at the top level, as OpenAI documents the event, and in `error`, as it sends it
 * and Open Responses demands it.
 * @param sequence number of the first frame
 * @param response what is known of the answer so far
 */
export function errorFrames(error: GatewayError, sequence: number, response: JsonObject): readonly Frame[] {
  const written = writeError(error).body['error'];
  const body = isJsonObject(written) ? written : {};
  const { code, message, param } = body;
  const first = { type: 'error', sequence_number: sequence, code, message, param, error: body };
  const failed = { ...response, status: 'failed', error: { code, message }, incomplete_details: null };
  const second = { type: 'response.failed', sequence_number: sequence + 1, response: failed };
  return [first, second].map((data) => ({ event: data.type, data: JSON.stringify(data) }));
}

/** A response of which nothing was said yet. */
export const NO_RESPONSE: JsonObject = Object.freeze({
  id: '',
  object: 'response',
  created_at: 0,
  model: '',
  output: [],
  ...REQUIRED,
});
