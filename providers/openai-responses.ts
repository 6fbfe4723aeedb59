/** OpenAI and servers like it, spoken to through the Responses API. */
import { defineProvider } from '../src/core/provider.ts';

/** Reasoning comes as items, sealed or summarised; the codec knows them. */
export const openaiResponses = defineProvider({
  id: 'openai-responses',
  title: 'OpenAI (Responses)',
  kind: 'hosted',
  protocols: ['openai-responses'],
  baseUrl: 'https://api.openai.com/v1',
  auth: { type: 'bearer' },
  serves: ['count-tokens', 'compact', 'stored-responses', 'conversations'],
  reasoning: { field: 'reasoning', output: 'field', replay: 'field', control: 'reasoning' },
  // An abort stops generation and billing: https://openrouter.ai/docs/api-reference/streaming, "Stream Cancellation".
  onDisconnect: 'cancel',
  docs: 'https://platform.openai.com/docs/api-reference/responses',
});
