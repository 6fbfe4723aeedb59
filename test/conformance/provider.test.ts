/** Every row of the catalogue against the suite. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { anthropicMessages } from '../../src/protocols/anthropic-messages/index.ts';
import { openaiChat } from '../../src/protocols/openai-chat/index.ts';
import { openaiResponses } from '../../src/protocols/openai-responses/index.ts';
import { describeProvider, type ProviderProtocol } from './provider.ts';

const folder = join(import.meta.dirname, '../../providers');
const files = readdirSync(folder)
  .map((name) => basename(name, '.ts'))
  .filter((name) => !['index', 'price-book', 'habits', 'places', 'peak-prices', 'openai-models'].includes(name));

/** `CreateChatCompletionRequest` of OpenAI's published OpenAPI document (github.com/openai/openai-openapi, MIT). */
const FIELDS =
  'audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages metadata modalities model moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options';

const openaiChatProtocol: ProviderProtocol = {
  codec: openaiChat,
  fields: new Set(FIELDS.split(' ')),
  fullest: {
    model: 'm',
    messages: [
      { role: 'user', content: 'What is the weather?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_0123456789abcdef', type: 'function', function: { name: 'weather', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'call_0123456789abcdef', content: 'Rain.' },
    ],
    tools: [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }],
    tool_choice: 'auto',
    stream: true,
    stream_options: { include_usage: true },
    max_completion_tokens: 100,
    seed: 7,
    n: 2,
    frequency_penalty: 0.5,
    presence_penalty: 0.5,
    logit_bias: { '1': 1 },
    logprobs: true,
    top_logprobs: 2,
    parallel_tool_calls: true,
    service_tier: 'auto',
    reasoning_effort: 'low',
    user: 'u',
    store: true,
    verbosity: 'low',
    web_search_options: {},
    modalities: ['text'],
  },
  callIds: ({ messages }) => {
    const turns = messages as readonly { tool_calls?: readonly { id: string }[]; tool_call_id?: string }[];
    return turns.flatMap(({ tool_calls = [], tool_call_id }) => [
      ...tool_calls.map(({ id }) => id),
      ...(tool_call_id === undefined ? [] : [tool_call_id]),
    ]);
  },
};

const CALL_ID = 'call_0123456789abcdef';

const messagesBody = {
  model: 'm',
  max_tokens: 8_000,
  stream: true,
  thinking: { type: 'enabled', budget_tokens: 2_000 },
  tools: [{ name: 'weather', input_schema: { type: 'object' } }],
  messages: [
    { role: 'user', content: 'What is the weather?' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Look.', signature: 'c2lnbmVk' },
        { type: 'tool_use', id: CALL_ID, name: 'weather', input: {} },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: CALL_ID, content: 'Rain.' }] },
  ],
};

const responsesBody = {
  model: 'm',
  max_output_tokens: 100,
  stream: true,
  store: false,
  reasoning: { effort: 'low' },
  tools: [{ type: 'function', name: 'weather', parameters: { type: 'object' }, strict: false }],
  input: [
    { role: 'user', content: 'What is the weather?' },
    { type: 'function_call', call_id: CALL_ID, name: 'weather', arguments: '{}' },
    { type: 'function_call_output', call_id: CALL_ID, output: 'Rain.' },
  ],
};

const PROTOCOLS: readonly ProviderProtocol[] = [
  openaiChatProtocol,
  {
    codec: anthropicMessages,
    fields: new Set(Object.keys(messagesBody)),
    fullest: messagesBody,
    callIds: ({ messages }) =>
      (messages as typeof messagesBody.messages).flatMap(({ content }) =>
        typeof content === 'string'
          ? []
          : content.flatMap((part) => ('id' in part ? [part.id] : 'tool_use_id' in part ? [part.tool_use_id] : [])),
      ),
  },
  {
    codec: openaiResponses,
    fields: new Set(Object.keys(responsesBody)),
    fullest: responsesBody,
    callIds: ({ input }) => (input as typeof responsesBody.input).flatMap(({ call_id }) => call_id ?? []),
  },
];

describe('the catalogue', () => {
  it('has one row per file and no other', () => {
    expect([...catalogue.keys()].toSorted()).toEqual(files.toSorted());
    expect([...catalogue].every(([id, row]) => row.id === id)).toBe(true);
  });

  it('has the vendors and servers of the plan', () => {
    const planned =
      'anthropic anthropic-compatible azure-openai cerebras dashscope deepseek embedded fireworks groq llama-cpp lm-studio mistral nvidia-nim ollama openai openai-compatible openai-responses openrouter sambanova sglang together vllm xai';
    expect([...catalogue.keys()].toSorted()).toEqual(planned.split(' '));
  });

  it('has no address twice in one language', () => {
    const rows = [...catalogue.values()].filter(({ baseUrl }) => baseUrl !== null);
    const urls = rows.map(({ baseUrl, protocols }) => `${baseUrl} ${protocols[0]}`);
    expect(new Set(urls).size).toBe(urls.length);
  });

  it('never points at the address that the gateway itself listens on by default', () => {
    expect([...catalogue.values()].filter(({ baseUrl }) => baseUrl?.includes(':8080'))).toEqual([]);
  });
});

for (const [file, row] of catalogue) {
  const protocol = PROTOCOLS.find(({ codec }) => codec.id === row.protocols[0]) ?? openaiChatProtocol;
  describeProvider({ row, file, source: readFileSync(join(folder, `${file}.ts`), 'utf8') }, protocol);
}
