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
  ['recitation', 'content-filter'],
  ['blocklist', 'content-filter'],
  ['prohibited_content', 'content-filter'],
  ['spii', 'content-filter'],
  ['error', 'error'],
  ['insufficient_system_resource', 'error'],
]);

/** Calls that the model could not write (Gemini, also as `function_call_filter: MALFORMED_FUNCTION_CALL`; Bedrock). */
const SPOILT = /(malformed|unexpected|too_many)_(function_call|tool_(calls?|use)|model_output)/;

function unifiedOf(raw: string | null): UnifiedFinish {
  const word = (raw ?? '').toLowerCase();
  return UNIFIED.get(word) ?? (SPOILT.test(word) ? 'error' : 'other');
}

/**
 * Reads a finish reason, in either case: gateways hand Gemini's on as they are. An answer with calls that says `stop`, says nothing (Snowflake Cortex) or says '' ended for its
 * calls: OpenAI itself says `stop` after a forced call, and agents of other protocols wait for the right word.
 */
export function readFinish(raw: string | null, hasCalls: boolean): FinishReason {
  const unified = unifiedOf(raw);
  if (hasCalls && (unified === 'stop' || raw === null || raw === '')) return { unified: 'tool-calls', raw };
  return { unified, raw };
}

/** The word for a finish reason. Where this protocol has none the vendor's own is kept, and what was not told stays null. */
export function writeFinish({ unified, raw }: FinishReason): string | null {
  switch (unified) {
    case 'stop':
    case 'length':
    case 'error':
      return unified;
    case 'tool-calls':
      return raw === 'function_call' ? raw : 'tool_calls';
    case 'content-filter':
      return 'content_filter';
    case 'other':
      return raw;
  }
}
