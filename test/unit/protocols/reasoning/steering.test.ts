/** One control of reasoning, and what each vendor and model is told of it, from clients of every language. */
import { describe, expect, it } from 'vitest';
import { meet, type Fields, type Language } from '../traps/scene.ts';
import { CLIENTS } from './said.ts';

type Wish = 'high' | 'off' | 'budget';

/** How a client of each language says it. Responses knows no budget. */
const WISHES: Readonly<Record<Language, Readonly<Partial<Record<Wish, Fields>>>>> = {
  'openai-chat': {
    high: { reasoning_effort: 'high' },
    off: { reasoning_effort: 'none' },
    budget: { reasoning: { max_tokens: 5000 } },
  },
  'openai-responses': { high: { reasoning: { effort: 'high' } }, off: { reasoning: { effort: 'none' } } },
  'anthropic-messages': {
    high: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' }, max_tokens: 9000 },
    off: { thinking: { type: 'disabled' }, max_tokens: 9000 },
    budget: { thinking: { type: 'enabled', budget_tokens: 5000 }, max_tokens: 9000 },
  },
};

/** Everything that may steer. */
const FIELDS = [
  'reasoning_effort',
  'reasoning',
  'thinking',
  'output_config',
  'enable_thinking',
  'thinking_budget',
  'thinking_budget_tokens',
  'thinking_token_budget',
  'chat_template_kwargs',
];

function steering(body: Fields): Fields {
  return Object.fromEntries(Object.entries(body).filter(([key]) => FIELDS.includes(key)));
}

const template = (name: string, value: unknown): Fields => ({ chat_template_kwargs: { [name]: value } });
const effort = (word: string): Fields => ({ reasoning_effort: word });

/** Provider, model, and what it is told; a loss is `field` after the body. */
const ROWS: readonly (readonly [
  provider: string,
  model: string,
  told: Readonly<Record<Wish, readonly [Fields, ...string[]]>>,
])[] = [
  [
    'openai',
    'gpt-5.4',
    { high: [effort('high')], off: [effort('none')], budget: [effort('medium'), 'reasoning.budgetTokens'] },
  ],
  [
    'openai',
    'o3',
    {
      high: [effort('high')],
      off: [effort('low'), 'reasoning_effort'],
      budget: [effort('medium'), 'reasoning.budgetTokens'],
    },
  ],
  [
    'openai',
    'gpt-4o',
    { high: [{}, 'reasoning_effort'], off: [{}, 'reasoning_effort'], budget: [{}, 'reasoning_effort'] },
  ],
  [
    'deepseek',
    'deepseek-chat',
    {
      high: [effort('high')],
      off: [{ thinking: { type: 'disabled' } }],
      budget: [effort('high'), 'reasoning_effort', 'reasoning.budgetTokens'],
    },
  ],
  [
    'dashscope',
    'qwen3-max',
    {
      high: [{ enable_thinking: true, thinking_budget: 24_576 }, 'reasoning_effort'],
      off: [{ enable_thinking: false }],
      budget: [{ enable_thinking: true, thinking_budget: 5000 }],
    },
  ],
  [
    'mistral',
    'mistral-small-latest',
    {
      high: [effort('high')],
      off: [effort('none')],
      budget: [effort('high'), 'reasoning_effort', 'reasoning.budgetTokens'],
    },
  ],
  [
    'mistral',
    'magistral-small-latest',
    { high: [{}, 'reasoning_effort'], off: [{}, 'reasoning_effort'], budget: [{}, 'reasoning_effort'] },
  ],
  [
    'xai',
    'grok-4.3',
    { high: [effort('high')], off: [effort('none')], budget: [effort('medium'), 'reasoning.budgetTokens'] },
  ],
  [
    'xai',
    'grok-3-mini',
    {
      high: [effort('high')],
      off: [effort('low'), 'reasoning_effort'],
      budget: [effort('high'), 'reasoning_effort', 'reasoning.budgetTokens'],
    },
  ],
  [
    'xai',
    'grok-4',
    { high: [{}, 'reasoning_effort'], off: [{}, 'reasoning_effort'], budget: [{}, 'reasoning_effort'] },
  ],
  [
    'groq',
    'qwen/qwen3-32b',
    {
      high: [effort('default'), 'reasoning_effort'],
      off: [effort('none')],
      budget: [effort('default'), 'reasoning_effort', 'reasoning.budgetTokens'],
    },
  ],
  [
    'groq',
    'openai/gpt-oss-120b',
    {
      high: [effort('high')],
      off: [effort('low'), 'reasoning_effort'],
      budget: [effort('medium'), 'reasoning.budgetTokens'],
    },
  ],
  [
    'cerebras',
    'zai-glm-4.7',
    {
      high: [{}, 'reasoning_effort'],
      off: [effort('none')],
      budget: [{}, 'reasoning_effort', 'reasoning.budgetTokens'],
    },
  ],
  [
    'together',
    'zai-org/GLM-5',
    {
      high: [effort('high')],
      off: [{ reasoning: { enabled: false } }],
      budget: [effort('medium'), 'reasoning.budgetTokens'],
    },
  ],
  [
    'fireworks',
    'accounts/fireworks/models/deepseek-v4',
    { high: [effort('high')], off: [effort('none')], budget: [effort('medium'), 'reasoning.budgetTokens'] },
  ],
  [
    'openrouter',
    'anthropic/claude-sonnet-4.5',
    {
      high: [{ reasoning: { effort: 'high' } }],
      off: [{ reasoning: { effort: 'none' } }],
      budget: [{ reasoning: { enabled: true, max_tokens: 5000 } }],
    },
  ],
  [
    'nvidia-nim',
    'deepseek-ai/deepseek-v3.1',
    {
      high: [template('thinking', true), 'reasoning_effort'],
      off: [template('thinking', false)],
      budget: [template('thinking', true), 'reasoning_effort', 'reasoning.budgetTokens'],
    },
  ],
  [
    'sambanova',
    'gpt-oss-120b',
    {
      high: [effort('high')],
      off: [effort('low'), 'reasoning_effort'],
      budget: [effort('medium'), 'reasoning.budgetTokens'],
    },
  ],
  [
    'vllm',
    'Qwen/Qwen3-8B',
    {
      high: [{ ...template('enable_thinking', true), thinking_token_budget: 24_576 }, 'reasoning_effort'],
      off: [template('enable_thinking', false)],
      budget: [{ ...template('enable_thinking', true), thinking_token_budget: 5000 }],
    },
  ],
  [
    'vllm',
    'openai/gpt-oss-20b',
    {
      high: [effort('high')],
      off: [effort('low'), 'reasoning_effort'],
      budget: [effort('medium'), 'reasoning.budgetTokens'],
    },
  ],
  [
    'sglang',
    'Qwen/Qwen3-8B',
    {
      high: [{ chat_template_kwargs: { enable_thinking: true, thinking_budget: 24_576 } }, 'reasoning_effort'],
      off: [template('enable_thinking', false)],
      budget: [{ chat_template_kwargs: { enable_thinking: true, thinking_budget: 5000 } }],
    },
  ],
  [
    'llama-cpp',
    'qwen3-8b',
    {
      high: [{ ...template('enable_thinking', true), thinking_budget_tokens: 24_576 }, 'reasoning_effort'],
      off: [template('enable_thinking', false)],
      budget: [{ ...template('enable_thinking', true), thinking_budget_tokens: 5000 }],
    },
  ],
  [
    'llama-cpp',
    'gpt-oss-20b',
    {
      high: [template('reasoning_effort', 'high')],
      off: [template('reasoning_effort', 'low'), 'reasoning_effort'],
      budget: [template('reasoning_effort', 'medium'), 'reasoning.budgetTokens'],
    },
  ],
  [
    'ollama',
    'qwen3',
    { high: [effort('high')], off: [effort('none')], budget: [effort('medium'), 'reasoning.budgetTokens'] },
  ],
];

describe.each(ROWS)('%s %s', (provider, model, told) => {
  describe.each(CLIENTS)('asked by %s', (client) => {
    const wishes = Object.entries(WISHES[client]) as [Wish, Fields][];

    it.each(wishes)('hears %s in its own words, and the rest is named', async (wish, said) => {
      const scene = await meet(client, provider, { model, url: 'https://up.test/v1' });
      const asked = scene.ask(said);
      const [body, ...lost] = told[wish];
      // OpenRouter's own clients say it in OpenRouter's own words, which pass as they are.
      const isNative = client === 'openai-chat' && provider === 'openrouter' && 'reasoning' in said;
      expect(steering(asked.sent)).toEqual(isNative ? said : body);
      asked.answer({ id: 'c', model, choices: [{ index: 0, message: { content: 'x' }, finish_reason: 'stop' }] });
      expect([...asked.lost].filter((field) => field.startsWith('reasoning')).toSorted()).toEqual(lost.toSorted());
    });
  });
});
