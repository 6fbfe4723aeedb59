/** SambaNova Cloud: models on its own RDU machines. */
import { defineProvider } from '../src/core/provider.ts';
import { GPT_OSS, TAGS } from './habits.ts';

/** The plain protocol as far as its reference says; how it shows reasoning is not documented there. */
export const sambanova = defineProvider({
  id: 'sambanova',
  title: 'SambaNova',
  kind: 'accelerator',
  protocols: ['openai-chat'],
  baseUrl: 'https://api.sambanova.ai/v1',
  auth: { type: 'bearer' },
  reasoning: { field: null, output: 'none', replay: 'never', control: null },
  models: [
    { match: ['gpt-oss*'], reasoning: GPT_OSS },
    { match: ['deepseek-r1*'], reasoning: TAGS },
  ],
  // An abort does not stop the bill: https://openrouter.ai/docs/api-reference/streaming, "Not Currently Supported".
  onDisconnect: 'drain',
  docs: 'https://docs.sambanova.ai/docs/api-reference/chat-completions/create-chat-based-completion',
});
