/** Tool declarations, both ways: functions, functions in a namespace under flattened names, everything else carried whole. */
import type { FunctionTool, OpaqueTool, Tool } from '../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { setDefined, unknownFields } from '../../wire/codec/extra.ts';
import { invalid, LIMITS, requireArray, requireObject, requireText } from '../../wire/codec/field.ts';
import { carry, fieldsOf, loseForeign, ownBag, PROTOCOL, restOf } from './extra.ts';
import { flattenName, splitName } from './names.ts';
import { adoptTool } from './sibling.ts';

/** Reads `tools`. */
export function readTools(value: Json): readonly Tool[] {
  return requireArray(value, 'tools', LIMITS.tools).flatMap((entry, i) => readTool(entry, i));
}

function readTool(value: Json, index: number): Tool[] {
  const path = `tools[${index}]`;
  const tool = requireObject(value, path);
  const type = requireText(tool['type'], `${path}.type`, 'a tool type, for example "function"');
  if (type === 'function') return [readFunction(tool, path, null)];
  if (type === 'namespace' && isJsonArray(tool['tools']) && tool['tools'].length > 0) return readNamespace(tool, index);
  return [{ type: 'opaque', protocol: PROTOCOL, name: nameOf(tool) ?? type, value: tool }];
}

function nameOf(tool: JsonObject): string | null {
  return typeof tool['name'] === 'string' && tool['name'] !== '' ? tool['name'] : null;
}

/** `#group` holds the tools of one namespace together; the first of them carries what is said of the namespace itself. */
function readNamespace(group: JsonObject, index: number): Tool[] {
  const namespace = requireText(group['name'], `tools[${index}].name`);
  const about = unknownFields(group, new Set(['tools']));
  const tools = requireArray(group['tools'], `tools[${index}].tools`, LIMITS.tools);
  return tools.map((entry, i): Tool => {
    const path = `tools[${index}].tools[${i}]`;
    const tool = requireObject(entry, path);
    const bag = i === 0 ? { '#group': index, namespace: about } : { '#group': index };
    if (tool['type'] === 'function') return readFunction(tool, path, { namespace, bag });
    const name = flattenName(namespace, nameOf(tool) ?? 'tool');
    return { type: 'opaque', protocol: PROTOCOL, name, value: { ...about, '#group': index, tools: [tool] } };
  });
}

interface Within {
  readonly namespace: string;
  readonly bag: JsonObject;
}

function readFunction(tool: JsonObject, path: string, within: Within | null): FunctionTool {
  const name = flattenName(within?.namespace ?? null, requireText(tool['name'], `${path}.name`));
  const { description, parameters, strict } = tool;
  const known = new Set(['type', 'name']);
  if (typeof description === 'string') known.add('description');
  if (isJsonObject(parameters)) known.add('parameters');
  else if (parameters !== undefined && parameters !== null) throw invalid(`${path}.parameters`, 'a JSON Schema object');
  if (typeof strict === 'boolean') known.add('strict');
  return {
    type: 'function',
    name,
    ...(typeof description === 'string' ? { description } : {}),
    ...(isJsonObject(parameters) ? { schema: parameters } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...carry({ ...restOf(tool, known), ...within?.bag }),
  };
}

/**
 * Writes `tools`; tools that only another protocol has are left out with a Loss.
 * @param isNative false for requests of other languages: their functions are free unless they say otherwise, where this language makes
 * them strict; and it asks for `parameters`, if only null
 */
export function writeTools(tools: readonly Tool[], isNative: boolean, losses: LossLog): JsonObject[] {
  const written: MutableJsonObject[] = [];
  let open: { readonly key: string; readonly tools: Json[] } | null = null;
  tools.forEach((tool, i) => {
    const own = writeTool(tool, `tools[${i}]`, isNative, losses);
    if (own === null) return;
    if (own.namespace === null) {
      open = null;
      written.push(own.tool);
    } else if (open !== null && open.key === own.key) open.tools.push(own.tool);
    else {
      open = { key: own.key, tools: [own.tool] };
      written.push({ ...own.namespace, type: 'namespace', tools: open.tools });
    }
  });
  return written;
}

interface WrittenTool {
  readonly tool: MutableJsonObject;
  /** What is said of its namespace; null = it stands alone. */
  readonly namespace: JsonObject | null;
  /** Tools of one key that follow each other share their namespace. */
  readonly key: string;
}

function writeTool(tool: Tool, path: string, isNative: boolean, losses: LossLog): WrittenTool | null {
  if (tool.type === 'opaque') return writeOpaque(tool, path, losses);
  loseForeign(tool.extra, path, losses);
  const bag = ownBag(tool.extra);
  const { namespace, name } = splitName(tool.name);
  const body: MutableJsonObject = { type: 'function', name };
  setDefined(body, 'description', tool.description);
  setDefined(body, 'parameters', tool.schema ?? (isNative ? undefined : null));
  setDefined(body, 'strict', tool.strict ?? (isNative ? undefined : false));
  Object.assign(body, fieldsOf(bag, NAMESPACE));
  if (namespace === null) return { tool: body, namespace: null, key: '' };
  const about = isJsonObject(bag['namespace']) ? bag['namespace'] : { name: namespace };
  return { tool: body, namespace: about, key: `${groupOf(bag)} ${namespace}` };
}

const NAMESPACE = new Set(['namespace']);

function groupOf(bag: JsonObject): string {
  return typeof bag['#group'] === 'number' ? String(bag['#group']) : '';
}

function writeOpaque(tool: OpaqueTool, path: string, losses: LossLog): WrittenTool | null {
  const value = tool.protocol === PROTOCOL ? tool.value : adoptTool(tool);
  if (value === null) {
    losses.add({ field: path, kind: 'dropped', why: `Only ${tool.protocol} has the tool ${tool.name}.` });
    return null;
  }
  const inner = value['tools'];
  if (typeof value['#group'] !== 'number' || !isJsonArray(inner) || !isJsonObject(inner[0]))
    return { tool: { ...value }, namespace: null, key: '' };
  const about = unknownFields(value, new Set(['tools']));
  const name = typeof value['name'] === 'string' ? value['name'] : '';
  return { tool: inner[0], namespace: about, key: `${value['#group']} ${name}` };
}
