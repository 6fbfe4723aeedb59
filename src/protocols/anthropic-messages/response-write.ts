/** Writes whole answers. */
import type { ChatResponse, Choice } from '../../core/chat.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { FinishReason } from '../../core/usage.ts';
import { sendable } from '../../wire/codec/extra.ts';
import { loseFinish } from '../../wire/codec/lose-finish.ts';
import { writeAnswerBlock } from './block-write.ts';
import { loseForeign, ownBag } from './extra.ts';
import { writeFinish } from './finish.ts';
import { writeUsage } from './usage.ts';

/** Answers have one choice here. */
export function loseChoice(index: number, losses: LossLog): void {
  losses.add({ field: `choices[${index}]`, kind: 'dropped', why: 'Messages has one answer per request.' });
}

/** Log probabilities have no place here. */
export function loseLogprobs(losses: LossLog): void {
  losses.add({ field: 'logprobs', kind: 'dropped', why: 'Messages has no log probabilities.' });
}

/** Counts that every client reads as numbers, though nobody told them. */
export function loseUsage(losses: LossLog): void {
  losses.add({
    field: 'usage',
    kind: 'approximated',
    why: 'The upstream told no token counts: the required ones say 0.',
  });
}

/** An answer that failed on the way: this language has no stop reason that says so. */
export function failedAnswer({ raw }: FinishReason): GatewayError {
  const word = raw === null || !/^[\w -]{1,60}$/.test(raw) ? '' : ` (${raw})`;
  return new GatewayError('upstream-error', `The upstream broke its answer off with an error${word}.`);
}

const NO_ANSWER: Choice = { index: 0, parts: [], finish: { unified: 'other', raw: null } };

/**
 * The body of an answer.
 * @throws GatewayError `upstream-error` when the answer ended in an error, which a message cannot say
 */
export function writeResponse(response: ChatResponse, losses: LossLog): JsonObject {
  loseForeign(response.extra, '', losses);
  const [choice = NO_ANSWER, ...others] = response.choices;
  for (const { index } of others) loseChoice(index, losses);
  if (choice.finish.unified === 'error') throw failedAnswer(choice.finish);
  if (choice.logprobs !== undefined) loseLogprobs(losses);
  loseForeign(choice.extra, 'choices[0]', losses);
  if (response.usage === null) loseUsage(losses);
  const content = choice.parts.map((part, i) => writeAnswerBlock(part, `content[${i}]`, losses));
  const isRefused = choice.parts.some((part) => part.type === 'text' && part.refusal === true);
  const stop = writeFinish(choice.finish, isRefused);
  loseFinish(choice.finish, stop, losses);
  return {
    id: response.id,
    type: 'message',
    role: 'assistant',
    model: response.model,
    content: content.filter(isJsonObject),
    stop_reason: stop,
    stop_sequence: null,
    stop_details: null,
    ...sendable(ownBag(choice.extra)),
    ...sendable(ownBag(response.extra)),
    usage: writeUsage(response.usage, response.serviceTier),
  };
}
