/** Whole answers of the Responses language in OpenAI's own shape and its vendors'. */
import type { Json, JsonObject } from '../../../../src/core/json.ts';
import type { ProtocolSamples } from '../../protocol.ts';

/** A usage object. */
export const USAGE: JsonObject = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 6,
  output_tokens_details: { reasoning_tokens: 2 },
  total_tokens: 16,
};

/** An answer with these output items. */
export function answer(output: readonly Json[], more: JsonObject = {}): JsonObject {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: 'Be brief.',
    max_output_tokens: null,
    model: 'up-1',
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: 'low', summary: null },
    service_tier: 'default',
    store: false,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    truncation: 'disabled',
    usage: USAGE,
    user: null,
    metadata: {},
    ...more,
  };
}

/** As `answer`, with little more than what every answer must have: streams are cut at every byte. */
export function slimAnswer(output: readonly Json[], more: JsonObject = {}): JsonObject {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: null,
    model: 'up-1',
    output,
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    usage: USAGE,
    ...more,
  };
}

/** A text of a message. */
export function outputText(text: string, more: JsonObject = {}): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: [], ...more };
}

/** A message item. */
export function message(content: readonly Json[], more: JsonObject = {}): JsonObject {
  return { id: 'msg_1', type: 'message', status: 'completed', role: 'assistant', content, ...more };
}

/** A function call item. */
export function call(n: number, name: string, args: Json, more: JsonObject = {}): JsonObject {
  return {
    id: `fc_${n}`,
    type: 'function_call',
    status: 'completed',
    call_id: `call_${n}`,
    name,
    arguments: args,
    ...more,
  };
}

/** A reasoning item. */
export function reasoning(more: JsonObject = {}): JsonObject {
  return { id: 'rs_1', type: 'reasoning', summary: [], ...more };
}

/** A summary of reasoning. */
export function summary(text: string): JsonObject {
  return { type: 'summary_text', text };
}

/** A hosted tool's call. */
export const SEARCH: JsonObject = {
  id: 'ws_1',
  type: 'web_search_call',
  status: 'completed',
  action: { type: 'search', query: 'weather' },
};

const CITATION = { type: 'url_citation', start_index: 0, end_index: 2, url: 'https://example.com', title: 'T' };
const LOGPROB = { token: 'Hi', logprob: -0.1, bytes: [72], top_logprobs: [] };

/** What can be read and written again. */
export const answers: ProtocolSamples['answers'] = [
  { name: 'text', body: answer([message([outputText('Hi')])]) },
  { name: 'nothing at all', body: answer([]) },
  { name: 'several texts in one item', body: answer([message([outputText('a'), outputText('b')])]) },
  {
    name: 'several items',
    body: answer([message([outputText('a')], { phase: 'commentary' }), message([outputText('b')], { id: 'msg_2' })]),
  },
  { name: 'an empty message', body: answer([message([], { status: 'incomplete' })], { status: 'incomplete' }) },
  {
    name: 'length',
    body: answer([message([outputText('Hi')], { status: 'incomplete' })], {
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    }),
  },
  {
    name: 'filtered',
    body: answer([message([outputText('Hi')])], {
      status: 'incomplete',
      incomplete_details: { reason: 'content_filter' },
      content_filters: [{ blocked: true }],
    }),
  },
  {
    name: 'incomplete for a reason nobody knows',
    body: answer([message([outputText('Hi')])], { status: 'incomplete', incomplete_details: { reason: 'moon' } }),
  },
  { name: 'cancelled', body: answer([], { status: 'cancelled', background: true }) },
  { name: 'queued', body: answer([], { status: 'queued', background: true, usage: null }) },
  { name: 'refusal', body: answer([message([{ type: 'refusal', refusal: 'No.' }])]) },
  {
    name: 'citations and log probabilities',
    body: answer([message([outputText('Hi', { annotations: [CITATION], logprobs: [LOGPROB] })])]),
  },
  {
    name: 'parallel calls, a namespace, a custom tool',
    body: answer([
      call(1, 'f', '{"x":1}'),
      call(2, 'g', '', { namespace: 'crm' }),
      {
        id: 'ctc_3',
        type: 'custom_tool_call',
        status: 'completed',
        call_id: 'call_3',
        name: 'patch',
        input: '*** Begin',
      },
    ]),
  },
  {
    name: 'a call that was cut off',
    body: answer([call(1, 'f', '{"x', { status: 'incomplete' })], {
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
    }),
  },
  {
    name: 'sealed reasoning with summaries',
    body: answer([
      reasoning({ summary: [summary('One.'), summary('Two.')], encrypted_content: 'gAAA', status: 'completed' }),
      message([outputText('Hi')]),
    ]),
  },
  {
    name: 'sealed reasoning without a word',
    body: answer([reasoning({ encrypted_content: 'gAAA' }), call(1, 'f', '{}')]),
  },
  {
    name: 'DeepSeek: raw reasoning',
    body: answer([
      reasoning({ content: [{ type: 'reasoning_text', text: 'Hm' }], encrypted_content: null }),
      message([outputText('Hi')]),
    ]),
  },
  {
    name: 'a summary beside the full text',
    body: answer([
      reasoning({ summary: [summary('Short.')], content: [{ type: 'reasoning_text', text: 'Long.' }] }),
      message([outputText('Hi')]),
    ]),
  },
  {
    name: 'hosted tools between reasoning',
    body: answer([
      reasoning({ encrypted_content: 'gA' }),
      SEARCH,
      reasoning({ id: 'rs_2', encrypted_content: 'gB' }),
      {
        id: 'mcp_1',
        type: 'mcp_call',
        name: 'f',
        server_label: 's',
        arguments: '{}',
        output: 'x',
        error: null,
        status: 'completed',
      },
      message([outputText('Hi')]),
      { id: 'cmp_1', type: 'compaction', encrypted_content: 'gC' },
    ]),
  },
  {
    name: 'a uuid as id, no time, no usage',
    body: answer([message([outputText('Hi')])], { id: 'b5-1', created_at: 0, usage: null }),
  },
];
