/** Fits the tools of a request to a vendor: names that it takes, schemas that it takes, and a choice that it can be given. */
import type { ChatRequest, FunctionTool, Message, Tool, ToolChoice } from '../../core/chat.ts';
import type { JsonObject, MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Dialect, NameMap } from '../../core/protocol.ts';
import { createToolNames } from './tool-names.ts';

/** A request that fits, and the names that were changed for it: written -> original. */
export interface Fitted {
  readonly request: ChatRequest;
  readonly names: NameMap;
}

/**
 * @param longest of a tool's name in the protocol; null where the codec sees to names itself, and where no vendor is named
 * @param isExempt true for names that the codec takes apart
 */
export function fitTools(
  request: ChatRequest,
  to: Dialect,
  losses: LossLog,
  longest: number | null,
  isExempt: (name: string) => boolean = isNone,
): Fitted {
  const fitting = freeChoice(fitSchemas(request, to, losses), to, losses);
  const { names, write } = createToolNames(fitting, longest === null ? null : (to.toolNameLength ?? longest));
  if (longest === null) return { request: fitting, names };
  const named = renamed(fitting, (name) => (isExempt(name) ? name : write(name)));
  return { request: names.size === 0 ? fitting : named, names };
}

function isNone(): boolean {
  return false;
}

function renamed(request: ChatRequest, rename: (name: string) => string): ChatRequest {
  const { tools, toolChoice, messages } = request;
  return {
    ...request,
    messages: messages.map((message): Message => renamedCalls(message, rename)),
    ...(tools === undefined
      ? {}
      : { tools: tools.map((tool): Tool => (tool.type === 'function' ? { ...tool, name: rename(tool.name) } : tool)) }),
    ...(toolChoice === undefined ? {} : { toolChoice: renamedChoice(toolChoice, rename) }),
  };
}

function renamedCalls(message: Message, rename: (name: string) => string): Message {
  if (!message.parts.some(({ type }) => type === 'tool-call')) return message;
  const parts = message.parts.map((part) => (part.type === 'tool-call' ? { ...part, name: rename(part.name) } : part));
  return { ...message, parts };
}

function renamedChoice(choice: ToolChoice, rename: (name: string) => string): ToolChoice {
  if (choice.type === 'named') return { ...choice, name: rename(choice.name) };
  return choice.type === 'allowed' ? { ...choice, names: choice.names.map(rename) } : choice;
}

/** A model that cannot be forced is left free: asking for it would be refused. */
function freeChoice(request: ChatRequest, { forcedTool, provider }: Dialect, losses: LossLog): ChatRequest {
  const choice = request.toolChoice;
  if (forcedTool !== false || choice === undefined) return request;
  const isForced =
    choice.type === 'required' || choice.type === 'named' || (choice.type === 'allowed' && choice.mode === 'required');
  if (!isForced) return request;
  losses.add({
    field: 'tool_choice',
    kind: 'approximated',
    why: `${provider} cannot be made to call: the model is free to.`,
  });
  return { ...request, toolChoice: choice.type === 'allowed' ? { ...choice, mode: 'auto' } : { type: 'auto' } };
}

function fitSchemas(request: ChatRequest, { schemaTopWithout: refused }: Dialect, losses: LossLog): ChatRequest {
  const { tools } = request;
  if (refused === undefined || tools === undefined) return request;
  const isBad = (tool: Tool): tool is FunctionTool & { readonly schema: JsonObject } =>
    tool.type === 'function' && tool.schema !== undefined && refused.some((key) => key in tool.schema!);
  if (!tools.some(isBad)) return request;
  return {
    ...request,
    tools: tools.map((tool, i) => (isBad(tool) ? { ...tool, schema: without(tool.schema, refused, i, losses) } : tool)),
  };
}

function without(schema: JsonObject, refused: readonly string[], index: number, losses: LossLog): JsonObject {
  const fitting: MutableJsonObject = { type: 'object', ...schema };
  for (const key of refused) {
    if (!(key in fitting)) continue;
    delete fitting[key];
    const why = 'The vendor refuses this keyword at the top of a schema.';
    losses.add({ field: `tools[${index}].schema.${key}`, kind: 'dropped', why });
  }
  return fitting;
}
