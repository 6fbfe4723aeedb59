/** Finish reasons: the status of an answer and why it is incomplete, both ways. */
import { isJsonObject, stringOrNull, type Json, type JsonObject } from '../../core/json.ts';
import type { FinishReason, UnifiedFinish } from '../../core/usage.ts';

/** Reads the status of a response object. `hasCalls`: the client has tool calls to make. */
export function readFinish(response: JsonObject, hasCalls: boolean): FinishReason {
  const raw = stringOrNull(response['status']);
  const details = response['incomplete_details'];
  const reason = isJsonObject(details) ? details['reason'] : null;
  return { unified: raw === 'incomplete' ? unifiedReason(reason) : unifiedStatus(raw, hasCalls), raw };
}

function unifiedReason(reason: Json | undefined): UnifiedFinish {
  if (reason === 'max_output_tokens' || reason === 'max_tokens') return 'length';
  return reason === 'content_filter' ? 'content-filter' : 'other';
}

function unifiedStatus(status: string | null, hasCalls: boolean): UnifiedFinish {
  if (status === 'completed' || status === null) return hasCalls ? 'tool-calls' : 'stop';
  return status === 'failed' || status === 'cancelled' ? 'error' : 'other';
}

/** Status, reason and error of a response object. */
export interface WrittenFinish {
  readonly status: string;
  readonly incomplete_details: JsonObject | null;
  readonly error: JsonObject | null;
}

const RUNNING = new Set<string | null>(['queued', 'in_progress', 'cancelled']);

/** Writes a finish reason. An answer that ended for a reason which this protocol has no word for is simply complete. */
export function writeFinish({ unified, raw }: FinishReason): WrittenFinish {
  if (raw !== null && RUNNING.has(raw)) return { status: raw, incomplete_details: null, error: null };
  if (unified === 'length') return incomplete('max_output_tokens');
  if (unified === 'content-filter') return incomplete('content_filter');
  if (unified === 'other' && raw === 'incomplete') return { status: raw, incomplete_details: null, error: null };
  if (unified !== 'error') return { status: 'completed', incomplete_details: null, error: null };
  const error = { code: 'server_error', message: 'The model ended its answer with an error.' };
  return { status: 'failed', incomplete_details: null, error };
}

function incomplete(reason: string): WrittenFinish {
  return { status: 'incomplete', incomplete_details: { reason }, error: null };
}
