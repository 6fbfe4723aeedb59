/** Every row of the catalogue against the suite. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { openaiChat } from '../../src/protocols/openai-chat/index.ts';
import { describeProvider, type ProviderProtocol } from './provider.ts';

const folder = join(import.meta.dirname, '../../providers');
const files = readdirSync(folder)
  .map((name) => basename(name, '.ts'))
  .filter((name) => name !== 'index' && name !== 'price-book');

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
};

describe('the catalogue', () => {
  it('has one row per file and no other', () => {
    expect([...catalogue.keys()].toSorted()).toEqual(files.toSorted());
    expect([...catalogue].every(([id, row]) => row.id === id)).toBe(true);
  });

  it('has the vendors and servers of the plan', () => {
    const planned =
      'cerebras dashscope deepseek fireworks groq llama-cpp lm-studio mistral nvidia-nim ollama openai openai-compatible openrouter sambanova sglang together vllm xai';
    expect([...catalogue.keys()].toSorted()).toEqual(planned.split(' '));
  });

  it('has no address twice', () => {
    const urls = [...catalogue.values()].map(({ baseUrl }) => baseUrl).filter((url) => url !== null);
    expect(new Set(urls).size).toBe(urls.length);
  });

  it('never points at the address that the gateway itself listens on by default', () => {
    expect([...catalogue.values()].filter(({ baseUrl }) => baseUrl?.includes(':8080'))).toEqual([]);
  });
});

for (const [file, row] of catalogue) {
  describeProvider({ row, file, source: readFileSync(join(folder, `${file}.ts`), 'utf8') }, openaiChatProtocol);
}
