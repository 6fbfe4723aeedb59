/** LM Studio's local server. */
import { defineProvider } from '../src/core/provider.ts';

/** Since version 0.3.23 reasoning stands in `reasoning`; older ones leave it in the text. */
export const lmStudio = defineProvider({
  id: 'lm-studio',
  title: 'LM Studio',
  kind: 'self-hosted',
  protocols: ['openai-chat'],
  baseUrl: 'http://127.0.0.1:1234/v1',
  auth: { type: 'bearer' },
  // The list of supported parameters has `max_tokens` only: https://lmstudio.ai/docs/app/api/endpoints/openai
  quirks: { rename: { max_completion_tokens: 'max_tokens' } },
  reasoning: { field: 'reasoning', output: 'field', replay: 'never', control: null },
  onDisconnect: 'cancel',
  docs: 'https://lmstudio.ai/docs/app/api-changelog',
});
