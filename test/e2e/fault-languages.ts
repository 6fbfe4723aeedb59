/** What can go wrong in an upstream of each wire language in that language's own words, for the scripted upstream to say. */
import type { ProtocolId } from '../../src/core/chat.ts';
import { json, type AnswerOptions } from '../faults/answers.ts';
import { apiError } from '../faults/faults.ts';
import type { Script } from '../faults/wire.ts';
import { LANGUAGES, type UpstreamLanguage } from './upstream-languages.ts';

/** One language of upstreams with its good answers and its failures. */
export interface FaultLanguage extends UpstreamLanguage {
  readonly id: ProtocolId;
  /** Number of frames at the start of `stream` that announce and say nothing. */
  readonly prologue: number;
  /** Overload, told inside a stream with status 200. */
  readonly overloaded: readonly string[];
  /** A rate limit that is told inside a stream, to wait 12 seconds; null where the language has no such words. */
  readonly limited: readonly string[] | null;
  /** A prompt of 210000 tokens where 200000 are read, told inside a stream. */
  readonly tooLongInStream: readonly string[];
  /** An event that breaks off inside its JSON. */
  readonly malformed: string;
  /** An error answer in this vendor's shape. */
  error(status: number, options?: AnswerOptions): Script;
  /** The same prompt refused with status 400. */
  readonly tooLong: Script;
}

const OPENAI_ERRORS: Readonly<Record<number, readonly [code: string | null, message: string]>> = {
  401: ['invalid_api_key', 'Incorrect API key provided: sk-upstream-canary.'],
  403: ['permission_denied', 'This project has no access.'],
  429: ['rate_limit_exceeded', 'Rate limit reached.'],
  500: [null, 'The server had an error.'],
  503: ['overloaded', 'The server is overloaded.'],
};

const ANTHROPIC_ERRORS: Readonly<Record<number, readonly [type: string, message: string]>> = {
  401: ['authentication_error', 'invalid x-api-key sk-upstream-canary'],
  403: ['permission_error', 'Your API key does not have permission to use the specified resource.'],
  429: ['rate_limit_error', 'This request would exceed your rate limit.'],
  500: ['api_error', 'Internal server error'],
  503: ['api_error', 'Service Unavailable'],
};

/** Anthropic's own overload, which servers of every language send on. */
export const overloaded529 = (): Script => anthropicError(529, 'overloaded_error', 'Overloaded');

function anthropicError(status: number, type: string, message: string, options: AnswerOptions = {}): Script {
  return json({ type: 'error', error: { type, message }, request_id: 'req_upstream' }, { ...options, status });
}

const event = (data: { readonly type: string }): string => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

const openaiError = (status: number, { headers = [] }: AnswerOptions = {}): Script => {
  const [code, message] = OPENAI_ERRORS[status]!;
  return apiError(status, code, message, headers);
};

const OPENAI_TOO_LONG =
  "This model's maximum context length is 200000 tokens. However, your messages resulted in 210000 tokens. Please reduce the length of the messages.";
const openaiTooLong = apiError(400, 'context_length_exceeded', OPENAI_TOO_LONG);

/** What OpenAI's Responses API puts at the end of an answer that failed. */
function failed(code: string, message: string): string[] {
  const response = { id: 'resp_e2e', object: 'response', status: 'failed', output: [], error: { code, message } };
  const failure = { type: 'response.failed', sequence_number: 9, response };
  return [event(failure)];
}

/** The good answers of a language, and how many frames of its stream come before the first word. */
function answersAt(path: string): UpstreamLanguage & { readonly prologue: number } {
  const language = LANGUAGES.find((candidate) => candidate.path === path)!;
  return { ...language, prologue: language.stream.findIndex((frame) => frame.includes('"The "')) };
}

/** Every language of upstreams. */
export const FAULT_LANGUAGES: readonly FaultLanguage[] = [
  {
    ...answersAt('/chat/completions'),
    id: 'openai-chat',
    overloaded: ['data: {"error":{"message":"The server is overloaded","type":"server_error","code":503}}\n\n'],
    limited: null,
    tooLongInStream: [
      `data: ${JSON.stringify({ error: { message: OPENAI_TOO_LONG, type: 'BadRequestError', param: null, code: 400 } })}\n\n`,
    ],
    malformed: 'data: {"choices": [{"delta": \n\n',
    error: openaiError,
    tooLong: openaiTooLong,
  },
  {
    ...answersAt('/messages'),
    id: 'anthropic-messages',
    overloaded: [
      event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } as { type: string }),
    ],
    limited: null,
    tooLongInStream: [
      event({
        type: 'error',
        error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' },
      } as { type: string }),
    ],
    malformed: 'event: content_block_delta\ndata: {"type":"content_block_delta","index":\n\n',
    error(status, options) {
      const [type, message] = ANTHROPIC_ERRORS[status]!;
      return anthropicError(status, type, message, options);
    },
    tooLong: anthropicError(400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
  },
  {
    ...answersAt('/responses'),
    id: 'openai-responses',
    overloaded: failed('server_is_overloaded', 'Our servers are currently overloaded. Please try again later.'),
    limited: failed('rate_limit_exceeded', 'Rate limit reached for some-model. Please try again in 11.054s.'),
    tooLongInStream: failed('context_length_exceeded', OPENAI_TOO_LONG),
    malformed: 'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","delta":\n\n',
    error: openaiError,
    tooLong: openaiTooLong,
  },
];
