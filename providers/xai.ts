/** xAI's Grok models. */
import { defineProvider } from '../src/core/provider.ts';

/** Counts reasoning apart from completion tokens in chat answers; few of its models show or steer it. */
export const xai = defineProvider({
  id: 'xai',
  title: 'xAI',
  kind: 'hosted',
  protocols: ['openai-chat'],
  baseUrl: 'https://api.x.ai/v1',
  auth: { type: 'bearer' },
  quirks: { usageExcludesReasoning: true },
  reasoning: { field: 'reasoning_content', output: 'field', replay: 'never', control: 'reasoning_effort' },
  onDisconnect: 'cancel',
  docs: 'https://docs.x.ai/docs/guides/reasoning',
});
