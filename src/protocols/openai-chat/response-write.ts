/** Writes whole answers. */
import type { ChatResponse, Choice, MediaPart, Part, ReasoningPart, ToolCallPart } from '../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { loseBlock, sendable, setDefined } from '../../wire/codec/extra.ts';
import { loseForeign, ownBag, splitBag } from './extra.ts';
import { writeFinish } from './finish.ts';
import { answerDetails, DETAILS } from './reasoning-details.ts';
import { writeToolCall } from './tool-calls.ts';
import { writeUsage } from './usage.ts';

/** The body of an answer. Where its time is not told, `created` is 0: the field is required and typed as a number. */
export function writeResponse(response: ChatResponse, losses: LossLog): JsonObject {
  loseForeign(response.extra, '', losses);
  const body: MutableJsonObject = {
    id: response.id,
    object: 'chat.completion',
    created: Math.floor((response.createdAtMs ?? 0) / 1000),
    model: response.model,
    choices: response.choices.map((choice) => writeChoice(choice, losses)),
    ...sendable(ownBag(response.extra)),
  };
  if (response.usage !== null) body['usage'] = writeUsage(response.usage);
  setDefined(body, 'service_tier', response.serviceTier);
  return body;
}

function writeChoice(choice: Choice, losses: LossLog): JsonObject {
  const path = `choices[${choice.index}]`;
  loseForeign(choice.extra, path, losses);
  const bag = splitBag(ownBag(choice.extra));
  return {
    index: choice.index,
    message: writeMessage(choice, bag.message, path, losses),
    logprobs: choice.logprobs ?? null,
    finish_reason: writeFinish(choice.finish),
    ...bag.choice,
  };
}

interface Gathered {
  text: string | null;
  refusal: string | null;
  reasoning: string | null;
  readonly details: Json[];
  audio: JsonObject | null;
  readonly calls: JsonObject[];
  legacy: JsonObject | null;
}

function writeMessage(
  { parts }: Choice,
  { content: more, ...fields }: JsonObject,
  path: string,
  losses: LossLog,
): JsonObject {
  const found: Gathered = {
    text: null,
    refusal: null,
    reasoning: null,
    details: [],
    audio: null,
    calls: [],
    legacy: null,
  };
  for (const part of parts) gather(part, found, path, losses);
  const { text, refusal, reasoning, details, audio, calls, legacy } = found;
  const content: Json = isJsonArray(more) ? [...(text === null ? [] : [{ type: 'text', text }]), ...more] : text;
  return {
    role: 'assistant',
    content,
    refusal,
    ...(reasoning === null || reasoning === '' ? {} : { reasoning_content: reasoning, reasoning }),
    ...(details.length === 0 ? {} : { [DETAILS]: details }),
    ...(audio === null ? {} : { audio }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
    ...(legacy === null ? {} : { function_call: legacy }),
    ...fields,
  };
}

function gather(part: Part, found: Gathered, path: string, losses: LossLog): void {
  if (part.type !== 'opaque' && part.type !== 'reasoning') loseForeign(part.extra, path, losses);
  switch (part.type) {
    case 'text':
      if (part.refusal === true) found.refusal = (found.refusal ?? '') + part.text;
      else found.text = (found.text ?? '') + part.text;
      return;
    case 'reasoning':
      return gatherReasoning(part, found, path, losses);
    case 'media':
      return gatherMedia(part, found, path, losses);
    case 'tool-call':
      return gatherCall(part, found);
    case 'opaque':
      return loseBlock(part.protocol, path, losses);
    case 'tool-result':
      losses.add({ field: path, kind: 'dropped', why: 'A chat answer has no place for the result of a tool.' });
  }
}

function gatherReasoning(part: ReasoningPart, found: Gathered, path: string, losses: LossLog): void {
  found.reasoning = (found.reasoning ?? '') + part.text;
  const details = answerDetails(part, found.details.length, true);
  if (details.length > 0) found.details.push(...details);
  else loseForeign(part.extra, path, losses);
}

function gatherCall(part: ToolCallPart, found: Gathered): void {
  if (ownBag(part.extra)['#legacy'] === true) found.legacy = { name: part.name, arguments: part.arguments };
  else found.calls.push(writeToolCall(part, part.id));
}

function gatherMedia(part: MediaPart, found: Gathered, path: string, losses: LossLog): void {
  if (part.mediaType.startsWith('audio/') && part.source.kind === 'base64') {
    const beside = ownBag(part.extra)['audio'];
    found.audio = { ...(isJsonObject(beside) ? beside : {}), data: part.source.data };
    return;
  }
  losses.add({ field: path, kind: 'dropped', why: `A chat answer has no place for ${part.mediaType}.` });
}
