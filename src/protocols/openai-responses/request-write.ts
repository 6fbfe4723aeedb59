/** Writes a request for an upstream in its dialect. */
import type { ChatRequest, Message } from '../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Dialect, WireRequest } from '../../core/protocol.ts';
import { effortOfBudget } from '../../core/reasoning-effort.ts';
import { createCallIds } from '../../wire/codec/call-ids.ts';
import { isEmpty, setDefined } from '../../wire/codec/extra.ts';
import { fitTools } from '../../wire/codec/fit-tools.ts';
import { writeJsonFormat } from '../../wire/codec/json-format.ts';
import { nearestEffort } from '../../wire/codec/steering.ts';
import { fitToVendor } from '../../wire/codec/vendor-fields.ts';
import { fieldsOf, isPlainDialect, loseForeign, ownBag } from './extra.ts';
import { writeItems } from './input-write.ts';
import { splitName } from './names.ts';
import { FORMAT, INCLUDE_LOGPROBS, NUMBERS, TEXTS, UNSAYABLE } from './parameters.ts';
import { adoptFields } from './sibling.ts';
import { writeToolChoice } from './tool-choice.ts';
import { writeTools } from './tools.ts';

/** Path of the operation, relative to the base URL. */
export const PATH = '/responses';

/**
 * Writes a request. What the dialect refuses, what this language cannot say and what only other protocols know is left out with a
 * Loss each. Requests of other languages say `store: false`: there an answer is not kept unless the client asks for it, here it is.
 * `names` are the call ids that were changed.
 */
export function writeRequest(asked: ChatRequest, to: Dialect, losses: LossLog): WireRequest {
  const { request, names } = fitTools(
    asked,
    to,
    losses,
    isPlainDialect(to) ? null : NAME_LENGTH,
    (name) => splitName(name).namespace !== null,
  );
  const bag = ownBag(request.extra);
  const isNative = bag['#native'] === true;
  const { fields, rest } = adoptFields(request.extra?.['openai-chat'] ?? {});
  loseForeign({ ...request.extra, 'openai-chat': rest }, '', losses);
  const ids = createCallIds(to.toolCallId);
  const body: MutableJsonObject = {
    ...(isNative ? {} : { store: false }),
    ...fields,
    ...topLevel(bag),
    model: request.model,
  };
  writeInput(request, body, bag, { to, ids, losses, custom: new Set<string>() });
  writeParameters(request, body, bag, losses);
  if (!isNative) askForSeals(body, to);
  writeText(request, body, bag, losses);
  writeReasoning(request, body, bag, to, losses);
  if (request.tools !== undefined) {
    const tools = writeTools(request.tools, isNative, losses);
    if (tools.length > 0 || request.tools.length === 0) body['tools'] = tools;
  }
  if (request.toolChoice !== undefined) setDefined(body, 'tool_choice', writeToolChoice(request.toolChoice, losses));
  fitToVendor(body, to, losses, isNative || 'store' in fields ? [] : ['store']);
  return { path: PATH, headers: [], body, names: names.size === 0 ? ids.names : new Map([...ids.names, ...names]) };
}

/** Longest name of a function outside of namespaces: https://platform.openai.com/docs/api-reference/responses/create */
const NAME_LENGTH = 64;

/** Fields of the bag at the top level; `include` and the dotted ones are written by themselves. */
function topLevel(bag: JsonObject): MutableJsonObject {
  const fields = fieldsOf(bag, INCLUDE);
  for (const key in fields) if (key.startsWith('text.') || key.startsWith('reasoning.')) delete fields[key];
  return fields;
}

const INCLUDE = new Set(['include']);

/** True for the text of `instructions`. */
export function isInstructions(message: Message): boolean {
  return ownBag(message.extra)['#at'] === 'instructions';
}

function writeInput(
  { messages }: ChatRequest,
  body: MutableJsonObject,
  bag: JsonObject,
  context: Parameters<typeof writeItems>[1],
): void {
  const [first, ...rest] = messages;
  const has = first !== undefined && isInstructions(first);
  const text = has ? first.parts.map((part) => (part.type === 'text' ? part.text : '')).join('') : bag['#instructions'];
  setDefined(body, 'instructions', text);
  const [only] = has ? rest : messages;
  if (bag['#input'] === 'string' && only?.parts.length === 1 && only.parts[0]?.type === 'text') {
    body['input'] = only.parts[0].text;
  } else if (bag['#input'] === 'null') {
    body['input'] = null;
  } else if (bag['#input'] !== 'absent') {
    body['input'] = writeItems(has ? rest : messages, context, has ? 1 : 0);
  }
}

function writeParameters(request: ChatRequest, body: MutableJsonObject, bag: JsonObject, losses: LossLog): void {
  for (const [name, key] of [...NUMBERS, ...TEXTS]) setDefined(body, key, request[name]);
  setDefined(body, 'max_output_tokens', request.maxOutputTokens);
  setDefined(body, 'metadata', request.metadata);
  setDefined(body, 'parallel_tool_calls', request.parallelToolCalls);
  setDefined(body, bag['#user'] === 'safety_identifier' ? 'safety_identifier' : 'user', request.user);
  if (request.stream || bag['#stream'] === false) body['stream'] = request.stream;
  writeLogprobs(request, body, bag);
  for (const [name, key] of UNSAYABLE) {
    if (request[name] !== undefined) lose(key, losses);
  }
  if (request.modalities?.some((kind) => kind !== 'text') === true) lose('modalities', losses);
}

function lose(field: string, losses: LossLog): void {
  losses.add({ field, kind: 'dropped', why: `The Responses language has no ${field}.` });
}

function writeLogprobs({ logprobs }: ChatRequest, body: MutableJsonObject, bag: JsonObject): void {
  const rest: readonly Json[] = isJsonArray(bag['include']) ? bag['include'] : [];
  const asked = logprobs === undefined ? rest : [...rest, INCLUDE_LOGPROBS];
  const hint = bag['#include'];
  if (isJsonArray(hint) && logprobs !== undefined) body['include'] = hint;
  else if (asked.length > 0) body['include'] = asked;
  else setDefined(body, 'include', bag['include']);
  setDefined(body, 'top_logprobs', logprobs?.top);
}

/** An object as far as the block model does not know it; null when the client did not send it. */
function kept(bag: JsonObject, name: 'text' | 'reasoning'): JsonObject | null {
  const shape = bag[`#${name}`];
  const rest: MutableJsonObject = isJsonObject(shape) ? { ...shape } : {};
  for (const key in bag) if (key.startsWith(`${name}.`)) rest[key.slice(name.length + 1)] = bag[key];
  return isJsonObject(shape) || !isEmpty(rest) ? rest : null;
}

/** A client of another language keeps no state here: what the model reasoned must come back sealed. */
function askForSeals(body: MutableJsonObject, { reasoning }: Dialect): void {
  const asked = reasoning.include ?? [];
  if (asked.length === 0 || body['store'] === true) return;
  const before: readonly Json[] = isJsonArray(body['include']) ? body['include'] : [];
  body['include'] = [...before, ...asked.filter((entry) => !before.includes(entry))];
}

function writeText(request: ChatRequest, body: MutableJsonObject, bag: JsonObject, losses: LossLog): void {
  const adopted = isJsonObject(body['text']) ? body['text'] : {};
  const rest = kept(bag, 'text');
  const format =
    request.responseFormat === undefined ? undefined : writeJsonFormat(request.responseFormat, FORMAT, losses);
  const text: MutableJsonObject = { ...adopted, ...rest };
  setDefined(text, 'format', format);
  if (rest !== null || !isEmpty(text)) body['text'] = text;
}

/** Budgets become the nearest word; a vendor without the control loses it. */
function writeReasoning(
  { reasoning }: ChatRequest,
  body: MutableJsonObject,
  bag: JsonObject,
  to: Dialect,
  losses: LossLog,
): void {
  const rest = kept(bag, 'reasoning');
  const control: MutableJsonObject = { ...rest };
  const told = reasoning?.enabled === false ? 'none' : reasoning?.effort;
  const budget = reasoning?.budgetTokens;
  if (budget !== undefined) {
    const kind = told === undefined ? 'approximated' : 'dropped';
    losses.add({
      field: 'reasoning.budgetTokens',
      kind,
      why: 'The Responses language steers reasoning by effort only.',
    });
  }
  const wish = told ?? (budget === undefined ? undefined : effortOfBudget(budget));
  const word = wish === undefined ? undefined : nearestEffort(wish, to.reasoning.steering?.words);
  if (word !== wish)
    losses.add({ field: 'reasoning.effort', kind: 'approximated', why: `This model takes ${word} for ${wish}.` });
  setDefined(control, 'effort', word);
  if (reasoning?.summary !== 'none') setDefined(control, 'summary', reasoning?.summary);
  if (rest === null && isEmpty(control)) return;
  if (to.reasoning.control === null && !isPlainDialect(to)) {
    losses.add({ field: 'reasoning', kind: 'dropped', why: `${to.provider} has no control of reasoning.` });
    return;
  }
  body['reasoning'] = control;
}
