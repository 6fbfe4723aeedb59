/** A refusal in the words of the OpenAI API: status and error object. */
import type { JsonObject } from '../../core/json.ts';
import type { EngineFailure } from '../engine.ts';

/** What is wrong with a request, as an upstream of this language says it. */
export class OpenAiFault extends Error {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
  readonly param: string | null;

  constructor(status: number, type: string, code: string | null, param: string | null, message: string) {
    super(message);
    this.name = 'OpenAiFault';
    this.status = status;
    this.type = type;
    this.code = code;
    this.param = param;
  }

  /** The body. */
  get body(): JsonObject {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.code } };
  }
}

/** A request that is wrong at a field. */
export function invalidRequest(param: string | null, message: string, code: string | null = null): OpenAiFault {
  return new OpenAiFault(400, 'invalid_request_error', code, param, message);
}

/** What an engine's failure is before the first byte of an answer; null where the exchange breaks off instead. */
export function faultOf(failure: EngineFailure): OpenAiFault | null {
  if (failure.kind === 'context-length') {
    const { contextTokens, promptTokens } = failure;
    const message = `This model's maximum context length is ${contextTokens} tokens. However, your messages resulted in at least ${promptTokens} tokens. Please reduce the length of the messages.`;
    return invalidRequest('messages', message, 'context_length_exceeded');
  }
  if (failure.kind === 'overloaded') {
    const message = 'The model is busy and its queue is full. Try again shortly.';
    return new OpenAiFault(503, 'server_error', 'overloaded', null, message);
  }
  return null;
}
