/** Everything else that speaks the chat protocol, another Thalweg among it. */
import { defineProvider } from '../src/core/provider.ts';

/** The protocol as it is written, at the address that the operator gives. */
export const openaiCompatible = defineProvider({
  id: 'openai-compatible',
  title: 'OpenAI-compatible server',
  kind: 'self-hosted',
  protocols: ['openai-chat'],
  baseUrl: null,
  auth: { type: 'bearer' },
  // Both names occur in the wild; the more common one is read, and nothing is sent back that was not asked for.
  reasoning: {
    field: 'reasoning_content',
    output: 'field',
    replay: 'never',
    control: 'reasoning_effort',
    details: true,
  },
  onDisconnect: 'cancel',
  docs: 'https://platform.openai.com/docs/api-reference/chat/create',
});
