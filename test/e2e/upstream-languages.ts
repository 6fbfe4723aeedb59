/** What an upstream of each wire language answers: whole, streamed, and calling two tools; written by hand from the vendors' docs. */
import * as openai from './openai-frames.ts';

/** The answers of one language. */
export interface UpstreamLanguage {
  /** The provider row that speaks it. */
  readonly provider: string;
  /** Path below the base URL. */
  readonly path: string;
  readonly whole: object;
  readonly stream: readonly string[];
  readonly toolStream: readonly string[];
  /** A stream that breaks off with the vendor's own error after some content. */
  readonly errorStream: readonly string[];
}

/** The two calls of every tool answer. */
export const CALLS = [
  { id: 'call_a', name: 'weather', pieces: ['{"ci', 'ty":"Basel"}'] },
  { id: 'call_b', name: 'weather', pieces: ['{"city":', '"Bonn"}'] },
];

const WORDS = ['The ', 'Thal', 'weg.'];
const named = (type: string, more: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;

const MESSAGE = { id: 'msg_e2e', type: 'message', role: 'assistant', model: 'some-model', stop_sequence: null };
const MESSAGE_START = named('message_start', {
  message: { ...MESSAGE, content: [], stop_reason: null, usage: { input_tokens: 9, output_tokens: 1 } },
});

function messageEnd(stop_reason: string): string[] {
  return [
    named('message_delta', { delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 4 } }),
    named('message_stop', {}),
  ];
}

const textBlock = [
  named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  ...WORDS.map((text) => named('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
];

const toolBlocks = CALLS.flatMap(({ id, name, pieces }, index) => [
  named('content_block_start', { index, content_block: { type: 'tool_use', id, name, input: {} } }),
  ...pieces.map((partial_json) =>
    named('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json } }),
  ),
  named('content_block_stop', { index }),
]);

const RESPONSE = {
  id: 'resp_e2e',
  object: 'response',
  created_at: 1_763_856_000,
  model: 'some-model',
  error: null,
  incomplete_details: null,
};
const USAGE = {
  input_tokens: 9,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 4,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 13,
};
const SAID = { type: 'output_text', text: WORDS.join(''), annotations: [] };
const MESSAGE_ITEM = { type: 'message', id: 'msg_e2e', status: 'completed', role: 'assistant', content: [SAID] };
const CALL_ITEMS = CALLS.map(({ id, name, pieces }, i) => ({
  type: 'function_call',
  id: `fc_${i}`,
  call_id: id,
  name,
  arguments: pieces.join(''),
  status: 'completed',
}));

/** Numbers the events of a Responses stream. */
function numbered(events: readonly (readonly [type: string, more: object])[]): string[] {
  return events.map(([type, more], sequence_number) => named(type, { sequence_number, ...more }));
}

const responseBegin = [
  ['response.created', { response: { ...RESPONSE, status: 'in_progress', output: [], usage: null } }],
  ['response.in_progress', { response: { ...RESPONSE, status: 'in_progress', output: [], usage: null } }],
] as const;

const at = { item_id: 'msg_e2e', output_index: 0, content_index: 0 };
const responseText = [
  ...responseBegin,
  ['response.output_item.added', { output_index: 0, item: { ...MESSAGE_ITEM, status: 'in_progress', content: [] } }],
  ['response.content_part.added', { ...at, part: { ...SAID, text: '' } }],
  ...WORDS.map((delta) => ['response.output_text.delta', { ...at, delta, logprobs: [] }] as const),
] as const;

const responseCalls = CALLS.flatMap(({ pieces }, output_index) => {
  const item = CALL_ITEMS[output_index]!;
  const place = { item_id: item.id, output_index };
  return [
    ['response.output_item.added', { output_index, item: { ...item, arguments: '', status: 'in_progress' } }] as const,
    ...pieces.map((delta) => ['response.function_call_arguments.delta', { ...place, delta }] as const),
    ['response.function_call_arguments.done', { ...place, arguments: item.arguments, name: item.name }] as const,
    ['response.output_item.done', { output_index, item }] as const,
  ];
});

/** Every language that is spoken to upstreams. */
export const LANGUAGES: readonly UpstreamLanguage[] = [
  {
    provider: 'openai-compatible',
    path: '/chat/completions',
    whole: openai.completion(),
    stream: openai.streamOf(WORDS),
    toolStream: openai.toolStream(CALLS),
    errorStream: [
      ...openai.streamOf(WORDS).slice(0, 2),
      'data: {"error":{"message":"The server is overloaded","type":"server_error","code":503}}\n\n',
    ],
  },
  {
    provider: 'anthropic-compatible',
    path: '/messages',
    whole: {
      ...MESSAGE,
      content: [{ type: 'text', text: WORDS.join('') }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 9, output_tokens: 4 },
    },
    stream: [MESSAGE_START, ...textBlock, named('content_block_stop', { index: 0 }), ...messageEnd('end_turn')],
    toolStream: [MESSAGE_START, ...toolBlocks, ...messageEnd('tool_use')],
    errorStream: [
      MESSAGE_START,
      ...textBlock,
      named('error', { error: { type: 'overloaded_error', message: 'Overloaded' } }),
    ],
  },
  {
    provider: 'openai-responses',
    path: '/responses',
    whole: { ...RESPONSE, status: 'completed', output: [MESSAGE_ITEM], usage: USAGE },
    stream: numbered([
      ...responseText,
      ['response.output_text.done', { ...at, text: SAID.text, logprobs: [] }],
      ['response.content_part.done', { ...at, part: SAID }],
      ['response.output_item.done', { output_index: 0, item: MESSAGE_ITEM }],
      ['response.completed', { response: { ...RESPONSE, status: 'completed', output: [MESSAGE_ITEM], usage: USAGE } }],
    ]),
    toolStream: numbered([
      ...responseBegin,
      ...responseCalls,
      ['response.completed', { response: { ...RESPONSE, status: 'completed', output: CALL_ITEMS, usage: USAGE } }],
    ]),
    errorStream: numbered([
      ...responseText,
      ['error', { code: 'server_error', message: 'The server is overloaded', param: null }],
    ]),
  },
];
