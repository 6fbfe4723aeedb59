/** What OpenAI's models take and refuse, wherever they run. */
import type { ModelHabits, Quirks } from '../src/core/provider.ts';
import { words } from './habits.ts';

/** https://platform.openai.com/docs/guides/latest-model */
const SAMPLING = 'frequency_penalty logit_bias logprobs presence_penalty temperature top_logprobs top_p'.split(' ');
const TOKENS: Quirks = { rename: { max_tokens: 'max_completion_tokens' } };
const EFFORT = 'reasoning_effort';

/** https://platform.openai.com/docs/guides/structured-outputs#root-objects-must-not-be-anyof-and-must-be-an-object */
export const OPENAI_QUIRKS: Quirks = { schemaTopWithout: ['allOf', 'anyOf', 'enum', 'not', 'oneOf'] };

/** What differs between OpenAI's models, wherever they run. */
export const OPENAI_MODELS: readonly ModelHabits[] = [
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
];
