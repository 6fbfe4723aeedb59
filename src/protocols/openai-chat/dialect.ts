/** What a dialect says about reasoning, with the plain protocol's own habits where no vendor is named. */
import type { ReasoningControl, ReasoningEffort } from '../../core/chat.ts';
import type { Json } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Dialect } from '../../core/protocol.ts';
import { effortOfBudget } from '../../core/reasoning-effort.ts';
import { PROTOCOL } from './extra.ts';

/** True for the protocol itself (plainDialect), which has no vendor's habits: everything is written as the client wrote it. */
export function isPlainDialect(dialect: Dialect): boolean {
  return dialect.provider === PROTOCOL;
}

/**
 * The field that steers reasoning at this vendor, with its value; null when nothing can be said. Fields that only switch
 * (`thinking`, `enable_thinking`) lose the degree.
 */
export function writeReasoning(
  control: ReasoningControl,
  to: Dialect,
  losses: LossLog,
): readonly [string, Json] | null {
  const { enabled, budgetTokens, summary } = control;
  const why = 'Chat completions steer reasoning by effort only.';
  if (summary !== undefined) losses.add({ field: 'reasoning.summary', kind: 'dropped', why });
  const isTold = control.effort !== undefined || enabled === false;
  if (budgetTokens !== undefined) {
    losses.add({ field: 'reasoning.budgetTokens', kind: isTold ? 'dropped' : 'approximated', why });
  }
  const effort = enabled === false ? 'none' : (control.effort ?? wordFor(budgetTokens));
  const field = isPlainDialect(to) ? 'reasoning_effort' : to.reasoning.control;
  if (effort === undefined) return enabled === true ? switchOn(field) : null;
  if (field === null) {
    losses.add({ field: 'reasoning_effort', kind: 'dropped', why: `${to.provider} has no control of reasoning.` });
    return null;
  }
  if (field === 'reasoning') return [field, { effort }];
  const on = switchOn(field);
  if (on === null) return [field, effort];
  const isOn = effort !== 'none';
  if (isOn)
    losses.add({
      field: 'reasoning_effort',
      kind: 'approximated',
      why: `${to.provider} only switches reasoning on or off.`,
    });
  return isOn ? on : [field, field === 'thinking' ? { type: 'disabled' } : false];
}

function wordFor(budgetTokens: number | undefined): ReasoningEffort | undefined {
  return budgetTokens === undefined ? undefined : effortOfBudget(budgetTokens);
}

/** Reasoning on without a degree: said only where the vendor has a switch. */
function switchOn(field: string | null): readonly [string, Json] | null {
  if (field === 'thinking') return [field, { type: 'enabled' }];
  return field === 'enable_thinking' ? [field, true] : null;
}
