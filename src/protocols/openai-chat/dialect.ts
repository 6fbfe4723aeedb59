/** What a dialect says about reasoning, with the plain protocol's own habits where no vendor is named. */
import type { ReasoningControl } from '../../core/chat.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Dialect, ReasoningSteering, Setting } from '../../core/protocol.ts';
import { isEffort, steer, steeringOf } from '../../wire/codec/steering.ts';
import { PROTOCOL } from './extra.ts';
import { askedControl } from './reasoning-control.ts';

/** True for the protocol itself (plainDialect), which has no vendor's habits: everything is written as the client wrote it. */
export function isPlainDialect(dialect: Dialect): boolean {
  return dialect.provider === PROTOCOL;
}

const PLAIN: ReasoningSteering = { effort: 'reasoning_effort' };

/** The settings that steer reasoning at this vendor. */
export function writeReasoning(
  control: ReasoningControl,
  bag: JsonObject,
  to: Dialect,
  losses: LossLog,
): readonly Setting[] {
  const asked = askedControl(bag);
  if (asked !== null && (isPlainDialect(to) || to.reasoning.control === 'reasoning')) return [['reasoning', asked]];
  if (!isPlainDialect(to)) return steer(control, to, losses);
  return steer(
    control,
    { ...to, reasoning: { ...to.reasoning, control: 'reasoning_effort', steering: PLAIN } },
    losses,
  );
}

/** True when the vendor takes `reasoning_effort` with this word as it stands; what it never heard of is its own to refuse. */
export function takesEffort(dialect: Dialect, word: Json | undefined): boolean {
  const steering = steeringOf(dialect);
  if (steering === null || !isEffort(word)) return true;
  const { effort, words, off, needsOn } = steering;
  if (effort !== 'reasoning_effort' || needsOn === true) return false;
  return word === 'none' && off !== undefined ? false : words === undefined || words.includes(word);
}
