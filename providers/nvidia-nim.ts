/** NVIDIA NIM: the hosted catalogue; containers of one's own take the same row with their `url`. */
import { defineProvider } from '../src/core/provider.ts';
import { GPT_OSS, template } from './habits.ts';
import { US_EDITORIAL } from './places.ts';

/** vLLM or SGLang inside; how hard a model thinks is set per model in `chat_template_kwargs`. */
export const nvidiaNim = defineProvider({
  id: 'nvidia-nim',
  title: 'NVIDIA NIM',
  kind: 'hosted',
  protocols: ['openai-chat'],
  baseUrl: 'https://integrate.api.nvidia.com/v1',
  auth: { type: 'bearer' },
  reasoning: { field: 'reasoning_content', output: 'field', replay: 'never', control: null },
  models: [
    { match: ['deepseek-ai/deepseek-v3*'], reasoning: template('thinking') },
    { match: ['qwen/*', 'nvidia/*nemotron*', 'z-ai/*'], reasoning: template('enable_thinking') },
    { match: ['openai/gpt-oss*'], reasoning: GPT_OSS },
  ],
  place: US_EDITORIAL,
  onDisconnect: 'cancel',
  docs: 'https://docs.nvidia.com/nim/large-language-models/latest/reference/api-reference.html',
});
