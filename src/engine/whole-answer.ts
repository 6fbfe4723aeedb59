/** The slots of an answer that is not streamed: held whole, checked, then written at once. */
import type { ChatResponse } from '../core/chat.ts';
import { GatewayError, toGatewayError } from '../core/gateway-error.ts';
import { isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { ChatProtocol, ReadContext } from '../core/protocol.ts';
import type { FinishReason, Usage } from '../core/usage.ts';
import { spliceModel } from '../wire/json-splice.ts';
import type { Slot, SlotOptions } from './slot.ts';
import type { Translation } from './translate-stream.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Turns a whole, parsed answer into the client's bytes and tells what settlement needs. */
type Finisher = (
  body: JsonObject,
  bytes: Uint8Array,
) => {
  readonly bytes: Uint8Array;
  readonly usage: Usage | null;
  readonly finish: FinishReason | null;
};

/** Collects an answer up to a size, proves that it is whole, and hands it to a finisher. */
export class WholeAnswer implements Slot {
  committed = false;
  done = false;
  error: GatewayError | null = null;
  usage: Usage | null = null;
  finish: FinishReason | null = null;
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
      this.usage = finished.usage;
      this.finish = finished.finish;
      out.push(finished.bytes);
      this.committed = true;
      this.done = true;
    } catch (cause) {
      this.error = toGatewayError(cause);
    }
  }

  abort(error: GatewayError, out: Uint8Array[]): void {
    out.push(encoder.encode(JSON.stringify(this.#errors.writeError(error).body)));
  }
}

/** The answer's own bytes, with the model name put back. */
export function passAnswer(protocol: ChatProtocol, from: ReadContext, options: SlotOptions): WholeAnswer {
  const finisher: Finisher = (body, bytes) => {
    const { usage, finish } = protocol.inspectResponse(body, from);
    const renamed = options.answerModel === null ? null : spliceModel(bytes, options.answerModel);
    return { bytes: renamed ?? bytes, usage, finish };
  };
  return new WholeAnswer(finisher, protocol, options);
}

/** The answer read in one language and written in another. */
export function translateAnswer(translation: Translation, options: SlotOptions): WholeAnswer {
  const { from, to, context, losses } = translation;
  const finisher: Finisher = (body) => {
    const read = from.readResponse(body, context);
    const response: ChatResponse = options.answerModel === null ? read : { ...read, model: options.answerModel };
    const bytes = encoder.encode(JSON.stringify(to.writeResponse(response, losses)));
    return { bytes, usage: response.usage, finish: response.choices[0]?.finish ?? null };
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
