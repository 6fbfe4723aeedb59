/** DashScope: Alibaba Cloud Model Studio, the Qwen models. */
import { defineProvider } from '../src/core/provider.ts';
import { DASHSCOPE_PLACE } from './places.ts';

/**
 * No default address: Beijing (`dashscope.aliyuncs.com`) and Singapore (`dashscope-intl.aliyuncs.com`), both under
 * `/compatible-mode/v1`, are two jurisdictions with accounts of their own, and the operator must say which.
 */
export const dashscope = defineProvider({
  id: 'dashscope',
  title: 'Alibaba Cloud DashScope',
  kind: 'hosted',
  protocols: ['openai-chat'],
  baseUrl: null,
  auth: { type: 'bearer' },
  quirks: { rename: { max_completion_tokens: 'max_tokens' } },
  reasoning: {
    field: 'reasoning_content',
    output: 'field',
    replay: 'never',
    control: 'enable_thinking',
    steering: { on: ['enable_thinking', true], off: ['enable_thinking', false], budget: 'thinking_budget' },
  },
  // Models that always think take neither a switch nor a forced call.
  models: [
    {
      match: ['qwq*', '*-thinking*', 'deepseek-r1*'],
      quirks: { forcedTool: false },
      reasoning: { steering: { budget: 'thinking_budget' } },
    },
  ],
  place: DASHSCOPE_PLACE,
  // An abort does not stop the bill (Alibaba): https://openrouter.ai/docs/api-reference/streaming
  onDisconnect: 'drain',
  docs: 'https://help.aliyun.com/en/model-studio/deep-thinking',
});
