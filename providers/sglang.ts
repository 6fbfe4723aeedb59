/** SGLang on a machine of one's own. */
import { defineProvider } from '../src/core/provider.ts';

/** `reasoning_content` when the server has a reasoning parser; thinking is switched in `chat_template_kwargs`. */
export const sglang = defineProvider({
  id: 'sglang',
  title: 'SGLang',
  kind: 'self-hosted',
  protocols: ['openai-chat'],
  baseUrl: 'http://127.0.0.1:30000/v1',
  auth: { type: 'bearer' },
  reasoning: { field: 'reasoning_content', output: 'field', replay: 'never', control: null },
  onDisconnect: 'cancel',
  docs: 'https://docs.sglang.io/docs/advanced_features/separate_reasoning',
});
