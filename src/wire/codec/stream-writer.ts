/** What every language's writer of streams does before it says anything in its own words: one ending, and names for what is foreign. */
import type { ChatEvent, OpaqueEvent } from '../../core/events.ts';
import type { GatewayError } from '../../core/gateway-error.ts';
import { isJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { EventWriter, Frame } from '../../core/protocol.ts';
import { loseBlock } from './extra.ts';

/** Writes a stream that ends once: after its terminal event, its error or its end nothing follows. */
export abstract class StreamWriter implements EventWriter {
  #over = false;

  write(event: ChatEvent, out: Frame[]): void {
    if (this.#over) return;
    if (event.type === 'error') this.abort(event.error, out);
    else this.say(event, out);
  }

  end(_out: Frame[]): void {
    this.#over = true;
  }

  abort(error: GatewayError, out: Frame[], requestId?: string): void {
    if (this.#over) return;
    this.#over = true;
    out.push(...this.lastWords(error, requestId));
  }

  /** The terminal event was written. */
  protected close(): void {
    this.#over = true;
  }

  /** Writes an event. */
  protected abstract say(event: Exclude<ChatEvent, { type: 'error' }>, out: Frame[]): void;

  /** The error frames of the language. */
  protected abstract lastWords(error: GatewayError, requestId?: string): readonly Frame[];
}

/**
 * Records an event that only another protocol knows: a block at its place, news about the whole answer by their names, and a step of a
 * hosted tool's progress, which is no part of the answer, as `stream`.
 */
export function loseOpaque(event: OpaqueEvent, place: string, losses: LossLog): void {
  const { protocol, value, at } = event;
  if (at !== undefined) return loseBlock(protocol, place, losses);
  const isProgress = !isJsonObject(value) || typeof value['type'] === 'string';
  const why = isProgress ? `Only ${protocol} has an event for this.` : `Only ${protocol} knows this field.`;
  for (const field of isProgress ? ['stream'] : Object.keys(value)) losses.add({ field, kind: 'dropped', why });
}
