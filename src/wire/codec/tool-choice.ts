/** Which tool must, may or must not be called, in the words that both languages of OpenAI have for it. */
import type { ProtocolId, ToolChoice } from '../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { invalid } from './field.ts';

/** How a language names a tool and a subset of tools. */
export interface ChoiceForms {
  readonly protocol: ProtocolId;
  /** The name in an object that names a function and says nothing more; null = it is none. */
  nameOf(this: void, value: JsonObject): string | null;
  /** The object with `mode` and `tools` of an `allowed_tools` choice that says nothing more; null = it does. */
  subsetIn(this: void, value: JsonObject): JsonObject | null;
}

/** Reads `tool_choice`: the plain words, a named function, a subset of functions; anything else is carried whole. */
export function readToolChoice(value: Json, { protocol, nameOf, subsetIn }: ChoiceForms): ToolChoice {
  if (value === 'auto' || value === 'none' || value === 'required') return { type: value };
  if (typeof value !== 'string' && !isJsonObject(value)) {
    throw invalid('tool_choice', '"auto", "none", "required" or an object that names a tool');
  }
  if (isJsonObject(value)) {
    const name = nameOf(value);
    if (name !== null) return { type: 'named', name };
    const subset = value['type'] === 'allowed_tools' ? subsetIn(value) : null;
    const allowed = subset === null ? null : readAllowed(subset, nameOf);
    if (allowed !== null) return allowed;
  }
  return { type: 'opaque', protocol, value };
}

function readAllowed({ mode, tools }: JsonObject, nameOf: ChoiceForms['nameOf']): ToolChoice | null {
  if (!isJsonArray(tools) || (mode !== 'auto' && mode !== 'required')) return null;
  const names = tools.map((tool) => (isJsonObject(tool) ? nameOf(tool) : null)).filter((name) => name !== null);
  return names.length === tools.length ? { type: 'allowed', mode, names } : null;
}
