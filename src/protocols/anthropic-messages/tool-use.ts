/** Tool calls: their arguments are JSON text in the block model and an object in this language. */
import type { ToolCallPart } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { sendable, unknownFields } from '../../wire/codec/extra.ts';
import { requireObject, requireText } from '../../wire/codec/field.ts';
import { carry, ownBag } from './extra.ts';

const KNOWN = new Set(['type', 'id', 'name', 'input']);

/** Reads a `tool_use` block of a client's history. */
export function readToolUse(block: JsonObject, path: string): ToolCallPart {
  return {
    type: 'tool-call',
    id: requireText(block['id'], `${path}.id`),
    name: requireText(block['name'], `${path}.name`),
    arguments: JSON.stringify(requireObject(block['input'], `${path}.input`)),
    ...carry(unknownFields(block, KNOWN)),
  };
}

/** A `tool_use` block under the id and name that are written for it. */
export function writeToolUse(part: ToolCallPart, id: string, name: string, path: string, losses: LossLog): JsonObject {
  return { type: 'tool_use', id, name, input: inputOf(part, path, losses), ...sendable(ownBag(part.extra)) };
}

/** The name under which text that is no JSON object goes into an `input`. */
const TEXT = 'input';

/** Arguments as an object. A call without arguments has the input `{}`; what is no object is put into one, with a Loss. */
export function inputOf(call: Pick<ToolCallPart, 'arguments' | 'kind'>, path: string, losses: LossLog): JsonObject {
  if (call.kind !== 'custom') {
    const value = parse(call.arguments);
    if (isJsonObject(value)) return value;
  }
  const why =
    call.kind === 'custom' ? 'Messages has no tools that take free text.' : 'Messages takes only an object as input.';
  losses.add({ field: `${path}.arguments`, kind: 'approximated', why: `${why} The text went as \`${TEXT}\`.` });
  return { [TEXT]: call.arguments };
}

function parse(text: string): Json | undefined {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
