/** Writes whole answers, and the response object that begins and ends a stream. */
import type { ChatRequest, ChatResponse, Extra } from '../../core/chat.ts';
import {
  isJsonArray,
  isJsonObject,
  stringOrNull,
  type Json,
  type JsonObject,
  type MutableJsonObject,
} from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { FinishReason, Usage } from '../../core/usage.ts';
import { sendable, setDefined } from '../../wire/codec/extra.ts';
import { loseFinish } from '../../wire/codec/lose-finish.ts';
import { echoOf } from './echo.ts';
import { loseForeign, ownBag } from './extra.ts';
import { writeFinish } from './finish.ts';
import { groupParts } from './groups.ts';
import { inventAnswerId } from './invented-ids.ts';
import { outputItem } from './output-item.ts';
import { REQUIRED } from './response-object.ts';
import { writeUsage } from './usage.ts';

/** The body of an answer. */
export function writeResponse(response: ChatResponse, losses: LossLog, request?: ChatRequest): JsonObject {
  loseForeign(response.extra, '', losses);
  const { id, model, createdAtMs, serviceTier, choices, usage } = response;
  const [choice, ...others] = [...choices].sort((a, b) => a.index - b.index);
  for (const other of others) loseChoice(other.index, losses);
  const plain = responseHead(id, model, createdAtMs, serviceTier);
  const head = request === undefined ? plain : { ...plain, ...echoOf(request) };
  if (choice === undefined) return responseObject(head, { unified: 'other', raw: null }, undefined, [], usage);
  loseForeign(choice.extra, `choices[${choice.index}]`, losses);
  const logprobs = contentLogprobs(choice.logprobs, losses);
  const output: JsonObject[] = [];
  const groups = groupParts(choice.parts);
  const speaker = groups.find(({ kind }) => kind === 'message');
  groups.forEach((group, i) => {
    const status = i === groups.length - 1 ? lastStatus(choice.finish) : 'completed';
    const place = { index: output.length, answerId: head.id, status, losses };
    const item = outputItem(group, { ...place, logprobs: group === speaker ? logprobs : [] });
    if (item !== null) output.push(item);
  });
  const body = responseObject(head, choice.finish, choice.extra, output, usage);
  loseFinish(choice.finish, stringOrNull(body['status']), losses);
  return body;
}

/** Records an answer beyond the first: this language has one. */
export function loseChoice(index: number, losses: LossLog): void {
  losses.add({ field: `choices[${index}]`, kind: 'dropped', why: 'The Responses language has one answer.' });
}

/** How far the last item got: what cut the answer off cut the item off. */
export function lastStatus({ unified }: FinishReason): string {
  return unified === 'length' || unified === 'content-filter' ? 'incomplete' : 'completed';
}

/** The entries of log probabilities for texts; those of refusals have no place. */
export function contentLogprobs(logprobs: Json | undefined, losses: LossLog): readonly Json[] {
  if (!isJsonObject(logprobs)) return [];
  if (isJsonArray(logprobs['refusal']) && logprobs['refusal'].length > 0) {
    losses.add({ field: 'logprobs.refusal', kind: 'dropped', why: 'Refusals have no log probabilities here.' });
  }
  return isJsonArray(logprobs['content']) ? logprobs['content'] : [];
}

/** What is known of an answer from its first word. */
export interface ResponseHead extends JsonObject {
  readonly id: string;
}

/** The head of a response object. Where its time is not told, `created_at` is 0: the field is required and typed as a number. */
export function responseHead(
  id: string,
  model: string,
  createdAtMs: number | null,
  serviceTier: string | undefined,
): ResponseHead {
  return {
    id: id === '' ? inventAnswerId(createdAtMs) : id,
    object: 'response',
    created_at: Math.floor((createdAtMs ?? 0) / 1000),
    model,
    ...REQUIRED,
    ...(serviceTier === undefined ? {} : { service_tier: serviceTier }),
  };
}

/** A response object that is over. */
export function responseObject(
  head: ResponseHead,
  finish: FinishReason,
  extra: Extra | undefined,
  output: readonly Json[],
  usage: Usage | null,
): MutableJsonObject {
  const bag = ownBag(extra);
  const { status, incomplete_details: details, error } = writeFinish(finish);
  const told = isJsonObject(bag['#incomplete']) && status === 'incomplete' ? bag['#incomplete'] : null;
  const body: MutableJsonObject = {
    ...head,
    ...(isJsonObject(bag['#echo']) ? bag['#echo'] : {}),
    status,
    incomplete_details: details ?? told,
    error,
    output,
    ...sendable(bag),
  };
  setDefined(body, 'usage', usage === null ? null : writeUsage(usage));
  return body;
}
