/** Looks at the events of a stream that passes through untouched and keeps what settlement needs. */
import { GatewayError } from '../../core/gateway-error.ts';
import { isJsonArray, isJsonObject, type JsonObject } from '../../core/json.ts';
import { TapMark, type Frame, type ReadContext, type StreamTap } from '../../core/protocol.ts';
import type { FinishReason, Usage } from '../../core/usage.ts';
import { errorFrames, NO_RESPONSE } from './error-frames.ts';
import { readFinish } from './finish.ts';
import { readUsage } from './usage.ts';
import { CLIENT_CALLS, PROLOGUE, readEvent, TERMINAL } from './wire-event.ts';

/** The tap of one stream. */
export class ResponsesTap implements StreamTap {
  id: string | null = null;
  model: string | null = null;
  usage: Usage | null = null;
  finish: FinishReason | null = null;
  error: GatewayError | null = null;
  seal: string | null = null;
  readonly #excludesReasoning: boolean;
  #over = false;
  #calls = false;
  #content = false;
  /** What the stream said of its response last, for an error that must end it. */
  #response: JsonObject = NO_RESPONSE;
  /** Number of the next frame. */
  #next = 0;

  /** @param from what is known of the upstream */
  constructor(from: ReadContext) {
    this.#excludesReasoning = from.dialect.usageExcludesReasoning;
  }

  get finished(): boolean {
    return this.finish !== null;
  }

  abort(error: GatewayError): readonly Frame[] {
    return errorFrames(error, this.#next, this.#response);
  }

  inspect(frame: Frame): number {
    if (this.#over) return TapMark.none;
    const event = readEvent(frame);
    if (event === null) return TapMark.none;
    if (event instanceof GatewayError) {
      this.#over = true;
      this.error = event;
      return TapMark.error;
    }
    const { type, body } = event;
    if (TERMINAL.has(type)) {
      this.#over = true;
      this.look(isJsonObject(body['response']) ? body['response'] : {});
      return this.#content ? TapMark.terminal : TapMark.terminal | TapMark.content;
    }
    return this.#progress(type, body);
  }

  /** A whole response object: the terminal event's, or an answer that was not streamed. */
  look(response: JsonObject): void {
    this.#head(response);
    const output = isJsonArray(response['output']) ? response['output'] : [];
    for (const item of output) if (isJsonObject(item)) this.#item(item);
    this.usage = readUsage(response['usage'], this.#excludesReasoning);
    this.finish = readFinish(response, this.#calls);
  }

  #head({ id, model }: JsonObject): void {
    if (this.id === null && typeof id === 'string' && id !== '') this.id = id;
    if (this.model === null && typeof model === 'string' && model !== '') this.model = model;
  }

  #item({ type, encrypted_content: seal }: JsonObject): void {
    if (CLIENT_CALLS.has(type)) this.#calls = true;
    if (typeof seal === 'string' && seal !== '') this.seal = seal;
  }

  #progress(type: string, body: JsonObject): number {
    const { response, item, sequence_number: sequence } = body;
    this.#next = (typeof sequence === 'number' ? sequence : this.#next) + 1;
    if (isJsonObject(response)) {
      this.#response = response;
      this.#head(response);
    }
    if (isJsonObject(item)) this.#item(item);
    if (isCallEvent(type)) this.#calls = true;
    if (PROLOGUE.has(type)) return TapMark.none;
    this.#content = true;
    return TapMark.content;
  }
}

function isCallEvent(type: string): boolean {
  return type.startsWith('response.function_call_arguments.') || type.startsWith('response.custom_tool_call_input.');
}
