/** What a dialect says about reasoning, with the plain protocol's own habits where no vendor is named. */
import type { ReasoningControl } from '../../core/chat.ts';
import type { Json } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Dialect } from '../../core/protocol.ts';
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
  for (const key of ['budgetTokens', 'summary'] as const) {
    if (control[key] === undefined) continue;
    losses.add({ field: `reasoning.${key}`, kind: 'dropped', why: 'Chat completions steer reasoning by effort only.' });
  }
  const effort = control.effort ?? (control.enabled === false ? 'none' : undefined);
  if (effort === undefined) return null;
  const field = isPlainDialect(to) ? 'reasoning_effort' : to.reasoning.control;
  if (field === null) {
    losses.add({ field: 'reasoning_effort', kind: 'dropped', why: `${to.provider} has no control of reasoning.` });
    return null;
  }
  if (field === 'reasoning') return [field, { effort }];
  if (field !== 'thinking' && field !== 'enable_thinking') return [field, effort];
  const isOn = effort !== 'none';
  if (isOn)
    losses.add({
      field: 'reasoning_effort',
      kind: 'approximated',
      why: `${to.provider} only switches reasoning on or off.`,
    });
  return [field, field === 'thinking' ? { type: isOn ? 'enabled' : 'disabled' } : isOn];
}
