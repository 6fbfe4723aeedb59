/** Finish reasons: the words that chat vendors use, and the one word that is written for each kind. */
import type { FinishReason, UnifiedFinish } from '../../core/usage.ts';

const UNIFIED: ReadonlyMap<string, UnifiedFinish> = new Map([
  ['stop', 'stop'],
  ['eos', 'stop'],
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['model_length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['tool_use', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'content-filter'],
  ['safety', 'content-filter'],
  ['error', 'error'],
  ['insufficient_system_resource', 'error'],
]);

/**
 * Reads a finish reason. An answer with calls that says `stop`, says nothing (Snowflake Cortex) or says '' ended for its
 * calls: OpenAI itself says `stop` after a forced call, and agents of other protocols wait for the right word.
 */
export function readFinish(raw: string | null, hasCalls: boolean): FinishReason {
  const unified = UNIFIED.get(raw ?? '') ?? 'other';
  if (hasCalls && (unified === 'stop' || raw === null || raw === '')) return { unified: 'tool-calls', raw };
  return { unified, raw };
}

/** The word for a finish reason. The protocol has no word for `other` and `error`: the vendor's own is kept, else `stop`. */
export function writeFinish(finish: FinishReason): string {
  switch (finish.unified) {
    case 'stop':
      return 'stop';
    case 'length':
      return 'length';
    case 'tool-calls':
      return finish.raw === 'function_call' ? 'function_call' : 'tool_calls';
    case 'content-filter':
      return 'content_filter';
    case 'error':
      return 'error';
    case 'other':
      return finish.raw === null || finish.raw === '' ? 'stop' : finish.raw;
  }
}
