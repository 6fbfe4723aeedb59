/** Endings that a language has no word for. */
import type { LossLog } from '../../core/loss.ts';
import type { FinishReason } from '../../core/usage.ts';

/** Records the vendor's own word for why an answer ended (`pause_turn`) where `written` says something else, or nothing. */
export function loseFinish({ unified, raw }: FinishReason, written: string | null, losses: LossLog): void {
  if (unified !== 'other' || raw === null || raw === written) return;
  const why =
    written === null
      ? 'There is no such word here: no reason is told.'
      : `There is no such word here: it says ${written}.`;
  losses.add({ field: 'choices[0].finish_reason', kind: 'approximated', why });
}
