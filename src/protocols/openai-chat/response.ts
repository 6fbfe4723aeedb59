/** Reads whole answers: the one reader of deltas does it, given each message as a single delta. */
import type { ChatResponse } from '../../core/chat.ts';
import type { ChatEvent } from '../../core/events.ts';
import { foldEvents } from '../../core/fold.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import { isJsonArray, isJsonObject, type JsonObject } from '../../core/json.ts';
import type { AnswerFacts, ReadContext } from '../../core/protocol.ts';
import { DONE } from './chunk.ts';
import { inBandError } from './in-band-error.ts';
import { ChatEventReader } from './events.ts';
import { ChatTap } from './tap.ts';

/**
 * Reads an answer.
 * @throws GatewayError `upstream-malformed` when it has no choices; the mapped error when it carries one
 */
export function readResponse(body: JsonObject, from: ReadContext): ChatResponse {
  checkAnswer(body);
  const reader = new ChatEventReader(from);
  const events: ChatEvent[] = [];
  reader.chunk(asChunk(body), events);
  reader.read({ event: null, data: DONE }, events);
  const { response, error } = foldEvents(events);
  if (error !== null) throw error;
  return response;
}

/**
 * Id, model, usage and finish of an answer that passes through untouched.
 * @throws as readResponse does
 */
export function inspectResponse(body: JsonObject, from: ReadContext): AnswerFacts {
  checkAnswer(body);
  const tap = new ChatTap(from);
  tap.look(asChunk(body));
  if (tap.error !== null) throw tap.error;
  return { id: tap.id, model: tap.model, usage: tap.usage, finish: tap.finish, seal: tap.seal };
}

/** Perplexity's whole answers have an empty `delta` beside the message: here the message counts. */
function asChunk(body: JsonObject): JsonObject {
  const choices = isJsonArray(body['choices']) ? body['choices'] : [];
  const deltas = choices.map((choice) =>
    isJsonObject(choice) ? { ...choice, delta: choice['message'] ?? choice['delta'] } : choice,
  );
  return { ...body, choices: deltas };
}

function checkAnswer(body: JsonObject): void {
  const error = inBandError(body, null);
  if (error !== null) throw error;
  const choices = body['choices'];
  if (isJsonArray(choices) && choices.length > 0 && choices.every((choice) => isJsonObject(choice) && isAnswer(choice)))
    return;
  throw new GatewayError('upstream-malformed', 'The upstream answered with something that is not a chat completion.');
}

function isAnswer(choice: JsonObject): boolean {
  return isJsonObject(choice['message']) || isJsonObject(choice['delta']);
}
