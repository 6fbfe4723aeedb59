/** What peers are known to do wrong with errors and with who may wait for what, one test for each trap by its number in our list of them. */
import { describe, expect, it } from 'vitest';
import { wholeConfig } from '../../../support/whole-config.ts';
import { at, event, meet, modelOf, PAIRS, plainProvider, type Fields, type Language } from './scene.ts';

const CLIENTS = ['openai-chat', 'openai-responses', 'anthropic-messages'] as const;

/** Which provider speaks to a client without a translation, and which with one. */
const UPSTREAMS = ['openai-compatible', 'anthropic-compatible', 'openai-responses'] as const;

describe('a failure', () => {
  it.each(PAIRS)(
    'wire trap 29: after status 200 and before content is an HTTP error for %s from %s',
    async (client, upstream) => {
      const asked = (await meet(client, plainProvider(upstream))).ask({ stream: true });
      const model = modelOf(upstream);
      const prologue = model.stream({ text: ['Hi'] }).slice(0, 1);
      asked.stream(...prologue, model.errorFrame(1));
      expect(asked.reply.status).toBeGreaterThanOrEqual(500);
      expect(asked.reply.headers['content-type']).toBe('application/json');
      expect(asked.record).toMatchObject({ outcome: 'failed' });
    },
  );

  it.each(PAIRS)('wire trap 30: leaks nothing of its prologue to %s from %s', async (client, upstream) => {
    const asked = (await meet(client, plainProvider(upstream))).ask({ stream: true });
    const model = modelOf(upstream);
    asked.stream(...model.stream({ text: ['Hi'] }).slice(0, 1), model.errorFrame(1));
    expect(asked.reply.text).not.toMatch(/message_start|response\.created|chat\.completion\.chunk/);
    expect(asked.reply.json).toHaveProperty('error');
  });

  it.each(CLIENTS)('wire trap 31: told in an answer with status 200 is an error for %s', async (client) => {
    const bodies = [
      ['openai-compatible', { error: { message: 'Provider returned error', code: 502 } }],
      ['anthropic-compatible', { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
      ['openai-responses', { id: 'r', status: 'failed', output: [], error: { code: 'server_error', message: 'x' } }],
    ] as const;
    for (const [provider, body] of bodies) {
      const asked = (await meet(client, provider)).ask({});
      asked.answer(body);
      expect([asked.reply.status! >= 500, asked.record.outcome]).toEqual([true, 'failed']);
    }
  });

  it.each(CLIENTS)('wire trap 31: told in the middle of a stream is an error for %s', async (client) => {
    for (const upstream of CLIENTS) {
      const model = modelOf(upstream);
      const frames = model.stream({ text: ['Hi', 'ho'] });
      const words = frames.findIndex((frame) => frame.includes('"Hi"')) + 1;
      const asked = (await meet(client, plainProvider(upstream))).ask({ stream: true });
      const events = asked.stream(frames.slice(0, words).join(''), model.errorFrame(words), ...frames.slice(words));
      expect(
        events.filter(({ event: name, data }) => name === 'error' || (name === null && 'error' in data)),
      ).toHaveLength(1);
      expect(asked.reply.text).not.toMatch(/\[DONE\]|message_stop|response\.completed/);
    }
  });
});

describe('how long to wait', () => {
  it.each(CLIENTS)(
    'wire trap 32: reaches %s in seconds and milliseconds, whatever upstream said it how',
    async (client) => {
      for (const [headers, seconds, ms] of [
        [['retry-after', '7'], '7', '7000'],
        [['retry-after-ms', '350'], '1', '350'],
        [['retry-after', 'Mon, 23 Nov 2026 20:00:30 GMT', 'date', 'Mon, 23 Nov 2026 20:00:00 GMT'], '30', '30000'],
        [['x-ratelimit-reset-requests', '1m3s', 'x-ratelimit-remaining-requests', '0'], '63', '63000'],
      ] as const) {
        for (const provider of UPSTREAMS) {
          const asked = (await meet(client, provider)).ask({});
          asked.answer({ error: { type: 'rate_limit_error', message: 'slow' } }, 429, headers);
          const { headers: told } = asked.reply;
          expect([asked.reply.status, told['retry-after'], told['retry-after-ms']]).toEqual([429, seconds, ms]);
        }
      }
    },
  );

  it.each([
    [
      'Google',
      {
        error: { code: 429, message: 'Quota exceeded', status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '37s' }] },
      },
      '37',
    ],
    [
      'OpenAI',
      { error: { message: 'Rate limit reached. Please try again in 7.66s.', code: 'rate_limit_exceeded' } },
      '8',
    ],
  ])('wire trap 32: is read from the body of %s', async (_, body, seconds) => {
    const asked = (await meet('openai-chat', 'openai-compatible')).ask({});
    asked.answer(body, 429);
    expect(asked.reply.headers['retry-after']).toBe(seconds);
  });

  it.each(CLIENTS)('wire section 1.2: %s is told not to try again what cannot become better', async (client) => {
    const asked = (await meet(client, 'openai-compatible')).ask({});
    asked.answer({ error: { message: 'bad key' } }, 401);
    expect([asked.reply.status, asked.reply.headers['x-should-retry']]).toEqual([502, 'false']);
  });
});

/** As vendors say it (recorded), each with the status it comes with. */
const TOO_LONG: Readonly<Record<string, readonly [status: number, body: Fields]>> = {
  OpenAI: [
    400,
    {
      error: {
        message: "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      },
    },
  ],
  Anthropic: [
    400,
    {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' },
    },
  ],
  'Anthropic with its limit': [
    400,
    {
      type: 'error',
      error: {
        type: 'invalid_request_error',
        message: 'input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000',
      },
    },
  ],
  Gemini: [
    400,
    {
      error: {
        code: 400,
        message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
        status: 'INVALID_ARGUMENT',
      },
    },
  ],
  Bedrock: [400, { message: 'Input Tokens Exceeded: too many tokens' }],
  Cohere: [400, { id: 'x', message: 'too many tokens: size limit exceeded by 3000 tokens' }],
  DeepSeek: [
    400,
    {
      error: {
        message: "This model's maximum context length is 65536 tokens. However, you requested 70000 tokens.",
        type: 'invalid_request_error',
      },
    },
  ],
  Ollama: [400, { error: 'prompt too long; exceeded max context length by 4 tokens' }],
  Perplexity: [400, { error: { message: 'Too many tokens', type: 'too_many_prompt_tokens', code: 400 } }],
  'llama.cpp': [
    400,
    {
      error: {
        code: 400,
        message: 'the request exceeds the available context size',
        type: 'exceed_context_size_error',
      },
    },
  ],
  vLLM: [
    400,
    {
      object: 'error',
      message: "This model's maximum context length is 4096 tokens. Please reduce the length of the messages.",
      type: 'BadRequestError',
      code: 400,
    },
  ],
  "Azure's grok": [
    429,
    { error: { code: 'context_length_exceeded', message: 'Input tokens exceed the configured limit.' } },
  ],
};

describe('a prompt that is too long', () => {
  it.each(Object.keys(TOO_LONG))('wire trap 33: said by %s is said so that agents compact', async (vendor) => {
    const [status, body] = TOO_LONG[vendor]!;
    for (const provider of UPSTREAMS) {
      const chat = (await meet('openai-chat', provider)).ask({}).answer(body, status);
      expect(at(chat, 'error')).toMatchObject({ code: 'context_length_exceeded', type: 'invalid_request_error' });
      const responses = (await meet('openai-responses', provider)).ask({}).answer(body, status);
      expect(at(responses, 'error')).toMatchObject({ code: 'context_length_exceeded' });
      const asked = (await meet('anthropic-messages', provider)).ask({});
      // Claude Code looks for these words (Menci/Floway#166).
      expect(at(asked.answer(body, status), 'error')).toMatchObject({
        type: 'invalid_request_error',
        message: expect.stringContaining('prompt is too long') as string,
      });
      expect(asked.reply.status).toBe(400);
    }
  });

  it('wire trap 33: ends a stream of Responses with the code that Codex looks for in response.failed', async () => {
    const scene = await meet('openai-responses', 'anthropic-compatible');
    const frames = modelOf('anthropic-messages').stream({ text: ['Hi'] });
    const error = { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' };
    const events = scene.ask({ stream: true }).stream(frames.slice(0, 3).join(''), event('error', { error }));
    expect(events.at(-1)).toMatchObject({
      event: 'response.failed',
      data: { response: { error: { code: 'context_length_exceeded' } } },
    });
  });
});

describe('every SDK', () => {
  const TYPES: Readonly<Record<Language, readonly [rate: string, unknown: string]>> = {
    'openai-chat': ['rate_limit_error', 'invalid_request_error'],
    'openai-responses': ['rate_limit_error', 'invalid_request_error'],
    'anthropic-messages': ['rate_limit_error', 'not_found_error'],
  };

  it.each(CLIENTS)(
    'wire section 4: hears 429 for a rate limit and 404 for an unknown model in the shape of %s',
    async (client) => {
      const scene = await meet(client, 'openai-compatible');
      const limited = scene.ask({});
      expect(
        at(limited.answer({ error: { message: 'slow', code: 'rate_limit_exceeded' } }, 429), 'error', 'type'),
      ).toBe(TYPES[client][0]);
      const { models, ...whole } = wholeConfig();
      await scene.rig.install({ ...whole, models: { known: models['*']! } });
      const unknown = scene.ask({});
      expect([limited.reply.status, unknown.reply.status]).toEqual([429, 404]);
      expect(at(unknown.reply.json, 'error', 'type')).toBe(TYPES[client][1]);
    },
  );
});
