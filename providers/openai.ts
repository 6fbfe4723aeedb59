/** OpenAI: the protocol's own vendor; its reasoning models refuse what older ones take. */
import { defineProvider } from '../src/core/provider.ts';
import { OPENAI_MODELS, OPENAI_QUIRKS } from './openai-models.ts';
import { OPENAI_PLACE } from './places.ts';

/** Reasoning stays hidden in chat answers; `reasoning_effort` steers it: https://platform.openai.com/docs/guides/reasoning */
export const openai = defineProvider({
  id: 'openai',
  title: 'OpenAI',
  kind: 'hosted',
  protocols: ['openai-chat'],
  baseUrl: 'https://api.openai.com/v1',
  auth: { type: 'bearer' },
  quirks: OPENAI_QUIRKS,
  reasoning: { field: null, output: 'none', replay: 'never', control: 'reasoning_effort' },
  models: OPENAI_MODELS,
  place: OPENAI_PLACE,
  // An abort stops generation and billing: https://openrouter.ai/docs/api-reference/streaming, "Stream Cancellation".
  onDisconnect: 'cancel',
  docs: 'https://platform.openai.com/docs/api-reference/chat/create',
});
