/** Other servers that speak the Messages protocol. */
import { defineProvider } from '../src/core/provider.ts';

/** The protocol as it is written, at the address that the operator gives. */
export const anthropicCompatible = defineProvider({
  id: 'anthropic-compatible',
  title: 'Anthropic-compatible server',
  kind: 'self-hosted',
  protocols: ['anthropic-messages'],
  baseUrl: null,
  auth: { type: 'header', name: 'x-api-key' },
  serves: ['count-tokens'],
  reasoning: { field: 'thinking', output: 'field', replay: 'field', control: 'thinking' },
  onDisconnect: 'cancel',
  docs: 'https://docs.claude.com/en/api/messages',
});
