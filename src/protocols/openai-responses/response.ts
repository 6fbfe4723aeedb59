/** Reads whole answers: the one reader of streams does it, given the response object as its terminal event. */
import type { ChatResponse } from '../../core/chat.ts';
import type { ChatEvent } from '../../core/events.ts';
import { foldEvents } from '../../core/fold.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import { isJsonArray, type JsonObject } from '../../core/json.ts';
import type { AnswerFacts, ReadContext } from '../../core/protocol.ts';
import { isErrorSaid, readErrorInBody } from '../../wire/vendor-error/read-error.ts';
import { ResponsesEventReader } from './event-reader.ts';
import { ResponsesTap } from './tap.ts';
import { failure } from './wire-event.ts';

/**
 * Reads an answer.
 * @throws GatewayError `upstream-malformed` when it has no output; the mapped error when it carries one or its status is `failed`
 */
export function readResponse(body: JsonObject, from: ReadContext): ChatResponse {
  checkAnswer(body);
  const events: ChatEvent[] = [];
  new ResponsesEventReader(from).finish(body, events);
  return foldEvents(events).response;
}

/**
 * Id, model, usage and finish of an answer that passes through untouched.
 * @throws as readResponse does
 */
export function inspectResponse(body: JsonObject, from: ReadContext): AnswerFacts {
  checkAnswer(body);
  const tap = new ResponsesTap(from);
  tap.look(body);
  return { id: tap.id, model: tap.model, usage: tap.usage, finish: tap.finish, seal: tap.seal };
}

function checkAnswer(body: JsonObject): void {
  if (body['status'] === 'failed') throw failure(body);
  if (isErrorSaid(body['error'])) throw readErrorInBody(body);
  if (isJsonArray(body['output'])) return;
  throw new GatewayError('upstream-malformed', 'The upstream answered with something that is not a response.');
}
