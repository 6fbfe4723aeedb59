/** NVIDIA NIM: the hosted catalogue; containers of one's own take the same row with their `url`. */
import { defineProvider } from '../src/core/provider.ts';

/** vLLM or SGLang inside; how hard a model thinks is set per model in `chat_template_kwargs`. */
export const nvidiaNim = defineProvider({
  id: 'nvidia-nim',
  title: 'NVIDIA NIM',
  kind: 'hosted',
  protocols: ['openai-chat'],
  baseUrl: 'https://integrate.api.nvidia.com/v1',
  auth: { type: 'bearer' },
  reasoning: { field: 'reasoning_content', output: 'field', replay: 'never', control: null },
  onDisconnect: 'cancel',
  docs: 'https://docs.nvidia.com/nim/large-language-models/latest/reference/api-reference.html',
});
