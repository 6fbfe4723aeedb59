/** OpenAI: the protocol's own vendor, so there is nothing to declare but its address. */
import { defineProvider } from '../src/core/provider.ts';

/** Reasoning stays hidden in chat answers; `reasoning_effort` steers it. */
export const openai = defineProvider({
  id: 'openai',
  title: 'OpenAI',
  kind: 'hosted',
  protocols: ['openai-chat'],
  baseUrl: 'https://api.openai.com/v1',
  auth: { type: 'bearer' },
  reasoning: { field: null, output: 'none', replay: 'never', control: 'reasoning_effort' },
  // An abort stops generation and billing: https://openrouter.ai/docs/api-reference/streaming, "Stream Cancellation".
  onDisconnect: 'cancel',
  docs: 'https://platform.openai.com/docs/api-reference/chat/create',
});
