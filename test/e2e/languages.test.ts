/** All nine pairs of client and upstream languages, with the vendors' own SDKs as clients: text, streams, tools, errors. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as answers from '../faults/answers.ts';
import { startUpstream, type Upstream } from '../faults/upstream.ts';
import { backendAt, wholeConfig } from '../support/whole-config.ts';
import { startGateway, type RealGateway } from './real-gateway.ts';
import { LANGUAGES } from './upstream-languages.ts';

/** What a client got, in words that every language has. */
interface Got {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly input: unknown }[];
  readonly finish: string | null | undefined;
  readonly tokens: readonly [input: number | undefined, output: number | undefined];
  readonly model: string;
}

interface Client {
  readonly name: string;
  readonly finishes: { readonly text: string; readonly tools: string };
  ask(url: string, stream: boolean): Promise<Got>;
}

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } } } as const;
const QUESTION = { role: 'user', content: 'Weather?' } as const;

const chat: Client = {
  name: 'openai chat',
  finishes: { text: 'stop', tools: 'tool_calls' },
  async ask(url, stream) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk', maxRetries: 0 });
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters: SCHEMA } }];
    const body = { model: 'assistant', messages: [QUESTION], tools };
    const answer = stream
      ? await client.chat.completions.stream({ ...body, stream_options: { include_usage: true } }).finalChatCompletion()
      : await client.chat.completions.create(body);
    const { message, finish_reason } = answer.choices[0]!;
    const calls = (message.tool_calls ?? []).flatMap((call) =>
      call.type === 'function' ? [{ id: call.id, input: JSON.parse(call.function.arguments) as unknown }] : [],
    );
    const tokens = [answer.usage?.prompt_tokens, answer.usage?.completion_tokens] as const;
    return { text: message.content ?? '', calls, finish: finish_reason, tokens, model: answer.model };
  },
};

const responses: Client = {
  name: 'openai responses',
  finishes: { text: 'completed', tools: 'completed' },
  async ask(url, stream) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk', maxRetries: 0 });
    const tools = [{ type: 'function' as const, name: 'weather', parameters: SCHEMA, strict: false }];
    const body = { model: 'assistant', input: [QUESTION], tools };
    const answer = stream ? await client.responses.stream(body).finalResponse() : await client.responses.create(body);
    const calls = answer.output.flatMap((item) =>
      item.type === 'function_call' ? [{ id: item.call_id, input: JSON.parse(item.arguments) as unknown }] : [],
    );
    const tokens = [answer.usage?.input_tokens, answer.usage?.output_tokens] as const;
    return { text: answer.output_text, calls, finish: answer.status, tokens, model: answer.model };
  },
};

const messages: Client = {
  name: 'anthropic messages',
  finishes: { text: 'end_turn', tools: 'tool_use' },
  async ask(url, stream) {
    const client = new Anthropic({ baseURL: url, apiKey: 'sk', maxRetries: 0 });
    const tools = [{ name: 'weather', input_schema: { ...SCHEMA } }];
    const body = { model: 'assistant', max_tokens: 100, messages: [QUESTION], tools };
    const answer = stream ? await client.messages.stream(body).finalMessage() : await client.messages.create(body);
    const calls = answer.content.flatMap((part) =>
      part.type === 'tool_use' ? [{ id: part.id, input: part.input }] : [],
    );
    const text = answer.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
    const tokens = [answer.usage.input_tokens, answer.usage.output_tokens] as const;
    return { text, calls, finish: answer.stop_reason, tokens, model: answer.model };
  },
};

describe.each(LANGUAGES)('an upstream that speaks $path', (language) => {
  let upstream: Upstream;
  let gateway: RealGateway;

  beforeAll(async () => {
    upstream = await startUpstream();
    const backends = {
      up: backendAt(`${upstream.origin}/v1`, { provider: language.provider, model: 'some-model', key: 'sk-up' }),
    };
    const models = { assistant: { backends: [{ id: 'up', weight: 1 }], pick: 'ordered', answer: 'asked' } } as const;
    gateway = await startGateway(wholeConfig({ backends, models }));
  });
  afterAll(async () => {
    await gateway.stop(100);
    await upstream.close();
  });

  describe.each([chat, responses, messages])('answers $name', (client) => {
    it('whole', async () => {
      upstream.answer(answers.json(language.whole));
      const got = await client.ask(gateway.url, false);
      expect(got).toEqual({
        text: 'The Thalweg.',
        calls: [],
        finish: client.finishes.text,
        tokens: [9, 4],
        model: 'assistant',
      });
      expect(upstream.received.at(-1)?.path).toBe(`/v1${language.path}`);
    });

    it('streamed', async () => {
      upstream.answer(answers.stream(language.stream));
      const got = await client.ask(gateway.url, true);
      expect(got).toEqual({
        text: 'The Thalweg.',
        calls: [],
        finish: client.finishes.text,
        tokens: [9, 4],
        model: 'assistant',
      });
    });

    it('with two calls at once', async () => {
      upstream.answer(answers.stream(language.toolStream));
      const { calls, finish } = await client.ask(gateway.url, true);
      expect(calls).toEqual([
        { id: 'call_a', input: { city: 'Basel' } },
        { id: 'call_b', input: { city: 'Bonn' } },
      ]);
      expect(finish).toBe(client.finishes.tools);
    });

    it('with an error after content, which every SDK throws', async () => {
      upstream.answer(answers.stream(language.errorStream, { paceMs: 15 }));
      await expect(client.ask(gateway.url, true)).rejects.toThrow(/overloaded|upstream failed/i);
    });
  });
});
