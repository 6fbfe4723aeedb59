/** The slots of an answer that is not streamed: held whole, checked, then written at once. */
import type { ChatResponse } from '../core/chat.ts';
import { GatewayError, toGatewayError } from '../core/gateway-error.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { ChatProtocol, ReadContext } from '../core/protocol.ts';
import type { FinishReason, Usage } from '../core/usage.ts';
import { spliceModel } from '../wire/json-splice.ts';
import { lastSealOf, markAnswer } from './origins.ts';
import type { Slot, SlotOptions } from './slot.ts';
import type { Translation } from './translate-stream.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Turns a whole, parsed answer into the client's bytes and tells what settlement needs. */
export type Finisher = (
  body: JsonObject,
  bytes: Uint8Array,
) => {
  readonly bytes: Uint8Array;
  readonly id: string | null;
  readonly usage: Usage | null;
  readonly finish: FinishReason | null;
  readonly seal: string | null;
};

/** Collects an answer up to a size, proves that it is whole, and hands it to a finisher. */
export class WholeAnswer implements Slot {
  committed = false;
  done = false;
  error: GatewayError | null = null;
  id: string | null = null;
  usage: Usage | null = null;
  finish: FinishReason | null = null;
  seal: string | null = null;
  readonly #chunks: Uint8Array[] = [];
  readonly #finisher: Finisher;
  readonly #limit: number;
  readonly #errors: ChatProtocol;
  #length = 0;

  /** @param errors the client's language */
  constructor(finisher: Finisher, errors: ChatProtocol, options: SlotOptions) {
    this.#finisher = finisher;
    this.#errors = errors;
    this.#limit = options.answerBytes;
  }

  push(chunk: Uint8Array): void {
    if (this.error !== null) return;
    this.#length += chunk.byteLength;
    if (this.#length > this.#limit) {
      this.#chunks.length = 0;
      this.error = new GatewayError('upstream-too-large');
      return;
    }
    this.#chunks.push(chunk);
  }

  end(out: Uint8Array[]): void {
    if (this.error !== null) return;
    try {
      const bytes = join(this.#chunks, this.#length);
      const finished = this.#finisher(parseAnswer(bytes), bytes);
      this.id = finished.id;
      this.usage = finished.usage;
      this.finish = finished.finish;
      this.seal = finished.seal;
      out.push(finished.bytes);
      this.committed = true;
      this.done = true;
    } catch (cause) {
      this.error = toGatewayError(cause);
    }
  }

  abort(error: GatewayError, requestId: string, out: Uint8Array[]): void {
    out.push(encoder.encode(JSON.stringify(this.#errors.writeError(error, requestId).body)));
  }
}

/** The answer's own bytes, with the model name put back. */
export function passAnswer(protocol: ChatProtocol, from: ReadContext, options: SlotOptions): WholeAnswer {
  const finisher: Finisher = (body, bytes) => {
    const { id, usage, finish, seal = null } = protocol.inspectResponse(body, from);
    const renamed = options.answerModel === null ? null : spliceModel(bytes, options.answerModel);
    return { bytes: renamed ?? bytes, id, usage, finish, seal };
  };
  return new WholeAnswer(finisher, protocol, options);
}

/** The answer read in one language and written in another. */
export function translateAnswer(translation: Translation, options: SlotOptions): WholeAnswer {
  const { from, to, context, losses } = translation;
  const finisher: Finisher = (body) => {
    const read = markAnswer(from.readResponse(body, context), context.dialect.origin);
    const response: ChatResponse = options.answerModel === null ? read : { ...read, model: options.answerModel };
    const bytes = encoder.encode(JSON.stringify(to.writeResponse(response, losses, translation.request)));
    const { id, usage, choices } = response;
    return { bytes, id, usage, finish: choices[0]?.finish ?? null, seal: lastSealOf(response) };
  };
  return new WholeAnswer(finisher, to, options);
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0]!;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

function parseAnswer(bytes: Uint8Array): JsonObject {
  let body: Json;
  try {
    body = JSON.parse(decoder.decode(bytes)) as Json;
  } catch {
    throw new GatewayError('upstream-truncated');
  }
  if (!isJsonObject(body)) throw new GatewayError('upstream-malformed');
  return body;
}
