/** Reads a client's Messages request into the block model. */
import type { ChatRequest } from '../../core/chat.ts';
import type { HeaderView } from '../../core/headers.ts';
import { isJsonObject, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import { isEmpty, unknownFields } from '../../wire/codec/extra.ts';
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
import { carry } from './extra.ts';
import { readMessages, readSystem } from './messages.ts';
import { readFormat } from './output-config.ts';
import { isEffort, readThinking } from './thinking.ts';
import { readToolChoice } from './tool-choice.ts';
import { readTools } from './tools.ts';
import { readBetas, readVersion } from './version.ts';

/** A request under construction, with what of it is read already. */
interface Reading {
  readonly body: JsonObject;
  readonly draft: { -readonly [K in keyof ChatRequest]: ChatRequest[K] };
  readonly known: Set<string>;
  readonly bag: MutableJsonObject;
}

/**
 * Reads a request. What the block model does not know, and every explicit `null`, stays in the bag of this protocol, so that the
 * same request can be written again; version and betas of the headers are kept as `#version` and `#betas`.
 * @throws GatewayError `missing-field` or `invalid-value`, `where` a dotted path such as `messages[2].content[0].source`
 */
export function readRequest(body: JsonObject, headers: HeaderView): ChatRequest {
  const model = requireText(body['model'], 'model', 'the name of a model');
  const system = body['system'];
  const messages = readMessages(body['messages']);
  const limit = optionalInteger(body['max_tokens'], 'max_tokens', 1, LIMITS.tokens);
  if (limit === null) throw missing('max_tokens', 'how many tokens the answer may have at most');
  const known = new Set(['model', 'messages', 'max_tokens']);
  const stream = optionalBoolean(body['stream'], 'stream');
  const reading: Reading = {
    body,
    draft: {
      operation: 'chat',
      model,
      messages: system === undefined || system === null ? messages : [readSystem(system), ...messages],
      stream: stream === true,
      ...(stream === true ? { streamUsage: true } : {}),
      maxOutputTokens: limit,
    },
    known,
    bag: { '#version': readVersion(headers), '#betas': readBetas(headers) },
  };
  if (system !== null) known.add('system');
  if (stream !== null) known.add('stream');
  if (stream === false) reading.bag['#stream'] = false;
  readParameters(reading);
  readTooling(reading);
  readOutput(reading);
  readUser(reading);
  return { ...reading.draft, ...carry({ ...unknownFields(body, known), ...reading.bag }) };
}

/** True, and the field is taken out of the bag, when the client gave it a value. */
function take({ body, known }: Reading, key: string): boolean {
  if (body[key] === undefined || body[key] === null) return false;
  known.add(key);
  return true;
}

const NUMBERS = [
  ['temperature', 'temperature'],
  ['topP', 'top_p'],
  ['topK', 'top_k'],
] as const;

function readParameters(reading: Reading): void {
  const { body, draft } = reading;
  for (const [name, key] of NUMBERS) {
    const value = body[key];
    if (!take(reading, key)) continue;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw invalid(key, 'a finite number');
    draft[name] = value;
  }
  if (take(reading, 'stop_sequences')) {
    const list = requireArray(body['stop_sequences'], 'stop_sequences', LIMITS.stops);
    draft.stop = list.map((stop, i) => requireString(stop, `stop_sequences[${i}]`));
  }
  if (take(reading, 'service_tier')) readTier(requireString(body['service_tier'], 'service_tier'), reading);
}

/** `standard_only` is what other languages call `default`; `#tier` keeps the word. */
function readTier(tier: string, { draft, bag }: Reading): void {
  draft.serviceTier = tier === 'standard_only' ? 'default' : tier;
  bag['#tier'] = tier;
}

function readTooling(reading: Reading): void {
  const { body, draft } = reading;
  if (take(reading, 'tools')) draft.tools = readTools(body['tools'] ?? null);
  if (take(reading, 'tool_choice')) Object.assign(draft, readToolChoice(body['tool_choice'] ?? null));
}

/** `output_config` holds effort and format; `output_format` is the format's place in an older beta (`#format`). */
function readOutput(reading: Reading): void {
  const { body, draft, bag } = reading;
  const config = take(reading, 'output_config') ? requireObject(body['output_config'], 'output_config') : {};
  const { effort, format } = config;
  const taken = new Set<string>();
  if (isEffort(effort)) taken.add('effort');
  if (format !== undefined && format !== null) {
    draft.responseFormat = readFormat(format, 'output_config.format');
    taken.add('format');
  } else if (take(reading, 'output_format')) {
    draft.responseFormat = readFormat(body['output_format'] ?? null, 'output_format');
    bag['#format'] = 'output_format';
  }
  const rest = unknownFields(config, taken);
  if (!isEmpty(rest) || (isJsonObject(body['output_config']) && isEmpty(config))) bag['output_config'] = rest;
  const thinking = take(reading, 'thinking') ? body['thinking'] : undefined;
  const control = readThinking(thinking, isEffort(effort) ? effort : undefined, bag);
  if (control !== undefined) draft.reasoning = control;
}

function readUser(reading: Reading): void {
  const { body, draft, bag } = reading;
  if (!take(reading, 'metadata')) return;
  const metadata = requireObject(body['metadata'], 'metadata');
  const user = metadata['user_id'];
  if (user !== undefined && user !== null) draft.user = requireString(user, 'metadata.user_id');
  const rest = unknownFields(metadata, draft.user === undefined ? new Set() : new Set(['user_id']));
  if (!isEmpty(rest) || draft.user === undefined) bag['metadata'] = rest;
}
