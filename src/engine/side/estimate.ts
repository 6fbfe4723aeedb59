/** How many tokens a request has where nobody counts them: a figure of our own that says what it is. */
import { GatewayError } from '../../core/gateway-error.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { decodeUtf8 } from '../../wire/utf8.ts';
import type { Exchange } from '../exchange.ts';
import { replyJson } from '../reply.ts';
import { STATEFUL } from './operations.ts';

/** Bytes of text per token, on the low side: an agent that compacts early loses less than one that overflows. */
const BYTES_PER_TOKEN = 3;
/** What an image, sound or file counts as: what Anthropic takes for its largest image. */
const MEDIA_TOKENS = 1600;
/** A string that begins with this much of base64 or a data URL is no text. */
const DATA = /^[A-Za-z0-9+/=_:;,.-]{1024}/;

/** How the header and the record name it. */
const LOSS = 'estimate';

/**
 * Answers with an estimate; returns its size in bytes.
 * @throws GatewayError `translation-lossy` where the rule refuses what is not exact
 */
export function replyEstimate(exchange: Exchange): number {
  if (exchange.plan!.lossy === 'refuse') {
    throw new GatewayError('translation-lossy', 'No backend of this model counts tokens; they can only be estimated.', {
      facts: { fields: [LOSS] },
    });
  }
  exchange.losses = [LOSS];
  const body: Json = JSON.parse(decodeUtf8(exchange.scan!.body));
  return replyJson(exchange, 200, countAnswer(exchange, estimateTokens(body)), ['x-thalweg-lossy', LOSS]);
}

/** True when the attempts ended because a backend turned out not to count tokens. */
export function mayEstimate({ call, gone }: Exchange, error: GatewayError): boolean {
  return call.operation === 'count-tokens' && error.code === 'request-unsatisfiable' && !gone;
}

/** The answer of a count in the caller's language. */
export function countAnswer({ protocol }: Exchange, tokens: number): JsonObject {
  return protocol.id === STATEFUL
    ? { object: 'response.input_tokens', input_tokens: tokens }
    : { input_tokens: tokens };
}

/** Tokens of everything in a request: names and text by their UTF-8 bytes, media by the piece. */
export function estimateTokens(body: Json): number {
  const sum = { bytes: 0, media: 0 };
  add(body, sum);
  return Math.ceil(sum.bytes / BYTES_PER_TOKEN) + sum.media * MEDIA_TOKENS;
}

function add(value: Json, sum: { bytes: number; media: number }): void {
  if (typeof value === 'string') {
    if (DATA.test(value)) sum.media++;
    else sum.bytes += byteLength(value);
  } else if (Array.isArray(value)) {
    for (const item of value) add(item, sum);
  } else if (isJsonObject(value)) {
    for (const key in value) {
      sum.bytes += key.length;
      add(value[key]!, sum);
    }
  } else sum.bytes += 2;
}

/** UTF-8 bytes without encoding: pairs of surrogates are four bytes, halves count three. */
function byteLength(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    bytes += code >= 0x800 && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
