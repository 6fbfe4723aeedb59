/** Finish reasons: the words of this language for each kind, both ways. */
import type { FinishReason, UnifiedFinish } from '../../core/usage.ts';

const UNIFIED: ReadonlyMap<string, UnifiedFinish> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'content-filter'],
]);
/** Words of this language without a kind of their own; they are kept. */
const KEPT = new Set(['pause_turn', 'compaction']);

/** Reads `stop_reason`. An answer with calls that says `end_turn` or nothing (servers that are not Anthropic) ended for its calls. */
export function readFinish(raw: string | null, hasCalls: boolean): FinishReason {
  const unified = UNIFIED.get(raw ?? '') ?? 'other';
  if (hasCalls && (raw === 'end_turn' || raw === null)) return { unified: 'tool-calls', raw };
  return { unified, raw };
}

/**
 * Writes `stop_reason`; `refused` = the model's own words of refusal are in the answer. `other` without a word of this language
 * stays null. There is no word for `error`: whoever writes the answer writes an error in its place.
 */
export function writeFinish({ unified, raw }: FinishReason, refused: boolean): string | null {
  switch (unified) {
    case 'stop':
      if (refused) return 'refusal';
      return raw === 'stop_sequence' ? raw : 'end_turn';
    case 'length':
      return raw === 'model_context_window_exceeded' ? raw : 'max_tokens';
    case 'tool-calls':
      return 'tool_use';
    case 'content-filter':
      return 'refusal';
    case 'error':
    case 'other':
      return raw !== null && KEPT.has(raw) ? raw : null;
  }
}
