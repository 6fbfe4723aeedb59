/** Writes messages as input items for an upstream. */
import type { Message, Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from '../../core/chat.ts';
import { isJsonObject, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Dialect } from '../../core/protocol.ts';
import type { CallIds } from '../../wire/codec/call-ids.ts';
import { loseBlock } from '../../wire/codec/extra.ts';
import { tellFailure } from '../../wire/codec/failed-result.ts';
import { fitRole } from '../../wire/codec/instruction-role.ts';
import { isPlain, writeContent, writeText, type ContentPart } from './content.ts';
import { fieldsOf, loseForeign, ownBag, PROTOCOL } from './extra.ts';
import { groupParts } from './groups.ts';
import { isInvented } from './invented-ids.ts';
import { splitName } from './names.ts';
import { writeThoughts } from './reasoning-write.ts';

/** What writing an item needs to know. */
export interface InputContext {
  readonly to: Dialect;
  readonly ids: CallIds;
  readonly losses: LossLog;
  /** Calls of custom tools in the history so far: their results have an item type of their own. */
  readonly custom: Set<string>;
}

/** Writes the items of all messages in order. Tool results become items of their own, before the rest of their message. */
export function writeItems(messages: readonly Message[], context: InputContext, first = 0): JsonObject[] {
  const items: JsonObject[] = [];
  messages.forEach((message, i) => {
    const path = `messages[${first + i}]`;
    const { losses } = context;
    loseForeign(message.extra, path, losses);
    if (message.name !== undefined)
      losses.add({ field: `${path}.name`, kind: 'dropped', why: 'Items have no name of a speaker.' });
    if (message.role === 'assistant') return void items.push(...writeTurn(message.parts, path, context));
    const results = message.parts.filter((part) => part.type === 'tool-result');
    const rest = message.parts.filter((part) => part.type !== 'tool-result');
    for (const result of results) items.push(writeResult(result, results.length === 1 ? message : null, path, context));
    if (rest.length > 0 || results.length === 0) items.push(writeMessage(message, rest, path, context));
  });
  return items;
}

/** The hints of an item that are written back; ids of our own making name nothing at any vendor. */
function identity(bag: JsonObject): MutableJsonObject {
  const fields: MutableJsonObject = {};
  const id = bag['#id'];
  if (id !== undefined && !(typeof id === 'string' && isInvented(id))) fields['id'] = id;
  if (bag['#status'] !== undefined) fields['status'] = bag['#status'];
  return fields;
}

function writeMessage(message: Message, parts: readonly Part[], path: string, context: InputContext): JsonObject {
  const { losses } = context;
  const bag = message.role === 'tool' ? {} : ownBag(message.extra);
  const content = parts.filter((part): part is ContentPart => part.type !== 'tool-call' && part.type !== 'tool-result');
  if (content.length < parts.length)
    losses.add({ field: path, kind: 'dropped', why: `A tool call in a ${message.role} message cannot be said.` });
  return {
    ...(bag['#type'] === 'absent' ? {} : { type: 'message' }),
    role: message.role === 'tool' ? 'user' : fitRole(message.role, context.to, path, losses),
    content: writeContent(content, bag['#content'], `${path}.content`, losses),
    ...identity(bag),
    ...fieldsOf(bag),
  };
}

function writeResult(
  result: ToolResultPart,
  message: Message | null,
  path: string,
  { ids, losses, custom }: InputContext,
): JsonObject {
  loseForeign(result.extra, path, losses);
  const bag = ownBag(message?.extra);
  const said = result.content.filter((part) => part.type !== 'tool-call' && part.type !== 'tool-result');
  if (said.length < result.content.length)
    losses.add({ field: path, kind: 'dropped', why: 'Calls within a tool result cannot be said.' });
  const content = tellFailure(result, said, path, losses);
  const isCustom = bag['#custom'] === true || custom.has(result.callId);
  return {
    type: isCustom ? 'custom_tool_call_output' : 'function_call_output',
    call_id: ids.write(result.callId),
    output: writeContent(content, bag['#content'], `${path}.output`, losses),
    ...identity(bag),
    ...fieldsOf(bag),
  };
}

/** An assistant's turn: each group of parts is one item. */
function writeTurn(parts: readonly Part[], path: string, context: InputContext): JsonObject[] {
  const { losses } = context;
  const items: JsonObject[] = [];
  for (const group of groupParts(parts)) {
    if (group.kind === 'message') items.push(writeAssistant(group.parts, path, losses));
    else if (group.kind === 'reasoning') items.push(...thoughts(group.parts, path, context));
    else if (group.kind === 'call') items.push(writeCall(group.part, path, context));
    else if (group.part.type === 'opaque' && group.part.protocol === PROTOCOL && isJsonObject(group.part.value))
      items.push(group.part.value);
    else if (group.part.type === 'opaque') loseBlock(group.part.protocol, path, losses);
    else losses.add({ field: path, kind: 'dropped', why: `An assistant's turn has no place for ${group.part.type}.` });
  }
  return items;
}

function thoughts(parts: readonly ReasoningPart[], path: string, context: InputContext): JsonObject[] {
  const item = writeThoughts(parts, path, context.to, context.losses);
  return item === null ? [] : [item];
}

function writeAssistant(parts: readonly TextPart[], path: string, losses: LossLog): JsonObject {
  for (const part of parts) loseForeign(part.extra, path, losses);
  const [first] = parts;
  const bag = ownBag(first?.extra);
  const isBare =
    parts.length === 1 && first !== undefined && bag['#content'] !== 'parts' && isPlain(withoutItem(first));
  const phase = bag['phase'] ?? bag['#phase'];
  return {
    ...(bag['#type'] === 'absent' ? {} : { type: 'message' }),
    role: 'assistant',
    content: isBare ? first.text : parts.map((part) => writeText(part, 'output_text')),
    ...identity(bag),
    ...(phase === undefined ? {} : { phase }),
    ...(isJsonObject(bag['#itemVoid']) ? bag['#itemVoid'] : {}),
    ...(isJsonObject(bag['item']) ? bag['item'] : {}),
  };
}

/** The text without what its bag says of the item. */
function withoutItem(part: TextPart): TextPart {
  const { phase: _phase, item: _item, ...bag } = ownBag(part.extra);
  return { ...part, extra: { [PROTOCOL]: bag } };
}

function writeCall(part: ToolCallPart, path: string, { ids, losses, custom }: InputContext): JsonObject {
  loseForeign(part.extra, path, losses);
  const bag = ownBag(part.extra);
  const { namespace, name } = splitName(part.name);
  const isCustom = part.kind === 'custom';
  if (isCustom) custom.add(part.id);
  const call: MutableJsonObject = {
    type: isCustom ? 'custom_tool_call' : 'function_call',
    call_id: ids.write(part.id),
    name,
    [isCustom ? 'input' : 'arguments']: part.arguments,
  };
  if (namespace !== null) call['namespace'] = namespace;
  else if (bag['#namespace'] !== undefined) call['namespace'] = bag['#namespace'];
  return { ...call, ...identity(bag), ...fieldsOf(bag) };
}
