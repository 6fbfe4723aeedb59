/** xAI's Grok models. */
import { defineProvider } from '../src/core/provider.ts';
import { words } from './habits.ts';
import { US_EDITORIAL } from './places.ts';

/** Counts reasoning apart from completion tokens in chat answers; few of its models show or steer it. */
export const xai = defineProvider({
  id: 'xai',
  title: 'xAI',
  kind: 'hosted',
  protocols: ['openai-chat'],
  baseUrl: 'https://api.x.ai/v1',
  auth: { type: 'bearer' },
  quirks: { usageExcludesReasoning: true },
  reasoning: {
    field: 'reasoning_content',
    output: 'field',
    replay: 'never',
    ...words('reasoning_effort', 'none', 'low', 'medium', 'high'),
  },
  models: [
    { match: ['grok-3-mini*'], reasoning: words('reasoning_effort', 'low', 'high') },
    { match: ['grok-4.5*'], reasoning: words('reasoning_effort', 'low', 'medium', 'high') },
    {
      match: ['grok-4', 'grok-4-*', 'grok-4.20*', 'grok-code*'],
      quirks: { unsupported: ['frequency_penalty', 'presence_penalty', 'reasoning_effort', 'stop'] },
      reasoning: { control: null },
    },
  ],
  place: US_EDITORIAL,
  onDisconnect: 'cancel',
  docs: 'https://docs.x.ai/docs/guides/reasoning',
});
