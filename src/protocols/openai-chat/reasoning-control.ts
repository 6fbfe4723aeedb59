/** `reasoning`, the object by which clients of OpenRouter steer: effort, tokens, on or off, shown or not. */
import type { ReasoningControl } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { isEffort } from '../../wire/codec/steering.ts';

const FITS: { readonly [key: string]: (value: Json | undefined) => boolean } = {
  effort: isEffort,
  max_tokens: (value) => Number.isInteger(value) && Number(value) > 0,
  enabled: (value) => typeof value === 'boolean',
  exclude: (value) => typeof value === 'boolean',
};

/** The control in a `reasoning` object; null where it says anything else too, or nothing. */
export function readControl(value: Json | undefined): ReasoningControl | null {
  if (!isJsonObject(value)) return null;
  const keys = Object.keys(value);
  if (keys.length === 0 || keys.some((key) => FITS[key]?.(value[key]) !== true)) return null;
  const { effort, max_tokens: tokens, enabled, exclude } = value;
  return {
    ...(isEffort(effort) ? { effort } : {}),
    ...(typeof tokens === 'number' ? { budgetTokens: tokens } : {}),
    ...(typeof enabled === 'boolean' ? { enabled } : {}),
    ...(exclude === true ? { summary: 'none' as const } : {}),
  };
}

/** The object that the client sent, where the control still is what it said. */
export function askedControl(bag: JsonObject): JsonObject | null {
  const asked = bag['#control'];
  return isJsonObject(asked) ? asked : null;
}
