/** Ollama on a machine of one's own, by its OpenAI-compatible paths. */
import { defineProvider } from '../src/core/provider.ts';
import { words } from './habits.ts';

/** The fields that its documentation leaves unticked are taken and ignored: declared here, so that their loss is said. */
export const ollama = defineProvider({
  id: 'ollama',
  title: 'Ollama',
  kind: 'self-hosted',
  protocols: ['openai-chat'],
  baseUrl: 'http://127.0.0.1:11434/v1',
  auth: { type: 'bearer' },
  quirks: {
    unsupported: ['logit_bias', 'n', 'tool_choice'],
    rename: { max_completion_tokens: 'max_tokens' },
  },
  // `reasoning_effort` high, medium, low, none: https://github.com/ollama/ollama/issues/14820
  reasoning: {
    field: 'reasoning',
    output: 'field',
    replay: 'field',
    ...words('reasoning_effort', 'none', 'low', 'medium', 'high'),
  },
  onDisconnect: 'cancel',
  docs: 'https://docs.ollama.com/api/openai-compatibility',
});
