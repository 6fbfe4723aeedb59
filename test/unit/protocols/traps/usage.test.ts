/** What peers are known to count wrong, one test for each trap by its number in our list of them. */
import { describe, expect, it } from 'vitest';
import { at, chunk, delta, DONE, event, meet, modelOf, plainProvider, type Fields, type Heard } from './scene.ts';

const CHAT = { id: 'x', object: 'chat.completion', created: 1, model: 'some-model' };
const SAID = [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }];
const MESSAGE = {
  id: 'm',
  type: 'message',
  role: 'assistant',
  model: 'some-model',
  content: [{ type: 'text', text: 'Hi' }],
  stop_reason: 'end_turn',
};

/** What the exchange was settled with. */
type Counts = readonly [
  input: number | null,
  cached: number | null,
  written: number | null,
  output: number | null,
  reasoning: number | null,
];

describe('the counts of a vendor', () => {
  it.each<[who: string, provider: string, usage: Fields, counts: Counts]>([
    [
      'OpenAI includes cached input and reasoning',
      'openai',
      {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 60 },
        completion_tokens_details: { reasoning_tokens: 20 },
      },
      [100, 60, null, 50, 20],
    ],
    [
      'xAI leaves reasoning out',
      'xai',
      {
        prompt_tokens: 468,
        completion_tokens: 82,
        total_tokens: 870,
        prompt_tokens_details: { cached_tokens: 9 },
        completion_tokens_details: { reasoning_tokens: 320 },
      },
      [468, 9, null, 402, 320],
    ],
    [
      'DeepSeek counts hits and misses',
      'deepseek',
      { prompt_cache_hit_tokens: 64, prompt_cache_miss_tokens: 36, completion_tokens: 5 },
      [100, 64, null, 5, null],
    ],
    [
      'Mistral has a field of its own',
      'mistral',
      { prompt_tokens: 100, completion_tokens: 5, num_cached_tokens: 64 },
      [100, 64, null, 5, null],
    ],
    [
      'Moonshot puts it at the top',
      'groq',
      { prompt_tokens: 100, completion_tokens: 5, cached_tokens: 64 },
      [100, 64, null, 5, null],
    ],
    ['Ollama tells no details', 'ollama', { prompt_tokens: 100, completion_tokens: 5 }, [100, null, null, 5, null]],
  ])('wire trap 24: %s', async (_, provider, usage, counts) => {
    const scene = await meet('openai-chat', provider);
    const asked = scene.ask({});
    asked.answer({ ...CHAT, choices: SAID, usage });
    expect(settled(asked.record.usage)).toEqual(counts);
  });

  it('wire trap 24: Anthropic excludes what was read from and written to the cache; other clients see the sum', async () => {
    const usage = { input_tokens: 30, cache_read_input_tokens: 60, cache_creation_input_tokens: 10, output_tokens: 7 };
    const chat = (await meet('openai-chat', 'anthropic-compatible')).ask({});
    expect(chat.answer({ ...MESSAGE, usage })['usage']).toMatchObject({
      prompt_tokens: 100,
      completion_tokens: 7,
      total_tokens: 107,
      prompt_tokens_details: { cached_tokens: 60 },
    });
    expect(settled(chat.record.usage)).toEqual([100, 60, 10, 7, null]);
    const responses = (await meet('openai-responses', 'anthropic-compatible')).ask({}).answer({ ...MESSAGE, usage });
    expect(responses['usage']).toMatchObject({
      input_tokens: 100,
      output_tokens: 7,
      total_tokens: 107,
      input_tokens_details: { cached_tokens: 60 },
    });
  });

  it('wire trap 24: clients of Messages see the cached part of OpenAI once, beside the rest', async () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 50,
      total_tokens: 150,
      prompt_tokens_details: { cached_tokens: 60 },
    };
    const answer = (await meet('anthropic-messages', 'openai-compatible'))
      .ask({})
      .answer({ ...CHAT, choices: SAID, usage });
    expect(answer['usage']).toMatchObject({ input_tokens: 40, cache_read_input_tokens: 60, output_tokens: 50 });
  });

  it.each(['openai-responses', 'openai-chat'] as const)(
    'wire trap 24: what nobody told %s is not told as 0',
    async (client) => {
      const provider = client === 'openai-chat' ? 'anthropic-compatible' : 'openai-compatible';
      const body =
        client === 'openai-chat'
          ? { ...MESSAGE, usage: { input_tokens: 9, output_tokens: 4 } }
          : { ...CHAT, choices: SAID, usage: { prompt_tokens: 9, completion_tokens: 4 } };
      const asked = (await meet(client, provider)).ask({});
      asked.answer(body);
      expect(settled(asked.record.usage)).toEqual([9, null, null, 4, null]);
      expect(asked.reply.text).not.toMatch(/"(cached|reasoning)_tokens":/);
    },
  );
});

function settled(
  usage:
    | {
        readonly [K in 'inputTokens' | 'cachedInputTokens' | 'cacheWriteTokens' | 'outputTokens' | 'reasoningTokens']:
          | number
          | null;
      }
    | null,
): Counts {
  const { inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens } = usage!;
  return [inputTokens, cachedInputTokens, cacheWriteTokens, outputTokens, reasoningTokens];
}

const usageOf = (events: readonly Heard[]): unknown[] =>
  events.map(({ data }) => data['usage']).filter((usage) => usage != null);

describe('the counts of a stream', () => {
  const COUNTS = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 };
  const WAYS = [
    ['on the byte path', 'openai-compatible', {}],
    ['translated', 'cerebras', { logit_bias: {} }],
  ] as const;

  it.each(WAYS)('wire trap 25: are kept when they come with the last choice, %s', async (_, provider, more) => {
    const asked = (await meet('openai-chat', provider)).ask({ stream: true, ...more });
    asked.stream(
      delta({ content: 'Hi' }),
      chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: COUNTS }),
      DONE,
    );
    expect(asked.record.usage).toMatchObject({ inputTokens: 9, outputTokens: 4 });
  });

  it('wire trap 25: are kept when Groq hides them', async () => {
    const asked = (await meet('anthropic-messages', 'groq')).ask({ stream: true });
    const events = asked.stream(
      delta({ content: 'Hi' }),
      chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], x_groq: { usage: COUNTS } }),
      DONE,
    );
    expect(at(events.at(-2)!.data, 'usage')).toMatchObject({ input_tokens: 9, output_tokens: 4 });
  });

  it.each(WAYS)(
    'wire trap 26: come exactly once to a chat client that asks, and never to another, %s',
    async (_, provider, more) => {
      const scene = await meet('openai-chat', provider);
      const frames = [delta({ content: 'Hi' }), delta({}, 'stop'), chunk({ choices: [], usage: COUNTS }), DONE];
      const silent = scene.ask({ stream: true, ...more });
      expect(usageOf(silent.stream(...frames))).toEqual([]);
      expect(silent.record.usage).toMatchObject({ inputTokens: 9, outputTokens: 4 });
      const asking = scene.ask({ stream: true, stream_options: { include_usage: true }, ...more }).stream(...frames);
      expect(usageOf(asking)).toEqual([COUNTS]);
    },
  );

  it.each(['openai-chat', 'openai-responses', 'anthropic-messages'] as const)(
    'wire trap 27: are asked for upstream, whatever %s asks',
    async (client) => {
      const { sent } = (await meet(client, 'openai-compatible')).ask({ stream: true });
      expect(sent['stream_options']).toEqual({ include_usage: true });
    },
  );

  it('wire trap 28: that only grow are not added up', async () => {
    const growing = [1, 2, 4].map((completion_tokens) =>
      chunk({
        choices: [{ index: 0, delta: { content: 'x' }, finish_reason: null }],
        usage: { prompt_tokens: 9, completion_tokens },
      }),
    );
    for (const client of ['openai-chat', 'anthropic-messages', 'openai-responses'] as const) {
      const asked = (await meet(client, 'openai-compatible')).ask({ stream: true });
      asked.stream(...growing, delta({}, 'stop'), DONE);
      expect(asked.record.usage).toMatchObject({ inputTokens: 9, outputTokens: 4 });
    }
  });

  it('wire trap 28: of Messages replace what the start of the message said', async () => {
    const [start, ...rest] = modelOf('anthropic-messages').stream({ text: ['Hi'] });
    const more = event('message_delta', { delta: { stop_reason: null }, usage: { output_tokens: 3 } });
    const asked = (await meet('openai-chat', plainProvider('anthropic-messages'))).ask({
      stream: true,
      stream_options: { include_usage: true },
    });
    const events = asked.stream(start!, ...rest.slice(0, -2), more, ...rest.slice(-2));
    expect(usageOf(events)).toMatchObject([{ prompt_tokens: 9, completion_tokens: 4 }]);
  });
});
