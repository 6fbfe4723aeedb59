/** Whole answers of the Messages API. */
import type { JsonObject } from '../../../../src/core/json.ts';
import type { ProtocolSamples } from '../../protocol.ts';

/** Token counts as Anthropic sends them. */
export const USAGE: JsonObject = {
  input_tokens: 10,
  cache_creation_input_tokens: 4,
  cache_read_input_tokens: 6,
  cache_creation: { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 0 },
  output_tokens: 7,
  output_tokens_details: { thinking_tokens: 3 },
  service_tier: 'standard',
};

/** An answer. */
export function answer(content: readonly JsonObject[], stop: string | null, more: JsonObject = {}): JsonObject {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content,
    stop_reason: stop,
    stop_sequence: null,
    usage: USAGE,
    ...more,
  };
}

/** A text block. */
export const text = (words: string, more: JsonObject = {}): JsonObject => ({ type: 'text', text: words, ...more });

/** A call. */
export const call = (id: string, name: string, input: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'tool_use',
  id,
  name,
  input,
  ...more,
});

/** A place in a source. */
export const CITATION: JsonObject = { type: 'web_search_result_location', cited_text: 'x', url: 'https://example.com' };

/** A hosted search and what it found. */
export const SEARCH: readonly JsonObject[] = [
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
  { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [{ type: 'web_search_result', title: 'X' }] },
];

/** What can be read and written again. */
export const answers: ProtocolSamples['answers'] = [
  { name: 'text', body: answer([text('Hi')], 'end_turn', { stop_details: null, container: null }) },
  { name: 'length', body: answer([text('Hi')], 'max_tokens') },
  { name: 'window', body: answer([text('Hi')], 'model_context_window_exceeded') },
  { name: 'stop sequence', body: answer([text('Hi')], 'stop_sequence', { stop_sequence: 'END' }) },
  {
    name: 'refusal',
    body: answer([], 'refusal', { stop_details: { type: 'refusal', category: 'cyber', explanation: 'No.' } }),
  },
  { name: 'pause', body: answer([...SEARCH], 'pause_turn') },
  {
    name: 'thinking and parallel calls',
    body: answer(
      [
        { type: 'thinking', thinking: 'Hm', signature: 'c2ln' },
        text('So'),
        call('toolu_1', 'f', { x: 1 }, { caller: { type: 'direct' } }),
        call('toolu_2', 'g', {}),
      ],
      'tool_use',
    ),
  },
  {
    name: 'thinking that is not shown',
    body: answer(
      [
        { type: 'thinking', thinking: '', signature: 'c2ln' },
        { type: 'redacted_thinking', data: 'ZGF0YQ' },
        text('Hi'),
      ],
      'end_turn',
    ),
  },
  {
    name: 'thinking without a signature',
    body: answer([{ type: 'thinking', thinking: 'Hm', signature: '' }, text('Hi')], 'end_turn'),
  },
  {
    name: 'search with citations',
    body: answer([...SEARCH, text('a', { citations: [CITATION] }), text('b', { citations: null })], 'end_turn', {
      container: { id: 'container_1', expires_at: '2026-11-23T00:00:00Z' },
    }),
  },
  { name: 'a call that says end_turn', body: answer([call('toolu_1', 'f', {})], 'end_turn') },
  { name: 'unknown fields', body: answer([text('Hi')], 'end_turn', { vendor_field: { a: 1 } }) },
  {
    name: 'counts of another server',
    body: answer([text('Hi')], 'end_turn', { usage: { input_tokens: 3, output_tokens: 1 } }),
  },
];
