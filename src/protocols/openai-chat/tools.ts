/** Tool declarations and the choice among them, both ways. */
import type { FunctionTool, Tool, ToolChoice } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { isEmpty, sendable, setDefined, unknownFields } from '../../wire/codec/extra.ts';
import { carry, loseForeign, ownBag, PROTOCOL } from './extra.ts';
import { invalid, LIMITS, requireArray, requireObject, requireText } from '../../wire/codec/field.ts';
import { readToolChoice as readChoice } from '../../wire/codec/tool-choice.ts';

const KNOWN = new Set(['type', 'function']);

/** Reads `tools`. Everything but functions is carried whole. */
export function readTools(value: Json): readonly Tool[] {
  return requireArray(value, 'tools', LIMITS.tools).map((entry, i) => readTool(entry, `tools[${i}]`));
}

function readTool(value: Json, path: string): Tool {
  const tool = requireObject(value, path);
  const type = requireText(tool['type'], `${path}.type`, 'a tool type, for example "function"');
  if (type === 'function') return readFunction(tool, path);
  const custom = tool['custom'];
  const name = isJsonObject(custom) && typeof custom['name'] === 'string' ? custom['name'] : type;
  return { type: 'opaque', protocol: PROTOCOL, name, value: tool };
}

function readFunction(tool: JsonObject, path: string): FunctionTool {
  const body = requireObject(tool['function'], `${path}.function`);
  const name = requireText(body['name'], `${path}.function.name`);
  const { description, parameters, strict } = body;
  const known = new Set(['name']);
  if (typeof description === 'string') known.add('description');
  if (isJsonObject(parameters)) known.add('parameters');
  else if (parameters !== undefined && parameters !== null)
    throw invalid(`${path}.function.parameters`, 'a JSON Schema object');
  if (typeof strict === 'boolean') known.add('strict');
  const bag = unknownFields(tool, KNOWN);
  const inner = unknownFields(body, known);
  if (!isEmpty(inner)) bag['function'] = inner;
  return {
    type: 'function',
    name,
    ...(typeof description === 'string' ? { description } : {}),
    ...(isJsonObject(parameters) ? { schema: parameters } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...carry(bag),
  };
}

/** Writes `tools`; tools that only another protocol has are left out with a Loss. */
export function writeTools(tools: readonly Tool[], losses: LossLog): JsonObject[] {
  const written: JsonObject[] = [];
  tools.forEach((tool, i) => {
    if (tool.type === 'function') written.push(writeFunction(tool, `tools[${i}]`, losses));
    else if (tool.protocol === PROTOCOL) written.push(tool.value);
    else losses.add({ field: `tools[${i}]`, kind: 'dropped', why: `Only ${tool.protocol} has the tool ${tool.name}.` });
  });
  return written;
}

function writeFunction(tool: FunctionTool, path: string, losses: LossLog): JsonObject {
  loseForeign(tool.extra, path, losses);
  const bag = ownBag(tool.extra);
  const body: MutableJsonObject = { ...(isJsonObject(bag['function']) ? bag['function'] : {}), name: tool.name };
  setDefined(body, 'description', tool.description);
  setDefined(body, 'parameters', tool.schema);
  setDefined(body, 'strict', tool.strict);
  return { type: 'function', ...sendable(bag), function: body };
}

/** Reads `tool_choice`. */
export function readToolChoice(value: Json): ToolChoice {
  return readChoice(value, { protocol: PROTOCOL, nameOf: functionName, subsetIn });
}

function subsetIn(value: JsonObject): JsonObject | null {
  const subset = value['allowed_tools'];
  return hasOnly(value, 2) && isJsonObject(subset) && hasOnly(subset, 2) ? subset : null;
}

/** The name in `{type: "function", function: {name}}` when it says nothing more. */
function functionName(value: JsonObject): string | null {
  const body = value['function'];
  if (value['type'] !== 'function' || !hasOnly(value, 2) || !isJsonObject(body) || !hasOnly(body, 1)) return null;
  return typeof body['name'] === 'string' ? body['name'] : null;
}

function hasOnly(value: JsonObject, count: number): boolean {
  return Object.keys(value).length === count;
}

/** Writes `tool_choice`; undefined when only another protocol has it, which is a Loss. */
export function writeToolChoice(choice: ToolChoice, losses: LossLog): Json | undefined {
  switch (choice.type) {
    case 'auto':
    case 'none':
    case 'required':
      return choice.type;
    case 'named':
      return { type: 'function', function: { name: choice.name } };
    case 'allowed': {
      const tools = choice.names.map((name) => ({ type: 'function', function: { name } }));
      return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools } };
    }
    case 'opaque':
      if (choice.protocol === PROTOCOL) return choice.value;
      losses.add({ field: 'tool_choice', kind: 'dropped', why: `Only ${choice.protocol} has this tool choice.` });
      return undefined;
  }
}
