/** Which tool must, may or must not be called, both ways. */
import type { ToolChoice } from '../../core/chat.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { readToolChoice as readChoice } from '../../wire/codec/tool-choice.ts';
import { PROTOCOL } from './extra.ts';
import { flattenName, splitName } from './names.ts';
import { adoptToolChoice } from './sibling.ts';

/** Reads `tool_choice`; choices of hosted tools are carried whole. */
export function readToolChoice(value: Json): ToolChoice {
  return readChoice(value, { protocol: PROTOCOL, nameOf: functionName, subsetIn });
}

function subsetIn(value: JsonObject): JsonObject | null {
  return Object.keys(value).length === 3 ? value : null;
}

/** The flattened name in `{type: "function", name, namespace?}` when it says nothing more. */
function functionName(value: JsonObject): string | null {
  const { type, name, namespace } = value;
  if (type !== 'function' || typeof name !== 'string') return null;
  if (Object.keys(value).length !== (namespace === undefined ? 2 : 3)) return null;
  if (namespace === undefined) return flattenName(null, name);
  return typeof namespace === 'string' && namespace !== '' ? flattenName(namespace, name) : null;
}

function nameTool(flat: string): JsonObject {
  const { namespace, name } = splitName(flat);
  return namespace === null ? { type: 'function', name } : { type: 'function', name, namespace };
}

/** Writes `tool_choice`; undefined when only another protocol has it, which is a Loss. */
export function writeToolChoice(choice: ToolChoice, losses: LossLog): Json | undefined {
  switch (choice.type) {
    case 'auto':
    case 'none':
    case 'required':
      return choice.type;
    case 'named':
      return nameTool(choice.name);
    case 'allowed':
      return { type: 'allowed_tools', mode: choice.mode, tools: choice.names.map(nameTool) };
    case 'opaque': {
      if (choice.protocol === PROTOCOL) return choice.value;
      const adopted = adoptToolChoice(choice);
      if (adopted !== null) return adopted;
      losses.add({ field: 'tool_choice', kind: 'dropped', why: `Only ${choice.protocol} has this tool choice.` });
      return undefined;
    }
  }
}
