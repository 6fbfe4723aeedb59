/** Tells a vendor how hard to think, in the fields and words of its dialect; what it cannot be told is a Loss. */
import type { ReasoningControl, ReasoningEffort } from '../../core/chat.ts';
import { isJsonObject, type Json, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Dialect, ReasoningSteering, Setting } from '../../core/protocol.ts';
import { EFFORT_BUDGETS, effortOfBudget } from '../../core/reasoning-effort.ts';

/** The words of effort, least first. */
export const EFFORTS: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
const HIGH = EFFORTS.indexOf('high');

/** True for a word of ours. */
export function isEffort(value: Json | undefined): value is ReasoningEffort {
  return EFFORTS.includes(value as ReasoningEffort);
}

/**
 * The word of a vendor for a wish: itself, or the nearest; of two the one nearer to `high`, as vendors do that map words themselves.
 * `none` stands for no other word.
 * @param words not empty, other than `none` alone; absent = all
 */
export function nearestEffort(wish: ReasoningEffort, words: readonly ReasoningEffort[] = EFFORTS): ReasoningEffort {
  if (words.includes(wish)) return wish;
  const at = EFFORTS.indexOf(wish);
  const distance = (word: ReasoningEffort): number => {
    const place = EFFORTS.indexOf(word);
    return Math.abs(place - at) * EFFORTS.length + Math.abs(place - HIGH);
  };
  return words.filter((word) => word !== 'none').toSorted((a, b) => distance(a) - distance(b))[0] ?? wish;
}

/** How a dialect is steered; null = not at all. Without steering of its own its `control` takes every word. */
export function steeringOf({ reasoning: { control, steering } }: Dialect): ReasoningSteering | null {
  if (control === null) return null;
  return steering ?? { effort: control };
}

/** The settings that say a control. Where nothing can be said, the list is empty and the Loss is named. */
export function steer(control: ReasoningControl, to: Dialect, losses: LossLog): readonly Setting[] {
  const steering = steeringOf(to);
  if (steering === null) {
    // a model that cannot be steered thinks, or does not: switching on asks for nothing more
    if (Object.keys(control).every((key) => key === 'enabled') && control.enabled === true) return [];
    losses.add({ field: 'reasoning_effort', kind: 'dropped', why: `${to.provider} has no control of reasoning.` });
    return [];
  }
  const hidden = hide(control, steering, to, losses);
  const isOff = control.enabled === false || control.effort === 'none';
  return [...(isOff ? switchOff(control, steering, to, losses) : switchOn(control, steering, to, losses)), ...hidden];
}

function hide(
  { summary }: ReasoningControl,
  { hide: hidden }: ReasoningSteering,
  to: Dialect,
  losses: LossLog,
): Setting[] {
  if (summary === undefined) return [];
  if (summary === 'none' && hidden !== undefined) return [hidden];
  losses.add({
    field: 'reasoning.summary',
    kind: 'dropped',
    why: `${to.provider} has no word for how reasoning is shown.`,
  });
  return [];
}

function switchOff(control: ReasoningControl, steering: ReasoningSteering, to: Dialect, losses: LossLog): Setting[] {
  loseBudget(control, 'dropped', to, losses);
  const { effort, words = EFFORTS, off } = steering;
  if (off !== undefined) return [off];
  if (effort !== undefined && words.includes('none')) return [[effort, 'none']];
  const why = `${to.provider} cannot be told not to think.`;
  losses.add({ field: 'reasoning_effort', kind: effort === undefined ? 'dropped' : 'approximated', why });
  return effort === undefined ? [] : [[effort, nearestEffort('minimal', words)]];
}

function switchOn(control: ReasoningControl, steering: ReasoningSteering, to: Dialect, losses: LossLog): Setting[] {
  const { effort, words, budget, on, needsOn } = steering;
  const { budgetTokens } = control;
  const isWorded = control.effort !== undefined && effort !== undefined;
  if (budgetTokens !== undefined && budget !== undefined && !isWorded) {
    return [...(on === undefined ? [] : [on]), [budget, budgetTokens]];
  }
  loseBudget(control, control.effort === undefined ? 'approximated' : 'dropped', to, losses);
  const wish = control.effort ?? (budgetTokens === undefined ? undefined : effortOfBudget(budgetTokens));
  if (wish === undefined) return control.enabled === true && on !== undefined ? [on] : [];
  if (effort !== undefined) {
    const word = nearestEffort(wish, words);
    if (word !== wish) approximate(`${to.provider} takes ${word} for ${wish}.`, losses);
    return [...(needsOn === true && on !== undefined ? [on] : []), [effort, word]];
  }
  const switched: Setting[] = on === undefined ? [] : [on];
  if (budget !== undefined) {
    approximate(`${to.provider} takes a number of tokens in place of ${wish}.`, losses);
    return [...switched, [budget, EFFORT_BUDGETS[wish]]];
  }
  if (on === undefined)
    losses.add({ field: 'reasoning_effort', kind: 'dropped', why: `${to.provider} only switches it off.` });
  else approximate(`${to.provider} only switches reasoning on or off.`, losses);
  return switched;
}

function approximate(why: string, losses: LossLog): void {
  losses.add({ field: 'reasoning_effort', kind: 'approximated', why });
}

function loseBudget(
  { budgetTokens }: ReasoningControl,
  kind: 'dropped' | 'approximated',
  to: Dialect,
  losses: LossLog,
): void {
  if (budgetTokens === undefined) return;
  losses.add({ field: 'reasoning.budgetTokens', kind, why: `${to.provider} steers reasoning by effort only.` });
}

/** Puts settings into a body; objects on the way are kept with what the client put there. */
export function applySettings(body: MutableJsonObject, settings: readonly Setting[]): void {
  for (const [path, value] of settings) {
    const names = path.split('.');
    const last = names.pop()!;
    let at = body;
    for (const name of names) {
      const inner: MutableJsonObject = isJsonObject(at[name]) ? { ...at[name] } : {};
      at[name] = inner;
      at = inner;
    }
    at[last] = value;
  }
}
