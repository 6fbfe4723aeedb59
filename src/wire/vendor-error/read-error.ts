/** Maps an upstream's error, as an answer or inside a stream, to our own codes, whatever its language. */
import type { ErrorCode } from '../../core/error-codes.ts';
import { GatewayError, type NativeError } from '../../core/gateway-error.ts';
import { type HeaderView, NO_HEADERS } from '../../core/headers.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { readErrorBody, type ErrorBody } from './error-body.ts';
import { readRetryAfter } from './retry-after.ts';
import { scrub } from './scrub.ts';

/** How vendors say that a request is too long (recorded: OpenAI, Anthropic, Gemini, Bedrock, Cohere, DeepSeek, Ollama, …). */
const TOO_LONG = new RegExp(
  [
    'context[_ ](length|window)',
    'maximum context',
    'exceed_context_size',
    'exceeds? (the )?context limit',
    '(prompt|input|request|conversation|messages?)( is| are)? too long',
    'too[_ ]many[_ ]((prompt|input)[_ ])?tokens',
    'input tokens? exceed',
    'input token count .*exceeds',
    "exceeds? (the )?(maximum|max|model'?s?)( allowed)?( number of)? (input |prompt )?tokens",
    'reduce the length of the (messages|prompt)',
  ].join('|'),
  'i',
);
const RATE = /rate[_ ]?limit|tokens per minute|requests per (minute|day)|quota|\bTPM\b|\bRPM\b/i;
const BAD_KEY =
  /(incorrect|invalid|missing|no|unknown|expired) api[ _-]?key|api key (not valid|is invalid|expired)|api_key_invalid|invalid_api_key|authentication[_ ](error|failed)|unauthorized/i;
const NO_MODEL =
  /model_not_found|not_found_error model:|model.{0,120}(not (found|exist|supported|available)|does(n't| not) exist|is not a valid model)|no such model|unknown model/i;

/** An error answer of an upstream as one of our errors; its own words appear only in `upstream-rejected`, scrubbed. */
export function readError(status: number, headers: HeaderView, text: string): GatewayError {
  let value: Json | undefined;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    value = undefined;
  }
  return mapError(status, headers, readErrorBody(value));
}

/** The error that a body with status 200 carries, as a whole answer or as an event of a stream. */
export function readErrorInBody(body: JsonObject): GatewayError {
  const said = readErrorBody(body);
  return mapError(said.status ?? statusByType(said), NO_HEADERS, said);
}

const STATUS_BY_TYPE: readonly (readonly [type: RegExp, status: number])[] = [
  [/rate_limit|too_many_requests|resource_exhausted|quota/i, 429],
  [/overloaded|unavailable|capacity/i, 503],
  [/auth|permission|api_key/i, 401],
  [/timeout/i, 408],
  [/invalid|bad_?request|not_found|unsupported|content_(filter|policy)/i, 400],
];

function statusByType({ code, type }: ErrorBody): number {
  const words = `${code ?? ''} ${type ?? ''}`;
  return STATUS_BY_TYPE.find(([pattern]) => pattern.test(words))?.[1] ?? 500;
}

function mapError(status: number, headers: HeaderView, said: ErrorBody): GatewayError {
  const code = codeOf(status, said);
  const native: NativeError = { status, code: said.code, type: said.type, param: said.param };
  const retryAfterMs = readRetryAfter(headers) ?? said.retryAfterMs;
  const wait = retryAfterMs === null ? {} : { retryAfterMs };
  if (code === 'context-length-exceeded') return new GatewayError(code, undefined, { native, ...wait, ...sizes(said) });
  if (code !== 'upstream-rejected') return new GatewayError(code, undefined, { native, ...wait });
  const words = said.message === null ? '' : scrub(said.message);
  const message = words === '' ? `The upstream refused the request with status ${status}.` : endSentence(words);
  return new GatewayError(code, message, { native, ...wait, ...(said.param === null ? {} : { where: said.param }) });
}

/** Our own hint follows. */
function endSentence(words: string): string {
  return /[.!?…。！？]["'`)\]]?$/.test(words) ? words : `${words}.`;
}

const LARGE = /\d[\d,]{2,}/g;

/**
 * How long the request is and how long it may be, where the words name two figures: agents compact by the difference. Vendors
 * name them in either order; a request that is too long is the larger.
 */
function sizes({ message }: ErrorBody): { readonly facts?: JsonObject } {
  const figures = (message?.match(LARGE) ?? []).map((figure) => Number(figure.replaceAll(',', '')));
  const [one, other, ...more] = [...new Set(figures)];
  if (one === undefined || other === undefined || more.length > 0) return {};
  return { facts: { tokens: Math.max(one, other), maximum: Math.min(one, other) } };
}

/**
 * Which of our codes an upstream's answer is.
 * A missing model (404) is handed on as `upstream-rejected`, because a backend with `model: "*"` got the name from the client;
 * any other 404 or 405 means that the operator's base URL is wrong: `upstream-error`. 402 is the operator's empty account.
 */
function codeOf(status: number, said: ErrorBody): ErrorCode {
  const words = `${said.code ?? ''} ${said.type ?? ''} ${said.message ?? ''}`;
  if (status >= 300 && status < 400) return 'upstream-redirect';
  if (status <= 500 && TOO_LONG.test(words) && !isRateLimit(status, said)) {
    return 'context-length-exceeded';
  }
  if (status === 400 && BAD_KEY.test(words)) return 'upstream-auth';
  if (status === 401 || status === 402 || status === 403) return 'upstream-auth';
  if (isRateLimit(status, said)) return 'upstream-rate-limited';
  if (status === 503 || status === 529 || status === 498 || status === 425) return 'upstream-overloaded';
  if (status === 408) return 'upstream-timeout';
  if (status === 404 || status === 405) return NO_MODEL.test(words) ? 'upstream-rejected' : 'upstream-error';
  if (status >= 500 || status < 400 || status === 407 || status === 424) return 'upstream-error';
  return 'upstream-rejected';
}

/** A 429 is a rate limit unless its code says too long (Azure's grok); Groq refuses one request over the minute's tokens with 413. */
function isRateLimit(status: number, { code, type, message }: ErrorBody): boolean {
  if (status === 429) return !TOO_LONG.test(`${code ?? ''} ${type ?? ''} ${message ?? ''}`) || RATE.test(message ?? '');
  return status === 413 && RATE.test(`${code ?? ''} ${type ?? ''} ${message ?? ''}`);
}

/** True when an `error` field says something. */
export function isErrorSaid(error: Json | undefined): boolean {
  return error !== undefined && error !== null && error !== false && error !== '';
}
