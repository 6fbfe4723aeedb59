/** Tool calls of a message, both ways. */
import type { ToolCallPart } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { isEmpty, sendable, unknownFields } from '../../wire/codec/extra.ts';
import { carry, ownBag } from './extra.ts';
import { invalid, requireObject, requireString, requireText } from '../../wire/codec/field.ts';

const KNOWN = new Set(['id', 'type', 'function', 'custom']);
const KNOWN_FUNCTION = new Set(['name', 'arguments']);
const KNOWN_CUSTOM = new Set(['name', 'input']);

/** Reads one element of `tool_calls` in a client's history. */
export function readToolCall(value: Json, path: string): ToolCallPart {
  const call = requireObject(value, path);
  const type = call['type'] ?? 'function';
  if (type !== 'function' && type !== 'custom') throw invalid(`${path}.type`, '"function" or "custom"');
  const body = requireObject(call[type], `${path}.${type}`);
  const known = type === 'custom' ? KNOWN_CUSTOM : KNOWN_FUNCTION;
  const text = type === 'custom' ? 'input' : 'arguments';
  const bag = unknownFields(call, KNOWN);
  const inner = unknownFields(body, known);
  if (!isEmpty(inner)) bag[type] = inner;
  if (call['type'] === undefined) bag['#type'] = 'absent';
  return {
    type: 'tool-call',
    id: requireText(call['id'], `${path}.id`),
    name: requireText(body['name'], `${path}.${type}.name`),
    arguments: requireString(body[text], `${path}.${type}.${text}`),
    ...(type === 'custom' ? { kind: 'custom' } : {}),
    ...carry(bag),
  };
}

/** One element of `tool_calls`, under the id that is written for it. */
export function writeToolCall(part: ToolCallPart, id: string): JsonObject {
  const bag = ownBag(part.extra);
  const kind = part.kind ?? 'function';
  const inner = isJsonObject(bag[kind]) ? bag[kind] : {};
  const body =
    kind === 'custom' ? { name: part.name, input: part.arguments } : { name: part.name, arguments: part.arguments };
  const type = bag['#type'] === 'absent' ? {} : { type: kind };
  return { id, ...type, ...sendable(bag), [kind]: { ...inner, ...body } };
}
