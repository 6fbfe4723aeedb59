/** Cerebras: models on wafer-scale engines. */
import { defineProvider } from '../src/core/provider.ts';

/** Knows no developer role; earlier reasoning goes back in `reasoning`. */
export const cerebras = defineProvider({
  id: 'cerebras',
  title: 'Cerebras',
  kind: 'accelerator',
  protocols: ['openai-chat'],
  baseUrl: 'https://api.cerebras.ai/v1',
  auth: { type: 'bearer' },
  quirks: {
    // Each gives 400.
    unsupported: ['frequency_penalty', 'logit_bias', 'parallel_tool_calls', 'presence_penalty', 'service_tier'],
    systemRole: 'system',
  },
  reasoning: { field: 'reasoning', output: 'field', replay: 'field', control: 'reasoning_effort' },
  onDisconnect: 'cancel',
  docs: 'https://inference-docs.cerebras.ai/resources/openai',
});
