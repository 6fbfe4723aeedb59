/** The control of reasoning: `thinking` and `output_config.effort` of this language, one control in the block model. */
import type { ReasoningControl, ReasoningEffort } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import { isEmpty, unknownFields } from '../../wire/codec/extra.ts';
import { LIMITS, optionalInteger, requireObject, requireText } from '../../wire/codec/field.ts';

type Draft = { -readonly [K in keyof ReasoningControl]: ReasoningControl[K] };

const KNOWN = new Set(['type', 'budget_tokens']);

/**
 * Reads `thinking` (undefined = absent) and the effort beside it. Hints: `#thinking` the type where two types mean the same,
 * `#display`, `#effort` where an effort stands beside switched-off thinking; further fields of `thinking` go into the bag under
 * that name. undefined when nothing was asked.
 */
export function readThinking(
  value: Json | undefined,
  effort: ReasoningEffort | undefined,
  bag: MutableJsonObject,
): ReasoningControl | undefined {
  const control: Draft = {};
  if (value !== undefined) readSwitch(requireObject(value, 'thinking'), control, bag);
  if (effort !== undefined) {
    if (control.enabled === false) bag['#effort'] = effort;
    else control.effort = effort;
  }
  return isEmpty({ ...control }) ? undefined : control;
}

function readSwitch(thinking: JsonObject, control: Draft, bag: MutableJsonObject): void {
  const type = requireText(thinking['type'], 'thinking.type', '"enabled", "adaptive" or "disabled"');
  const budget = optionalInteger(thinking['budget_tokens'], 'thinking.budget_tokens', 1, LIMITS.tokens);
  const rest = unknownFields(thinking, budget === null ? new Set(['type']) : KNOWN);
  control.enabled = type !== 'disabled';
  if (budget !== null) control.budgetTokens = budget;
  if (type !== defaultType(control)) bag['#thinking'] = type;
  const { display } = thinking;
  if (display === 'omitted' || display === 'summarized') {
    control.summary = display === 'omitted' ? 'none' : 'auto';
    delete rest['display'];
  }
  if (!isEmpty(rest)) bag['thinking'] = rest;
}

/** The type that a control has where no hint says otherwise. */
export function defaultType(control: ReasoningControl): 'enabled' | 'adaptive' | 'disabled' {
  if (control.enabled === false) return 'disabled';
  return control.budgetTokens === undefined ? 'adaptive' : 'enabled';
}

const EFFORTS = new Set<Json | undefined>(['low', 'medium', 'high', 'xhigh', 'max']);

/** True for a word that this language and the block model share. */
export function isEffort(value: Json | undefined): value is ReasoningEffort {
  return EFFORTS.has(value);
}

/** `thinking` of the given type with what the client said beside it. */
export function thinkingOf(type: string, control: ReasoningControl, budget: number | undefined, bag: Json): JsonObject {
  const body: MutableJsonObject = { type, ...(isJsonObject(bag) ? bag : {}) };
  if (budget !== undefined) body['budget_tokens'] = budget;
  if (control.summary !== undefined) body['display'] = control.summary === 'none' ? 'omitted' : 'summarized';
  return body;
}
