/** OpenRouter: a market of providers behind one address. */
import { defineProvider } from '../src/core/provider.ts';
import { OPENROUTER_PLACE } from './places.ts';

/** Reasoning in `reasoning`, steered by an object of the same name; comments keep its streams alive. */
export const openrouter = defineProvider({
  id: 'openrouter',
  title: 'OpenRouter',
  kind: 'hosted',
  protocols: ['openai-chat'],
  baseUrl: 'https://openrouter.ai/api/v1',
  auth: { type: 'bearer' },
  quirks: { takesPreferences: true },
  reasoning: {
    field: 'reasoning',
    output: 'field',
    replay: 'field',
    control: 'reasoning',
    details: true,
    steering: {
      effort: 'reasoning.effort',
      budget: 'reasoning.max_tokens',
      on: ['reasoning.enabled', true],
      hide: ['reasoning.exclude', true],
    },
  },
  place: OPENROUTER_PLACE,
  // Whether an abort stops the bill depends on the provider behind: https://openrouter.ai/docs/api-reference/streaming
  onDisconnect: 'cancel',
  docs: 'https://openrouter.ai/docs/use-cases/reasoning-tokens',
});
