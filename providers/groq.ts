/** Groq: models on its own LPU machines. */
import { defineProvider } from '../src/core/provider.ts';

/** Answers 400 to log probabilities and logit bias, and to more than one choice. */
export const groq = defineProvider({
  id: 'groq',
  title: 'Groq',
  kind: 'accelerator',
  protocols: ['openai-chat'],
  baseUrl: 'https://api.groq.com/openai/v1',
  auth: { type: 'bearer' },
  quirks: { unsupported: ['logit_bias', 'logprobs', 'top_logprobs'] },
  // https://console.groq.com/docs/reasoning
  reasoning: { field: 'reasoning', output: 'field', replay: 'never', control: 'reasoning_effort' },
  // An abort does not stop the bill: https://openrouter.ai/docs/api-reference/streaming, "Not Currently Supported".
  onDisconnect: 'drain',
  docs: 'https://console.groq.com/docs/openai',
});
