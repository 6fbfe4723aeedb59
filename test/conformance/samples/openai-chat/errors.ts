/** Error answers in the shapes of many vendors, with what they must become. */
import type { ProtocolSamples } from '../../protocol.ts';

const body = (error: unknown): string => JSON.stringify(error);
const DATE = ['date', 'Mon, 23 Nov 2026 12:00:00 GMT'];

/** Error answers. */
export const errors: ProtocolSamples['errors'] = [
  {
    name: 'OpenAI bad key',
    status: 401,
    body: body({
      error: {
        message: 'Incorrect API key provided: sk-abc',
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_api_key',
      },
    }),
    code: 'upstream-auth',
  },
  {
    name: 'Gemini bad key',
    status: 400,
    body: body([
      { error: { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' } },
    ]),
    code: 'upstream-auth',
  },
  {
    name: 'xAI bad key',
    status: 400,
    body: body({ code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***bc.' }),
    code: 'upstream-auth',
  },
  { name: 'Mistral bad key', status: 401, body: body({ detail: 'Unauthorized' }), code: 'upstream-auth' },
  {
    name: 'Azure bad key',
    status: 401,
    body: body({ error: { code: '401', message: 'Access denied due to invalid subscription key.' } }),
    code: 'upstream-auth',
  },
  {
    name: 'empty account',
    status: 402,
    body: body({ error: { message: 'Insufficient Balance', code: 'invalid_request_error' } }),
    code: 'upstream-auth',
  },
  {
    name: 'OpenAI too long',
    status: 400,
    body: body({
      error: {
        message: "This model's maximum context length is 8192 tokens.",
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      },
    }),
    code: 'context-length-exceeded',
  },
  {
    name: 'Anthropic wording',
    status: 400,
    body: body({ error: { message: 'prompt is too long: 210000 tokens > 200000 maximum' } }),
    code: 'context-length-exceeded',
  },
  {
    name: 'Gemini too long',
    status: 400,
    body: body([
      { error: { message: 'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).' } },
    ]),
    code: 'context-length-exceeded',
  },
  {
    name: 'DeepSeek too long',
    status: 400,
    body: body({
      error: {
        message:
          "This model's maximum context length is 131072 tokens. Please reduce the length of the messages or completion.",
      },
    }),
    code: 'context-length-exceeded',
  },
  {
    name: 'Cohere too long',
    status: 400,
    body: body({ message: 'too many tokens: total number of tokens in the prompt cannot exceed 4096' }),
    code: 'context-length-exceeded',
  },
  {
    name: 'Perplexity too long',
    status: 400,
    body: body({ error: { type: 'too_many_prompt_tokens', message: 'Too many.', code: 400 } }),
    code: 'context-length-exceeded',
  },
  {
    name: 'Ollama too long',
    status: 400,
    body: body({ error: 'prompt too long; exceeded max context length by 4 tokens' }),
    code: 'context-length-exceeded',
  },
  {
    name: 'llama.cpp too long',
    status: 400,
    body: body({
      error: {
        code: 400,
        message: 'the request exceeds the available context size',
        type: 'exceed_context_size_error',
      },
    }),
    code: 'context-length-exceeded',
  },
  {
    name: 'Azure grok too long',
    status: 429,
    body: body({
      error: { code: 'context_length_exceeded', message: 'The request is too long: maximum context length is 128000' },
    }),
    code: 'context-length-exceeded',
  },
  {
    name: 'a long name, not a long prompt',
    status: 400,
    body: body({
      error: {
        message: "Invalid 'user': string too long, it exceeds the maximum length of 64.",
        code: 'string_above_max_length',
      },
    }),
    code: 'upstream-rejected',
  },
  {
    name: 'vLLM wrong field',
    status: 400,
    body: body({ object: 'error', message: 'bad grammar', type: 'BadRequestError', param: null, code: 400 }),
    code: 'upstream-rejected',
  },
  {
    name: 'FastAPI',
    status: 422,
    body: body({ detail: [{ loc: ['body'], msg: 'field required' }] }),
    code: 'upstream-rejected',
  },
  {
    name: 'rate limit, seconds',
    status: 429,
    headers: ['retry-after', '7'],
    body: body({ error: { message: 'slow' } }),
    code: 'upstream-rate-limited',
    retryAfterMs: 7000,
  },
  {
    name: 'rate limit, ms',
    status: 429,
    headers: ['retry-after', '7', 'retry-after-ms', '150'],
    body: '',
    code: 'upstream-rate-limited',
    retryAfterMs: 150,
  },
  {
    name: 'rate limit, date',
    status: 429,
    headers: ['retry-after', 'Mon, 23 Nov 2026 12:00:30 GMT', ...DATE],
    body: '',
    code: 'upstream-rate-limited',
    retryAfterMs: 30_000,
  },
  {
    name: 'rate limit, resets',
    status: 429,
    headers: [
      'x-ratelimit-remaining-requests',
      '5',
      'x-ratelimit-reset-requests',
      '1h',
      'x-ratelimit-remaining-tokens',
      '0',
      'x-ratelimit-reset-tokens',
      '1m2.5s',
    ],
    body: '{}',
    code: 'upstream-rate-limited',
    retryAfterMs: 62_500,
  },
  {
    name: 'rate limit, reset in epoch ms',
    status: 429,
    headers: ['x-ratelimit-reset', String(Date.UTC(2026, 10, 23, 12, 0, 5)), ...DATE],
    body: '{}',
    code: 'upstream-rate-limited',
    retryAfterMs: 5000,
  },
  {
    name: 'rate limit in words',
    status: 429,
    body: body({ error: { message: 'Rate limit reached. Please try again in 7.66s.', code: 'rate_limit_exceeded' } }),
    code: 'upstream-rate-limited',
    retryAfterMs: 7660,
  },
  {
    name: 'Gemini rate limit',
    status: 429,
    body: body([
      {
        error: {
          code: 429,
          status: 'RESOURCE_EXHAUSTED',
          details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '37s' }],
        },
      },
    ]),
    code: 'upstream-rate-limited',
    retryAfterMs: 37_000,
  },
  {
    name: 'OpenAI quota',
    status: 429,
    body: body({
      error: { message: 'You exceeded your current quota', type: 'insufficient_quota', code: 'insufficient_quota' },
    }),
    code: 'upstream-rate-limited',
  },
  {
    name: 'Groq tokens per minute',
    status: 413,
    body: body({
      error: {
        message: 'Request too large for model on tokens per minute (TPM): Limit 6000',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    }),
    code: 'upstream-rate-limited',
  },
  { name: 'overloaded', status: 529, body: body({ error: { type: 'overloaded_error' } }), code: 'upstream-overloaded' },
  {
    name: 'unavailable',
    status: 503,
    headers: ['retry-after', '2'],
    body: '<html>',
    code: 'upstream-overloaded',
    retryAfterMs: 2000,
  },
  {
    name: 'failed',
    status: 500,
    body: body({ error: { message: 'boom at http://10.0.0.1/x' } }),
    code: 'upstream-error',
  },
  { name: 'gateway of theirs', status: 502, body: '<html>Bad gateway</html>', code: 'upstream-error' },
  { name: 'redirect', status: 307, headers: ['location', 'http://elsewhere/'], body: '', code: 'upstream-redirect' },
  {
    name: 'unknown model',
    status: 404,
    body: body({ error: { message: 'The model `x` does not exist', code: 'model_not_found' } }),
    code: 'upstream-rejected',
  },
  {
    name: 'Ollama unknown model',
    status: 404,
    body: body({ error: { message: 'model "x" not found, try pulling it first' } }),
    code: 'upstream-rejected',
  },
  { name: 'wrong base URL', status: 404, body: body({ detail: 'Not Found' }), code: 'upstream-error' },
  { name: 'timeout of theirs', status: 408, body: body({ message: 'Model timed out' }), code: 'upstream-timeout' },
  {
    name: 'wrong request',
    status: 400,
    body: body({ error: { message: 'bad', param: 'messages[0].role', code: 'unsupported_value' } }),
    code: 'upstream-rejected',
  },
];
