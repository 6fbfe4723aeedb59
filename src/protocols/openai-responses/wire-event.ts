/** What a frame of a stream says, and the errors that are no answer. */
import { GatewayError } from '../../core/gateway-error.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Frame } from '../../core/protocol.ts';
import { isErrorSaid, readErrorInBody } from '../../wire/vendor-error/read-error.ts';

/** One event of a stream: its type and its whole body. */
export interface WireEvent {
  readonly type: string;
  readonly body: JsonObject;
}

/**
 * Reads a frame. null: it says nothing (empty, a keep-alive, the `[DONE]` that some servers borrow from the chat language: OpenAI sends
 * none, and the terminal event is `response.completed`, `.incomplete` or `.failed`). A GatewayError: the upstream reports a failure, or
 * the frame is no event.
 */
export function readEvent({ event, data }: Frame): WireEvent | GatewayError | null {
  if (data === '' || (data.length < 16 && data.trim() === '[DONE]')) return null;
  let body: Json;
  try {
    body = JSON.parse(data) as Json;
  } catch {
    return notAnEvent();
  }
  if (!isJsonObject(body)) return notAnEvent();
  const type = typeof body['type'] === 'string' ? body['type'] : event;
  if (type === 'error' || event === 'error')
    return readErrorInBody(isErrorSaid(body['error']) ? body : { error: body });
  if (type === null) return isErrorSaid(body['error']) ? readErrorInBody(body) : notAnEvent();
  if (type === 'response.failed') return failure(body['response']);
  return SILENT.has(type) ? null : { type, body };
}

const SILENT = new Set(['ping', 'keepalive', 'response.keepalive']);

/** The error of a response object whose status is `failed`. */
export function failure(response: Json | undefined): GatewayError {
  const error = isJsonObject(response) ? response['error'] : null;
  return isErrorSaid(error)
    ? readErrorInBody({ error: error ?? null })
    : new GatewayError('upstream-error', 'The upstream says that the answer failed, and not why.');
}

/** The terminal events of a good stream. */
export const TERMINAL: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.cancelled',
]);

/** Events that announce: none of them carries a word of the answer, so that none commits. */
export const PROLOGUE: ReadonlySet<string> = new Set([
  'response.created',
  'response.queued',
  'response.in_progress',
  'response.output_item.added',
  'response.content_part.added',
  'response.reasoning_summary_part.added',
]);

/** Calls that the client has to make; every other item is the vendor's own business. */
export const CLIENT_CALLS: ReadonlySet<Json | undefined> = new Set(['function_call', 'custom_tool_call']);

function notAnEvent(): GatewayError {
  return new GatewayError('upstream-malformed', 'The upstream sent a stream event that is no event of a response.');
}

/** The bytes ended before the terminal event. */
export function truncated(): GatewayError {
  return new GatewayError('upstream-truncated', 'The upstream ended its stream without response.completed.');
}
