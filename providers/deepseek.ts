/** DeepSeek's own API. */
import { defineProvider } from '../src/core/provider.ts';
import { DEEPSEEK_PLACE } from './places.ts';

/** Thinks by default; its reasoning must come back in turns with tools, or the request is refused. */
export const deepseek = defineProvider({
  id: 'deepseek',
  title: 'DeepSeek',
  kind: 'hosted',
  protocols: ['openai-chat'],
  baseUrl: 'https://api.deepseek.com',
  auth: { type: 'bearer' },
  // The reference knows `max_tokens` only: https://api-docs.deepseek.com/api/create-chat-completion
  quirks: { rename: { max_completion_tokens: 'max_tokens' } },
  reasoning: {
    field: 'reasoning_content',
    output: 'field',
    replay: 'field',
    control: 'reasoning_effort',
    steering: {
      effort: 'reasoning_effort',
      words: ['low', 'high', 'max'],
      on: ['thinking', { type: 'enabled' }],
      off: ['thinking', { type: 'disabled' }],
    },
  },
  // A forced call is refused while the model thinks: https://github.com/cloudwego/eino/issues/994
  models: [{ match: ['deepseek-reasoner*', 'deepseek-v4*'], quirks: { forcedTool: false } }],
  place: DEEPSEEK_PLACE,
  onDisconnect: 'cancel',
  docs: 'https://api-docs.deepseek.com/guides/thinking_mode',
});
