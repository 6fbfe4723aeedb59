/** Tool declarations, both ways. */
import type { FunctionTool, Tool } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { sendable, unknownFields } from '../../wire/codec/extra.ts';
import { LIMITS, requireArray, requireObject, requireText } from '../../wire/codec/field.ts';
import { carry, loseForeign, ownBag, PROTOCOL } from './extra.ts';
import type { ModelRules } from './model-rules.ts';
import type { ToolNames } from '../../wire/codec/tool-names.ts';

/** Reads `tools`. Anthropic's own tools (`web_search_…`, `bash_…`, `mcp_toolset`) are carried whole. */
export function readTools(value: Json): readonly Tool[] {
  return requireArray(value, 'tools', LIMITS.tools).map((entry, i) => readTool(entry, `tools[${i}]`));
}

function readTool(value: Json, path: string): Tool {
  const tool = requireObject(value, path);
  const { type, name, mcp_server_name: server } = tool;
  if (typeof type === 'string' && type !== 'custom') {
    const known = typeof name === 'string' ? name : typeof server === 'string' ? server : type;
    return { type: 'opaque', protocol: PROTOCOL, name: known, value: tool };
  }
  return readFunction(tool, path);
}

function readFunction(tool: JsonObject, path: string): FunctionTool {
  const { description, strict } = tool;
  const name = requireText(tool['name'], `${path}.name`);
  const schema = requireObject(tool['input_schema'], `${path}.input_schema`);
  const known = new Set(['name', 'input_schema']);
  if (typeof description === 'string') known.add('description');
  if (typeof strict === 'boolean') known.add('strict');
  return {
    type: 'function',
    name,
    ...(typeof description === 'string' ? { description } : {}),
    schema,
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...carry(unknownFields(tool, known)),
  };
}

/** What writing tools needs to know. */
export interface ToolContext {
  readonly names: ToolNames;
  readonly rules: ModelRules | null;
  /** Names that may be declared; null = all. */
  readonly allowed: ReadonlySet<string> | null;
  readonly losses: LossLog;
}

/** Writes `tools`; tools that only another protocol has are left out with a Loss. */
export function writeTools(tools: readonly Tool[], context: ToolContext): JsonObject[] {
  const { allowed, losses } = context;
  const written: JsonObject[] = [];
  tools.forEach((tool, i) => {
    if (allowed !== null && !allowed.has(tool.name)) return;
    if (tool.type === 'function') written.push(writeFunction(tool, `tools[${i}]`, context));
    else if (tool.protocol === PROTOCOL) written.push(tool.value);
    else losses.add({ field: `tools[${i}]`, kind: 'dropped', why: `Only ${tool.protocol} has the tool ${tool.name}.` });
  });
  return written;
}

function writeFunction(tool: FunctionTool, path: string, { names, rules, losses }: ToolContext): JsonObject {
  loseForeign(tool.extra, path, losses);
  const body: MutableJsonObject = { ...sendable(ownBag(tool.extra)), name: names.write(tool.name) };
  if (tool.description !== undefined) body['description'] = tool.description;
  body['input_schema'] = objectSchema(tool.schema);
  if (tool.strict === undefined) return body;
  if (rules === null || rules.jsonSchema) body['strict'] = tool.strict;
  else if (tool.strict) {
    losses.add({
      field: `${path}.strict`,
      kind: 'dropped',
      why: 'This model does not hold arguments to their schema.',
    });
  }
  return body;
}

/** `input_schema` must say that it is an object, also for a tool without parameters. */
function objectSchema(schema: JsonObject | undefined): JsonObject {
  if (schema === undefined) return { type: 'object', properties: {} };
  return isJsonObject(schema) && schema['type'] === undefined ? { type: 'object', ...schema } : schema;
}
