/** OpenAI and servers like it, spoken to through the Responses API. */
import { defineProvider } from '../src/core/provider.ts';
import { words } from './habits.ts';
import { OPENAI_PLACE } from './places.ts';

/** Asked of every other model, it is refused: https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items */
const include = ['reasoning.encrypted_content'];
const SAMPLING = ['temperature', 'top_logprobs', 'top_p'];

/** Reasoning comes as items, sealed or summarised; the codec knows them. */
export const openaiResponses = defineProvider({
  id: 'openai-responses',
  title: 'OpenAI (Responses)',
  kind: 'hosted',
  protocols: ['openai-responses'],
  baseUrl: 'https://api.openai.com/v1',
  auth: { type: 'bearer' },
  serves: ['count-tokens', 'compact', 'stored-responses', 'conversations'],
  quirks: { schemaTopWithout: ['allOf', 'anyOf', 'enum', 'not', 'oneOf'] },
  // Its own items go back as they came; other vendors' thoughts are refused.
  reasoning: { field: 'reasoning', output: 'field', replay: 'never', control: 'reasoning' },
  models: [
    { match: ['gpt-4*', 'gpt-3.5*', 'chatgpt-*'], reasoning: { control: null } },
    {
      match: ['o1*', 'o3*', 'o4*'],
      quirks: { unsupported: SAMPLING },
      reasoning: { include, ...words('reasoning.effort', 'low', 'medium', 'high') },
    },
    {
      match: ['gpt-5', 'gpt-5-*'],
      quirks: { unsupported: SAMPLING },
      reasoning: { include, ...words('reasoning.effort', 'minimal', 'low', 'medium', 'high') },
    },
    { match: ['gpt-5*', 'gpt-6*', 'codex-*'], reasoning: { include } },
  ],
  place: OPENAI_PLACE,
  // An abort stops generation and billing: https://openrouter.ai/docs/api-reference/streaming, "Stream Cancellation".
  onDisconnect: 'cancel',
  docs: 'https://platform.openai.com/docs/api-reference/responses',
});
