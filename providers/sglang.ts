/** SGLang on a machine of one's own. */
import { defineProvider } from '../src/core/provider.ts';
import { GPT_OSS, template } from './habits.ts';

/** `reasoning_content` when the server has a reasoning parser; thinking is switched in `chat_template_kwargs`. */
export const sglang = defineProvider({
  id: 'sglang',
  title: 'SGLang',
  kind: 'self-hosted',
  protocols: ['openai-chat'],
  baseUrl: 'http://127.0.0.1:30000/v1',
  auth: { type: 'bearer' },
  reasoning: { field: 'reasoning_content', output: 'field', replay: 'never', control: null },
  models: [
    {
      match: ['*qwen3*', '*glm-4*', '*glm-5*'],
      // https://docs.sglang.io/docs/advanced_features/thinking_budget
      reasoning: template('enable_thinking', 'chat_template_kwargs.thinking_budget'),
    },
    { match: ['*deepseek-v3*'], reasoning: template('thinking') },
    { match: ['*gpt-oss*'], reasoning: GPT_OSS },
  ],
  onDisconnect: 'cancel',
  docs: 'https://docs.sglang.io/docs/advanced_features/separate_reasoning',
});
