/** Reads a client's chat request into the block model. */
import type { ChatRequest } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import { isEmpty, unknownFields } from '../../wire/codec/extra.ts';
import { readJsonFormat } from '../../wire/codec/json-format.ts';
import { carry } from './extra.ts';
import {
  invalid,
  LIMITS,
  optionalBoolean,
  optionalInteger,
  optionalStops,
  requireArray,
  requireString,
  requireText,
} from '../../wire/codec/field.ts';
import { isEffort } from '../../wire/codec/steering.ts';
import { readMessages } from './messages.ts';
import { FLAGS, FORMAT, NUMBERS, OBJECTS, TEXTS } from './parameters.ts';
import { readControl } from './reasoning-control.ts';
import { readToolChoice, readTools } from './tools.ts';

/** A request under construction. */
type Draft = { -readonly [K in keyof ChatRequest]: ChatRequest[K] };

/**
 * Reads a request. What the block model does not know, and every explicit `null`, stays in the bag of this protocol, so that
 * the same request can be written again.
 * @throws GatewayError `missing-field` or `invalid-value`, `where` a dotted path such as `messages[2].content[0].image_url`
 */
export function readRequest(body: JsonObject): ChatRequest {
  const known = new Set(['model', 'messages']);
  const hints: MutableJsonObject = {};
  const draft: Draft = {
    operation: 'chat',
    model: requireText(body['model'], 'model', 'the name of a model'),
    messages: readMessages(body['messages']),
    stream: optionalBoolean(body['stream'], 'stream') ?? false,
  };
  readParameters(body, draft, known, hints);
  readStream(body, draft, known, hints);
  readLimits(body, draft, known, hints);
  readLogprobs(body, draft, known);
  readTooling(body, draft, known);
  readUser(body, draft, known, hints);
  const extra = carry({ ...unknownFields(body, known), ...hints });
  return { ...draft, ...extra };
}

/** True, and the field is taken out of the bag, when the client gave it a value. */
function take(body: JsonObject, key: string, known: Set<string>): boolean {
  if (body[key] === undefined || body[key] === null) return false;
  known.add(key);
  return true;
}

function readParameters(body: JsonObject, draft: Draft, known: Set<string>, hints: MutableJsonObject): void {
  for (const [name, key] of NUMBERS) if (take(body, key, known)) draft[name] = requireNumber(body[key], key);
  for (const [name, key] of TEXTS) if (take(body, key, known)) draft[name] = requireString(body[key], key);
  for (const [name, key] of FLAGS) if (take(body, key, known)) draft[name] = optionalBoolean(body[key], key) ?? false;
  for (const [name, key] of OBJECTS) {
    const value = body[key];
    if (!take(body, key, known)) continue;
    if (!isJsonObject(value)) throw invalid(key, 'an object');
    draft[name] = value;
  }
  if (take(body, 'modalities', known)) {
    const list = requireArray(body['modalities'], 'modalities', 16);
    draft.modalities = list.map((kind, i) => requireString(kind, `modalities[${i}]`));
  }
  const effort = body['reasoning_effort'];
  if (effort !== undefined && effort !== null && typeof effort !== 'string')
    throw invalid('reasoning_effort', 'a string');
  if (isEffort(effort)) {
    known.add('reasoning_effort');
    draft.reasoning = { effort };
    return;
  }
  const control = readControl(body['reasoning']);
  if (control === null || effort !== undefined) return;
  known.add('reasoning');
  hints['#control'] = body['reasoning'];
  draft.reasoning = control;
}

function requireNumber(value: Json | undefined, path: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(path, 'a finite number');
  return value;
}

/** `#stream` remembers an explicit `false`; what else stands in `stream_options` stays in the bag under that name. */
function readStream(body: JsonObject, draft: Draft, known: Set<string>, hints: MutableJsonObject): void {
  if (take(body, 'stream', known) && body['stream'] === false) hints['#stream'] = false;
  if (!take(body, 'stream_options', known)) return;
  const options = body['stream_options'];
  if (!isJsonObject(options)) throw invalid('stream_options', 'an object');
  const asks = optionalBoolean(options['include_usage'], 'stream_options.include_usage');
  if (asks !== null) draft.streamUsage = asks;
  const rest = unknownFields(options, asks === null ? new Set() : new Set(['include_usage']));
  if (!isEmpty(rest) || asks === null) hints['stream_options'] = rest;
}

/** `#limit` remembers the deprecated spelling; where both are given the other stays in the bag. */
function readLimits(body: JsonObject, draft: Draft, known: Set<string>, hints: MutableJsonObject): void {
  const old = optionalInteger(body['max_tokens'], 'max_tokens', 1, LIMITS.tokens);
  const limit = optionalInteger(body['max_completion_tokens'], 'max_completion_tokens', 1, LIMITS.tokens);
  if (limit !== null) {
    known.add('max_completion_tokens');
    draft.maxOutputTokens = limit;
  } else if (old !== null) {
    known.add('max_tokens');
    hints['#limit'] = 'max_tokens';
    draft.maxOutputTokens = old;
  }
  const choices = optionalInteger(body['n'], 'n', 1, LIMITS.choices);
  if (choices !== null) {
    known.add('n');
    draft.choices = choices;
  }
  const stop = optionalStops(body['stop'], 'stop');
  if (stop === null) return;
  known.add('stop');
  if (typeof body['stop'] === 'string') hints['#stop'] = 'string';
  draft.stop = stop;
}

function readLogprobs(body: JsonObject, draft: Draft, known: Set<string>): void {
  const wanted = optionalBoolean(body['logprobs'], 'logprobs');
  const top = optionalInteger(body['top_logprobs'], 'top_logprobs', 0, LIMITS.topLogprobs);
  if (wanted !== true) return;
  known.add('logprobs');
  if (top !== null) known.add('top_logprobs');
  draft.logprobs = top === null ? {} : { top };
}

function readTooling(body: JsonObject, draft: Draft, known: Set<string>): void {
  const { tools, tool_choice: choice, response_format: format } = body;
  if (take(body, 'tools', known)) draft.tools = readTools(tools ?? null);
  if (take(body, 'tool_choice', known)) draft.toolChoice = readToolChoice(choice ?? null);
  if (take(body, 'response_format', known)) draft.responseFormat = readJsonFormat(format ?? null, FORMAT);
}

/** OpenAI renames `user` to `safety_identifier`: one of them is the user, the other stays in the bag. */
function readUser(body: JsonObject, draft: Draft, known: Set<string>, hints: MutableJsonObject): void {
  if (take(body, 'user', known)) {
    draft.user = requireString(body['user'], 'user');
  } else if (take(body, 'safety_identifier', known)) {
    draft.user = requireString(body['safety_identifier'], 'safety_identifier');
    hints['#user'] = 'safety_identifier';
  }
}
