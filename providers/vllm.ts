/** vLLM on a machine of one's own. */
import { defineProvider } from '../src/core/provider.ts';

/** `reasoning` in and out (it used to be `reasoning_content`), when the server has a reasoning parser. */
export const vllm = defineProvider({
  id: 'vllm',
  title: 'vLLM',
  kind: 'self-hosted',
  protocols: ['openai-chat'],
  baseUrl: 'http://127.0.0.1:8000/v1',
  auth: { type: 'bearer' },
  reasoning: { field: 'reasoning', output: 'field', replay: 'field', control: 'reasoning_effort' },
  onDisconnect: 'cancel',
  docs: 'https://docs.vllm.ai/en/stable/features/reasoning_outputs/',
});
