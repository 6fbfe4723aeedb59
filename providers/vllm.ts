/** vLLM on a machine of one's own. */
import { defineProvider } from '../src/core/provider.ts';
import { GPT_OSS, template } from './habits.ts';

/** `reasoning` in and out (it used to be `reasoning_content`), when the server has a reasoning parser. */
export const vllm = defineProvider({
  id: 'vllm',
  title: 'vLLM',
  kind: 'self-hosted',
  protocols: ['openai-chat'],
  baseUrl: 'http://127.0.0.1:8000/v1',
  auth: { type: 'bearer' },
  reasoning: { field: 'reasoning', output: 'field', replay: 'field', control: 'reasoning_effort' },
  // R1 and its distills always think; the other families are switched in their templates.
  models: [
    { match: ['*deepseek-r1*'], reasoning: { control: null } },
    { match: ['*qwen3*', '*glm-4*', '*glm-5*'], reasoning: template('enable_thinking', 'thinking_token_budget') },
    { match: ['*deepseek-v3*', '*granite*'], reasoning: template('thinking') },
    { match: ['*gpt-oss*'], reasoning: GPT_OSS },
  ],
  onDisconnect: 'cancel',
  docs: 'https://docs.vllm.ai/en/stable/features/reasoning_outputs/',
});
