/** What makes a frame an event of this language, and in which order events may come: one judge for the reader and the tap. */
import { GatewayError } from '../../core/gateway-error.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Frame } from '../../core/protocol.ts';
import { inBandError } from './errors.ts';

/** The event that completes an answer. It alone does: a stream that ends without it is `upstream-truncated`. */
export const STOP = 'message_stop';

/** Blocks of one answer; no model writes more. */
const BLOCKS = 4096;

/** One event with its type. */
export interface WireEvent {
  readonly type: string;
  readonly data: JsonObject;
}

/** The frame is not JSON, no event, or out of order. */
function notAnEvent(): GatewayError {
  return new GatewayError('upstream-malformed', 'The upstream sent a stream event that is not of the Messages API.');
}

/** The bytes ended before the terminal event. */
export function truncated(): GatewayError {
  return new GatewayError('upstream-truncated', `The upstream ended its stream without ${STOP}.`);
}

/** Keeps the order of one stream. */
export class StreamGrammar {
  #started = false;
  readonly #open = new Set<number>();

  /** The event in a frame, judged; null for padding (empty data, `[DONE]` of servers that speak several languages). */
  read(frame: Frame): WireEvent | GatewayError | null {
    const { data } = frame;
    if (data === '' || data === '[DONE]') return null;
    let body: Json;
    try {
      body = JSON.parse(data) as Json;
    } catch {
      return notAnEvent();
    }
    if (!isJsonObject(body)) return notAnEvent();
    const type = typeof body['type'] === 'string' ? body['type'] : frame.event;
    const error = inBandError(body, type);
    if (error !== null) return error;
    if (type === null || !this.#isInOrder(type, body)) return notAnEvent();
    return { type, data: body };
  }

  #isInOrder(type: string, body: JsonObject): boolean {
    if (type === 'message_start') {
      const isFirst = !this.#started;
      this.#started = true;
      return isFirst && isJsonObject(body['message']);
    }
    switch (type) {
      case 'content_block_start': {
        const block = body['content_block'];
        const index = indexOf(body);
        if (!this.#started || index === null || !isJsonObject(block) || typeof block['type'] !== 'string') return false;
        this.#open.add(index);
        return true;
      }
      case 'content_block_delta': {
        const index = indexOf(body);
        return index !== null && this.#open.has(index) && isJsonObject(body['delta']);
      }
      case 'content_block_stop': {
        const index = indexOf(body);
        return index !== null && this.#open.delete(index);
      }
      case 'message_delta':
      case STOP:
        return this.#started;
      default:
        return true;
    }
  }
}

/** The number of the block that an event speaks of; null when it is none. */
export function indexOf(body: JsonObject): number | null {
  const { index } = body;
  return typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < BLOCKS ? index : null;
}
