/** Together AI: open models, serverless and dedicated. */
import { defineProvider } from '../src/core/provider.ts';
import { TAGS } from './habits.ts';
import { US_EDITORIAL } from './places.ts';

/** Reasoning in a field of its own; `reasoning_effort` where the model has levels. */
export const together = defineProvider({
  id: 'together',
  title: 'Together AI',
  kind: 'hosted',
  protocols: ['openai-chat'],
  baseUrl: 'https://api.together.xyz/v1',
  auth: { type: 'bearer' },
  // The reference knows `max_tokens` only: https://docs.together.ai/reference/chat-completions-1
  quirks: { rename: { max_completion_tokens: 'max_tokens' } },
  reasoning: {
    field: 'reasoning',
    output: 'field',
    replay: 'never',
    control: 'reasoning_effort',
    steering: {
      effort: 'reasoning_effort',
      words: ['low', 'medium', 'high'],
      on: ['reasoning', { enabled: true }],
      off: ['reasoning', { enabled: false }],
    },
  },
  models: [{ match: ['deepseek-ai/deepseek-r1*'], reasoning: { ...TAGS, control: null } }],
  place: US_EDITORIAL,
  onDisconnect: 'cancel',
  docs: 'https://docs.together.ai/docs/inference/chat/reasoning',
});
