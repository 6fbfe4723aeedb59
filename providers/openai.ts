/** OpenAI: the protocol's own vendor; its reasoning models refuse what older ones take. */
import { defineProvider, type Quirks } from '../src/core/provider.ts';
import { words } from './habits.ts';
import { OPENAI_PLACE } from './places.ts';

/** https://platform.openai.com/docs/guides/latest-model */
const SAMPLING = 'frequency_penalty logit_bias logprobs presence_penalty temperature top_logprobs top_p'.split(' ');
const TOKENS: Quirks = { rename: { max_tokens: 'max_completion_tokens' } };
const EFFORT = 'reasoning_effort';

/** Reasoning stays hidden in chat answers; `reasoning_effort` steers it: https://platform.openai.com/docs/guides/reasoning */
export const openai = defineProvider({
  id: 'openai',
  title: 'OpenAI',
  kind: 'hosted',
  protocols: ['openai-chat'],
  baseUrl: 'https://api.openai.com/v1',
  auth: { type: 'bearer' },
  // https://platform.openai.com/docs/guides/structured-outputs#root-objects-must-not-be-anyof-and-must-be-an-object
  quirks: { schemaTopWithout: ['allOf', 'anyOf', 'enum', 'not', 'oneOf'] },
  reasoning: { field: null, output: 'none', replay: 'never', control: EFFORT },
  models: [
    { match: ['gpt-4*', 'gpt-3.5*', 'chatgpt-*'], quirks: { unsupported: [EFFORT] }, reasoning: { control: null } },
    {
      match: ['o1*', 'o3*', 'o4*'],
      quirks: { ...TOKENS, unsupported: SAMPLING },
      reasoning: words(EFFORT, 'low', 'medium', 'high'),
    },
    {
      match: ['gpt-5', 'gpt-5-*'],
      quirks: { ...TOKENS, unsupported: SAMPLING },
      reasoning: words(EFFORT, 'minimal', 'low', 'medium', 'high'),
    },
    { match: ['gpt-5*', 'gpt-6*'], quirks: TOKENS },
  ],
  place: OPENAI_PLACE,
  // An abort stops generation and billing: https://openrouter.ai/docs/api-reference/streaming, "Stream Cancellation".
  onDisconnect: 'cancel',
  docs: 'https://platform.openai.com/docs/api-reference/chat/create',
});
