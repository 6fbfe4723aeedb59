/** Reads a client's request into the block model. */
import type { ChatRequest, Message, ReasoningControl, ReasoningEffort } from '../../core/chat.ts';
import { isJsonArray, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import { isEmpty, isVoid, unknownFields } from '../../wire/codec/extra.ts';
import { readJsonFormat } from '../../wire/codec/json-format.ts';
import {
  invalid,
  LIMITS,
  missing,
  optionalBoolean,
  optionalInteger,
  requireArray,
  requireObject,
  requireString,
  requireText,
} from '../../wire/codec/field.ts';
import { carry, restOf } from './extra.ts';
import { readItems } from './items.ts';
import { FORMAT, INCLUDE_LOGPROBS, NUMBERS, TEXTS } from './parameters.ts';
import { readToolChoice } from './tool-choice.ts';
import { readTools } from './tools.ts';

/** A request under construction. */
type Draft = { -readonly [K in keyof ChatRequest]: ChatRequest[K] };

/** What reading a field may change: the request, the fields that it has now, the hints about their shape. */
interface Reading {
  readonly body: JsonObject;
  readonly draft: Draft;
  readonly known: Set<string>;
  readonly bag: MutableJsonObject;
}

/**
 * Reads a request. What the block model does not know stays in the bag of this protocol (`store`, `previous_response_id`,
 * `background`, …), so that the same request can be written again and no other language drops it in silence. The hint `#native` says
 * that the client spoke this language, whose defaults differ from the others'.
 * @throws GatewayError `missing-field` or `invalid-value`, `where` a dotted path such as `input[2].content[0].image_url`
 */
export function readRequest(body: JsonObject): ChatRequest {
  const bag: MutableJsonObject = { '#native': true };
  const draft: Draft = {
    operation: 'chat',
    model: requireText(body['model'], 'model', 'the name of a model'),
    messages: [],
    stream: optionalBoolean(body['stream'], 'stream') ?? false,
  };
  const reading: Reading = { body, draft, known: new Set(['model', 'input']), bag };
  draft.messages = [...readInstructions(reading), ...readInput(reading)];
  readParameters(reading);
  readStream(reading);
  readLogprobs(reading);
  readText(reading);
  readReasoningControl(reading);
  readTooling(reading);
  readUser(reading);
  const extra = carry({ ...restOf(body, reading.known), ...bag });
  return { ...draft, ...extra };
}

/** True, and the field is taken out of the bag, when the client gave it a value. */
function take({ body, known }: Reading, key: string): boolean {
  if (body[key] === undefined || body[key] === null) return false;
  known.add(key);
  return true;
}

function readInstructions(reading: Reading): Message[] {
  if (!take(reading, 'instructions')) return [];
  const text = requireString(reading.body['instructions'], 'instructions');
  if (text === '') reading.bag['#instructions'] = '';
  else return [{ role: 'system', parts: [{ type: 'text', text }], ...carry({ '#at': 'instructions' }) }];
  return [];
}

/** Where an earlier answer, a conversation or a stored prompt is named, the input may be left out. */
const STORED = ['previous_response_id', 'conversation', 'prompt'];

function readInput({ body, bag }: Reading): readonly Message[] {
  const { input } = body;
  if (typeof input === 'string') {
    bag['#input'] = 'string';
    return [{ role: 'user', parts: [{ type: 'text', text: input }] }];
  }
  if (input !== undefined && input !== null) return readItems(input);
  if (!STORED.some((key) => body[key] !== undefined && body[key] !== null))
    throw missing('input', 'a string or a list of items');
  bag['#input'] = input === null ? 'null' : 'absent';
  return [];
}

function readParameters(reading: Reading): void {
  const { body, draft } = reading;
  for (const [name, key] of NUMBERS) if (take(reading, key)) draft[name] = requireNumber(body[key], key);
  for (const [name, key] of TEXTS) if (take(reading, key)) draft[name] = requireString(body[key], key);
  const limit = optionalInteger(body['max_output_tokens'], 'max_output_tokens', 1, LIMITS.tokens);
  if (limit !== null) {
    take(reading, 'max_output_tokens');
    draft.maxOutputTokens = limit;
  }
  if (take(reading, 'metadata')) draft.metadata = requireObject(body['metadata'], 'metadata');
  if (take(reading, 'parallel_tool_calls')) {
    draft.parallelToolCalls = optionalBoolean(body['parallel_tool_calls'], 'parallel_tool_calls') ?? false;
  }
}

function requireNumber(value: Json | undefined, path: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(path, 'a finite number');
  return value;
}

/** Every stream of this language ends with its usage: the client need not ask. `#stream` remembers an explicit `false`. */
function readStream(reading: Reading): void {
  if (take(reading, 'stream') && reading.body['stream'] === false) reading.bag['#stream'] = false;
  if (reading.draft.stream) reading.draft.streamUsage = true;
}

/** `#include` remembers the order of the list; what of it is left stays a field. */
function readLogprobs(reading: Reading): void {
  const { body, bag } = reading;
  const top = optionalInteger(body['top_logprobs'], 'top_logprobs', 0, LIMITS.topLogprobs);
  const include = body['include'];
  if (include !== undefined && include !== null && !isJsonArray(include)) throw invalid('include', 'an array');
  const asks = isJsonArray(include) && include.includes(INCLUDE_LOGPROBS);
  if (!asks) return;
  take(reading, 'include');
  bag['#include'] = include;
  const rest = include.filter((entry) => entry !== INCLUDE_LOGPROBS);
  if (rest.length > 0) bag['include'] = rest;
  if (top !== null) take(reading, 'top_logprobs');
  reading.draft.logprobs = top === null ? {} : { top };
}

function readText(reading: Reading): void {
  if (!take(reading, 'text')) return;
  const text = requireObject(reading.body['text'], 'text');
  const { format } = text;
  const has = format !== undefined && format !== null;
  if (has) reading.draft.responseFormat = readJsonFormat(format, FORMAT);
  keep(reading.bag, 'text', unknownFields(text, new Set(has ? ['format'] : [])), isVoid(text));
}

/** What is left of an object: each field under its dotted name, those that say nothing together as a hint of the shape. */
function keep(bag: MutableJsonObject, name: 'text' | 'reasoning', rest: JsonObject, always: boolean): void {
  const voids: MutableJsonObject = {};
  for (const key in rest) {
    if (isVoid(rest[key])) voids[key] = rest[key];
    else bag[`${name}.${key}`] = rest[key];
  }
  if (!isEmpty(voids) || always) bag[`#${name}`] = voids;
}

const EFFORTS = new Set<Json | undefined>(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);
const SUMMARIES = new Set<Json | undefined>(['auto', 'concise', 'detailed']);

function isEffort(value: Json | undefined): value is ReasoningEffort {
  return EFFORTS.has(value);
}

function isSummary(value: Json | undefined): value is NonNullable<ReasoningControl['summary']> {
  return SUMMARIES.has(value);
}

function readReasoningControl(reading: Reading): void {
  if (!take(reading, 'reasoning')) return;
  const control = requireObject(reading.body['reasoning'], 'reasoning');
  const { effort, summary } = control;
  if (effort !== undefined && effort !== null && typeof effort !== 'string')
    throw invalid('reasoning.effort', 'a string');
  const known = new Set<string>();
  if (isEffort(effort)) known.add('effort');
  if (isSummary(summary)) known.add('summary');
  if (known.size > 0) {
    reading.draft.reasoning = { ...(isEffort(effort) ? { effort } : {}), ...(isSummary(summary) ? { summary } : {}) };
  }
  keep(reading.bag, 'reasoning', unknownFields(control, known), isVoid(control));
}

function readTooling(reading: Reading): void {
  const { tools, tool_choice: choice } = reading.body;
  if (take(reading, 'tools')) reading.draft.tools = readTools(requireArray(tools, 'tools', LIMITS.tools));
  if (take(reading, 'tool_choice')) reading.draft.toolChoice = readToolChoice(choice ?? null);
}

/** OpenAI renames `user` to `safety_identifier`: one of them is the user, the other stays in the bag. */
function readUser(reading: Reading): void {
  for (const key of ['user', 'safety_identifier']) {
    if (!take(reading, key)) continue;
    reading.draft.user = requireString(reading.body[key], key);
    if (key !== 'user') reading.bag['#user'] = key;
    return;
  }
}
