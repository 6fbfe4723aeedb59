/** Reads the items of a client's input: what one turn of an assistant said, thought and called becomes one message. */
import type { Message, Part, Role, TextPart, ToolCallPart } from '../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import { isEmpty } from '../../wire/codec/extra.ts';
import { invalid, requireArray, requireObject, requireString, requireText } from '../../wire/codec/field.ts';
import { readContent, readText } from './content.ts';
import { carry, PROTOCOL, restOf } from './extra.ts';
import { flattenName } from './names.ts';
import { readReasoning } from './reasoning.ts';

/** Items of one request that are read at all: long agent sessions have thousands. */
export const MAX_ITEMS = 16_384;

/** Reads the list form of `input`. */
export function readItems(value: Json): Message[] {
  const turns = new Turns();
  requireArray(value, 'input', MAX_ITEMS).forEach((item, i) => turns.read(item, i));
  return turns.messages;
}

class Turns {
  readonly messages: Message[] = [];
  #turn: Part[] | null = null;

  read(value: Json, index: number): void {
    const path = `input[${index}]`;
    const item = requireObject(value, path);
    const type = item['type'] ?? (item['role'] === undefined ? undefined : 'message');
    switch (type) {
      case 'message':
        return this.#message(item, index, path);
      case 'reasoning':
        return this.#say(...readReasoning(item, index, path));
      case 'function_call':
      case 'custom_tool_call':
        return this.#say(readCall(item, type, path));
      case 'function_call_output':
      case 'custom_tool_call_output':
        return this.#hear(readResult(item, type, path));
      default:
        requireText(type, `${path}.type`, 'an item type, for example "message"');
        return this.#say({ type: 'opaque', protocol: PROTOCOL, value: item });
    }
  }

  #message(item: JsonObject, index: number, path: string): void {
    const { role } = item;
    if (role === undefined) requireText(role, `${path}.role`, 'who speaks, for example "user"');
    if (!isRole(role)) throw invalid(`${path}.role`, 'system, developer, user or assistant');
    if (role === 'assistant') return this.#say(...readAssistant(item, index, path));
    const bag = bagOf(item, MESSAGE);
    const parts = readContent(item['content'], `${path}.content`, bag);
    this.#hear({ role, parts, ...carry(bag) });
  }

  #say(...parts: readonly Part[]): void {
    if (this.#turn === null) this.messages.push({ role: 'assistant', parts: (this.#turn = []) });
    this.#turn.push(...parts);
  }

  #hear(message: Message): void {
    this.#turn = null;
    this.messages.push(message);
  }
}

const ROLES = new Set<Json | undefined>(['system', 'developer', 'user', 'assistant']);

function isRole(value: Json | undefined): value is Role {
  return ROLES.has(value);
}

const MESSAGE = new Set(['type', 'role', 'content', 'id', 'status']);

/** Ids and states of items mean nothing elsewhere and are hints; what else is unknown stays a field. */
function bagOf(item: JsonObject, known: ReadonlySet<string>): MutableJsonObject {
  const bag = restOf(item, known);
  if (item['type'] === undefined) bag['#type'] = 'absent';
  for (const key of ['id', 'status'] as const) {
    const value = item[key];
    if (value !== undefined) bag[`#${key}`] = value;
  }
  return bag;
}

const ASSISTANT = new Set([...MESSAGE, 'phase']);

/** The texts of an assistant's item; an item that is not made of texts is carried whole. */
function readAssistant(item: JsonObject, index: number, path: string): Part[] {
  const { content, phase } = item;
  const { '#type': type, '#id': id, '#status': status, '#void': voids, ...unknown } = bagOf(item, ASSISTANT);
  const first: MutableJsonObject = { '#item': index, '#type': type, '#id': id, '#status': status, '#itemVoid': voids };
  if (typeof phase === 'string') first['phase'] = phase;
  else if (phase !== undefined) first['#phase'] = phase;
  if (!isEmpty(unknown)) first['item'] = unknown;
  const bag = definedOnly(first);
  if (typeof content === 'string' && content !== '') return [{ type: 'text', text: content, ...carry(bag) }];
  const list = typeof content === 'string' ? [] : requireArray(content, `${path}.content`, 4096);
  const texts = list.map((part, i) => readText(requireObject(part, `${path}.content[${i}]`), `${path}.content[${i}]`));
  if (texts.length === 0 || texts.includes(null)) return [{ type: 'opaque', protocol: PROTOCOL, value: item }];
  return texts
    .filter((text) => text !== null)
    .map((text, i): TextPart => {
      const own = text.extra?.[PROTOCOL] ?? {};
      return { ...text, ...carry({ ...(i === 0 ? { ...bag, '#content': 'parts' } : { '#item': index }), ...own }) };
    });
}

function definedOnly(object: JsonObject): MutableJsonObject {
  const some: MutableJsonObject = {};
  for (const key in object) if (object[key] !== undefined) some[key] = object[key];
  return some;
}

const CALL = new Set(['type', 'id', 'status', 'call_id', 'name', 'namespace', 'arguments', 'input']);

function readCall(item: JsonObject, type: 'function_call' | 'custom_tool_call', path: string): ToolCallPart {
  const text = type === 'function_call' ? 'arguments' : 'input';
  const { namespace } = item;
  if (namespace !== undefined && namespace !== null && typeof namespace !== 'string')
    throw invalid(`${path}.namespace`, 'a string');
  const bag = bagOf(item, CALL);
  if (namespace === null || namespace === '') bag['#namespace'] = namespace;
  return {
    type: 'tool-call',
    id: requireText(item['call_id'], `${path}.call_id`),
    name: flattenName(namespace ?? null, requireText(item['name'], `${path}.name`)),
    arguments: requireString(item[text], `${path}.${text}`),
    ...(type === 'custom_tool_call' ? { kind: 'custom' as const } : {}),
    ...carry(bag),
  };
}

const RESULT = new Set(['type', 'id', 'status', 'call_id', 'output']);

function readResult(item: JsonObject, type: string, path: string): Message {
  const bag = bagOf(item, RESULT);
  if (type === 'custom_tool_call_output') bag['#custom'] = true;
  const callId = requireText(item['call_id'], `${path}.call_id`);
  const output = item['output'];
  if (isJsonObject(output) || (output !== undefined && typeof output !== 'string' && !isJsonArray(output)))
    throw invalid(`${path}.output`, 'a string or a list of content parts');
  const content = readContent(output, `${path}.output`, bag);
  return { role: 'tool', parts: [{ type: 'tool-result', callId, content }], ...carry(bag) };
}
