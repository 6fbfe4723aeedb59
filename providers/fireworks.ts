/** Fireworks AI: open models, serverless and dedicated. */
import { defineProvider } from '../src/core/provider.ts';
import { words } from './habits.ts';
import { FIREWORKS_PLACE } from './places.ts';

/** Shows reasoning in `reasoning_content` and takes it back in history. */
export const fireworks = defineProvider({
  id: 'fireworks',
  title: 'Fireworks AI',
  kind: 'hosted',
  protocols: ['openai-chat'],
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  auth: { type: 'bearer' },
  reasoning: {
    field: 'reasoning_content',
    output: 'field',
    replay: 'field',
    ...words('reasoning_effort', 'none', 'low', 'medium', 'high', 'xhigh'),
  },
  place: FIREWORKS_PLACE,
  onDisconnect: 'cancel',
  docs: 'https://docs.fireworks.ai/guides/reasoning',
});
