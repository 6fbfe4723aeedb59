/** llama.cpp's own server. */
import { defineProvider } from '../src/core/provider.ts';
import { template, words } from './habits.ts';

/** No default address: the server listens on port 8080 as this gateway does, which would call itself. */
export const llamaCpp = defineProvider({
  id: 'llama-cpp',
  title: 'llama.cpp server',
  kind: 'self-hosted',
  protocols: ['openai-chat'],
  baseUrl: null,
  auth: { type: 'bearer' },
  // Builds before 2026-02-23 ignore the new name: https://github.com/ggml-org/llama.cpp/pull/19831
  quirks: { rename: { max_completion_tokens: 'max_tokens' } },
  // Reasoning goes back in the same field: https://github.com/ggml-org/llama.cpp/pull/21249
  reasoning: {
    field: 'reasoning_content',
    output: 'field',
    replay: 'field',
    ...template('enable_thinking', 'thinking_budget_tokens'),
  },
  models: [
    { match: ['*gpt-oss*'], reasoning: words('chat_template_kwargs.reasoning_effort', 'low', 'medium', 'high') },
    { match: ['*deepseek-r1*'], reasoning: { control: null } },
  ],
  onDisconnect: 'cancel',
  docs: 'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md',
});
