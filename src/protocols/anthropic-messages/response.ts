/** Reads whole answers: the reader of streams does it, block by block. */
import type { ChatResponse } from '../../core/chat.ts';
import type { ChatEvent } from '../../core/events.ts';
import { foldEvents } from '../../core/fold.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import { isJsonArray, isJsonObject, stringOrNull, type JsonObject } from '../../core/json.ts';
import type { AnswerFacts, ReadContext } from '../../core/protocol.ts';
import { inBandError } from './errors.ts';
import { MessagesEventReader } from './events.ts';
import { readFinish } from './finish.ts';
import { sealOf } from './tap.ts';
import { readUsage } from './usage.ts';

/**
 * Reads an answer.
 * @throws GatewayError `upstream-malformed` when it is no message; the mapped error when it carries one
 */
export function readResponse(body: JsonObject, from: ReadContext): ChatResponse {
  checkAnswer(body);
  const events: ChatEvent[] = [];
  new MessagesEventReader(from).whole(body, events);
  return foldEvents(events).response;
}

/**
 * Id, model, usage and finish of an answer that passes through untouched.
 * @throws as readResponse does
 */
export function inspectResponse(body: JsonObject): AnswerFacts {
  const content = checkAnswer(body);
  const reason = stringOrNull(body['stop_reason']);
  const hasCalls = content.some((block) => block['type'] === 'tool_use');
  return {
    id: stringOrNull(body['id']),
    model: stringOrNull(body['model']),
    usage: readUsage(body['usage']),
    finish: reason === null ? null : readFinish(reason, hasCalls),
    seal: content.map(sealOf).findLast((seal) => seal !== null) ?? null,
  };
}

function checkAnswer(body: JsonObject): readonly JsonObject[] {
  const error = inBandError(body, stringOrNull(body['type']));
  if (error !== null) throw error;
  const { content } = body;
  if (isJsonArray(content)) {
    const blocks = content.filter(isJsonObject);
    if (blocks.length === content.length && blocks.every(({ type }) => typeof type === 'string')) return blocks;
  }
  throw new GatewayError('upstream-malformed', 'The upstream answered with something that is not a message.');
}
