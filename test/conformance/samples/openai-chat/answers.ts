/** Whole answers of chat completions in the plain protocol and its vendors' spellings. */
import type { Json, JsonObject } from '../../../../src/core/json.ts';
import type { ProtocolSamples } from '../../protocol.ts';

/** An answer with one choice. */
export function answer(message: JsonObject, finish: Json, more: JsonObject = {}, choice: JsonObject = {}): JsonObject {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'up-1',
    choices: [
      { index: 0, message: { role: 'assistant', ...message }, logprobs: null, finish_reason: finish, ...choice },
    ],
    ...more,
  };
}

/** A usage object. */
export const USAGE: JsonObject = {
  prompt_tokens: 10,
  completion_tokens: 6,
  total_tokens: 16,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 2 },
};

/** What can be read and written again. */
export const answers: ProtocolSamples['answers'] = [
  {
    name: 'text',
    body: answer({ content: 'Hi', refusal: null }, 'stop', {
      usage: USAGE,
      service_tier: 'default',
      system_fingerprint: 'fp',
    }),
  },
  { name: 'length', body: answer({ content: 'Hi' }, 'length') },
  { name: 'refusal', body: answer({ content: null, refusal: 'No.' }, 'stop') },
  {
    name: 'filtered',
    body: answer({ content: '' }, 'content_filter', {}, { content_filter_results: { hate: { filtered: true } } }),
  },
  {
    name: 'parallel calls',
    body: answer(
      {
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
          { id: 'b', index: 1, type: 'function', function: { name: 'g', arguments: '' }, extra_content: { s: 1 } },
          { id: 'c', type: 'custom', custom: { name: 'd', input: 'free' } },
        ],
      },
      'tool_calls',
    ),
  },
  {
    name: 'calls that say stop',
    body: answer({ content: 'x', tool_calls: [{ id: 'a', function: { name: 'f', arguments: '{}' } }] }, 'stop'),
  },
  {
    name: 'calls without ids',
    body: answer(
      { content: null, tool_calls: [{ function: { name: 'f', arguments: { x: 1 } } }, { function: { name: 'f' } }] },
      'tool_calls',
    ),
  },
  {
    name: 'legacy call',
    body: answer({ content: null, function_call: { name: 'f', arguments: '{}' } }, 'function_call'),
  },
  { name: 'reasoning_content', body: answer({ content: 'Hi', reasoning_content: 'Hm' }, 'stop') },
  {
    name: 'reasoning',
    body: answer(
      { content: 'Hi', reasoning: 'Hm', reasoning_details: [{ type: 'reasoning.text', text: 'Hm', signature: 's' }] },
      'stop',
      { provider: 'P' },
    ),
  },
  { name: 'both spellings', body: answer({ content: 'Hi', reasoning: 'Hm', reasoning_content: 'Hm' }, 'stop') },
  {
    name: 'thinking chunks',
    body: answer(
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'Hm' }] },
          { type: 'text', text: 'Hi' },
          { type: 'reference', reference_ids: [1] },
        ],
      },
      'stop',
    ),
  },
  {
    name: 'audio',
    body: answer({ content: null, audio: { id: 'au', data: 'AAAA', transcript: 'Hi', expires_at: 9 } }, 'stop'),
  },
  {
    name: 'logprobs',
    body: answer(
      { content: 'Hi' },
      'stop',
      {},
      { logprobs: { content: [{ token: 'Hi', logprob: -0.1, bytes: null, top_logprobs: [] }], refusal: null } },
    ),
  },
  {
    name: 'annotations',
    body: answer(
      { content: 'Hi', annotations: [{ type: 'url_citation', url_citation: { url: 'https://example.com' } }] },
      'stop',
      { citations: ['https://example.com'] },
    ),
  },
  { name: 'no finish reason', body: answer({ content: 'Hi' }, '', { id: '', system_fingerprint: null }) },
  {
    name: 'three answers',
    body: {
      ...answer({ content: 'a' }, 'stop'),
      choices: [2, 0, 1].map((index) => ({ index, message: { content: `c${index}` }, finish_reason: 'stop' })),
    },
  },
  {
    name: 'a delta beside the message',
    body: answer({ content: 'Hi' }, 'stop', {}, { delta: { role: 'assistant', content: '' } }),
  },
];
