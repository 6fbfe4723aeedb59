/** Which tool must be called, and whether several may be at once: one field in this language, two in the block model. */
import type { ChatRequest, ToolChoice } from '../../core/chat.ts';
import type { Json, JsonObject, MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { optionalBoolean, requireObject, requireText } from '../../wire/codec/field.ts';
import { PROTOCOL } from './extra.ts';
import type { ToolNames } from '../../wire/codec/tool-names.ts';

/** What `tool_choice` says. */
export type Choosing = Pick<ChatRequest, 'toolChoice' | 'parallelToolCalls'>;

const KNOWN = new Set(['type', 'name', 'disable_parallel_tool_use']);

/** Reads `tool_choice`; a form that the block model does not know is carried whole. */
export function readToolChoice(value: Json): Choosing {
  const choice = requireObject(value, 'tool_choice');
  const type = requireText(choice['type'], 'tool_choice.type', '"auto", "any", "tool" or "none"');
  const off = optionalBoolean(choice['disable_parallel_tool_use'], 'tool_choice.disable_parallel_tool_use');
  const toolChoice = readType(type, choice);
  const isPlain = Object.keys(choice).every((key) => KNOWN.has(key)) && (off !== null || !hasParallel(choice));
  if (toolChoice === null || !isPlain) return { toolChoice: { type: 'opaque', protocol: PROTOCOL, value } };
  return { toolChoice, ...(off === null ? {} : { parallelToolCalls: !off }) };
}

function hasParallel(choice: JsonObject): boolean {
  return 'disable_parallel_tool_use' in choice;
}

function readType(type: string, choice: JsonObject): ToolChoice | null {
  if (type === 'tool') return { type: 'named', name: requireText(choice['name'], 'tool_choice.name') };
  if ('name' in choice) return null;
  if (type === 'auto' || type === 'none') return { type };
  return type === 'any' ? { type: 'required' } : null;
}

/** What writing a choice needs to know. */
export interface ChoiceContext {
  readonly names: ToolNames;
  /** True where the model refuses to be forced. */
  readonly neverForced: boolean;
  readonly losses: LossLog;
}

/** Writes `tool_choice`; undefined when nothing has to be said. */
export function writeToolChoice(request: ChatRequest, context: ChoiceContext): Json | undefined {
  const { toolChoice: choice, parallelToolCalls: parallel } = request;
  if (choice?.type === 'opaque' && choice.protocol === PROTOCOL) return choice.value;
  const body = choice === undefined ? null : writeType(choice, context);
  if (body === null && parallel !== false) return undefined;
  const written: MutableJsonObject = body ?? { type: 'auto' };
  if (parallel !== undefined && written['type'] !== 'none') written['disable_parallel_tool_use'] = !parallel;
  return written;
}

/** True when the request forces a call. */
export function isForced(choice: ToolChoice | undefined): boolean {
  if (choice?.type === 'allowed') return choice.mode === 'required';
  return choice?.type === 'required' || choice?.type === 'named';
}

function writeType(choice: ToolChoice, { names, neverForced, losses }: ChoiceContext): MutableJsonObject | null {
  if (neverForced && isForced(choice)) {
    losses.add({ field: 'tool_choice', kind: 'changed', why: 'This model cannot be forced to call a tool: it may.' });
    return { type: 'auto' };
  }
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { type: choice.type };
    case 'required':
      return { type: 'any' };
    case 'named':
      return { type: 'tool', name: names.write(choice.name) };
    case 'allowed':
      losses.add({
        field: 'tool_choice',
        kind: 'approximated',
        why: 'Messages has no subset of tools: the other tools are not declared.',
      });
      return { type: choice.mode === 'required' ? 'any' : 'auto' };
    case 'opaque':
      losses.add({ field: 'tool_choice', kind: 'dropped', why: `Only ${choice.protocol} has this tool choice.` });
      return null;
  }
}
