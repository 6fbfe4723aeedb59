/** Cerebras: models on wafer-scale engines. */
import { defineProvider } from '../src/core/provider.ts';
import { GPT_OSS, TAGS } from './habits.ts';
import { US_EDITORIAL } from './places.ts';

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
  // https://inference-docs.cerebras.ai/capabilities/reasoning
  models: [
    { match: ['gpt-oss*'], reasoning: { steering: { ...GPT_OSS.steering, hide: ['reasoning_format', 'hidden'] } } },
    { match: ['zai-glm*'], reasoning: { replay: 'tags', steering: { off: ['reasoning_effort', 'none'] } } },
    { match: ['qwen*'], reasoning: { ...TAGS, replay: 'never', control: null } },
  ],
  place: US_EDITORIAL,
  onDisconnect: 'cancel',
  docs: 'https://inference-docs.cerebras.ai/resources/openai',
});
