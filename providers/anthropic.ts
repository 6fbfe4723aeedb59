/** Anthropic: the Messages protocol's own vendor. */
import { defineProvider } from '../src/core/provider.ts';
import { ANTHROPIC_PLACE } from './places.ts';

/** Thinking comes as blocks with signatures, which only Anthropic can read again; the codec knows them. */
export const anthropic = defineProvider({
  id: 'anthropic',
  title: 'Anthropic',
  kind: 'hosted',
  protocols: ['anthropic-messages'],
  baseUrl: 'https://api.anthropic.com/v1',
  auth: { type: 'header', name: 'x-api-key' },
  serves: ['count-tokens'],
  // https://docs.claude.com/en/docs/agents-and-tools/tool-use/implement-tool-use
  quirks: { schemaTopWithout: ['allOf', 'anyOf', 'oneOf'] },
  // Signatures hold across accounts and platforms: https://docs.claude.com/en/docs/build-with-claude/extended-thinking
  reasoning: { field: 'thinking', output: 'field', replay: 'field', control: 'thinking', seal: 'vendor' },
  place: ANTHROPIC_PLACE,
  // An abort stops generation and billing: https://openrouter.ai/docs/api-reference/streaming, "Stream Cancellation".
  onDisconnect: 'cancel',
  docs: 'https://docs.claude.com/en/api/messages',
});
