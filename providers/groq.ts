/** Groq: models on its own LPU machines. */
import { defineProvider } from '../src/core/provider.ts';
import { GPT_OSS, TAGS } from './habits.ts';
import { GROQ_PLACE } from './places.ts';

/** Answers 400 to log probabilities and logit bias, and to more than one choice. */
export const groq = defineProvider({
  id: 'groq',
  title: 'Groq',
  kind: 'accelerator',
  protocols: ['openai-chat'],
  baseUrl: 'https://api.groq.com/openai/v1',
  auth: { type: 'bearer' },
  quirks: { unsupported: ['logit_bias', 'logprobs', 'top_logprobs'] },
  // https://console.groq.com/docs/reasoning: tags in the text by default for Qwen, a field for gpt-oss
  reasoning: { field: 'reasoning', output: 'field', replay: 'never', control: 'reasoning_effort' },
  models: [
    {
      match: ['qwen/*'],
      reasoning: { ...TAGS, steering: { on: ['reasoning_effort', 'default'], off: ['reasoning_effort', 'none'] } },
    },
    {
      match: ['openai/gpt-oss*'],
      reasoning: { steering: { ...GPT_OSS.steering, hide: ['include_reasoning', false] } },
    },
    {
      match: ['llama*', 'meta-llama/*', 'moonshotai/*', 'gemma*'],
      quirks: { unsupported: ['reasoning_effort'] },
      reasoning: { control: null },
    },
  ],
  place: GROQ_PLACE,
  // An abort does not stop the bill: https://openrouter.ai/docs/api-reference/streaming, "Not Currently Supported".
  onDisconnect: 'drain',
  docs: 'https://console.groq.com/docs/openai',
});
