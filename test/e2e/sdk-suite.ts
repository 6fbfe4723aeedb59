/** What the vendors' own SDKs must get from a running gateway, whatever it runs on. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText, streamText, tool } from 'ai';
import OpenAI, { APIUserAbortError, NotFoundError, RateLimitError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import * as answers from '../faults/answers.ts';
import * as faults from '../faults/faults.ts';
import type { Upstream } from '../faults/upstream.ts';
import { completion, delta, streamOf, toolStream } from './openai-frames.ts';

/** A gateway that runs in front of a scripted upstream. */
export interface SdkSetting {
  /** Where the gateway listens, without a path. */
  readonly url: string;
  /** Where its models lead: `assistant` and `limited`, each over a backend of its own, so that a rate limit parks only one. */
  readonly upstream: Upstream;
  /** Ends the gateway and the upstream. */
  stop(): Promise<void>;
}

const WEATHER = {
  type: 'function',
  function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
} as const;

const CALLS = [
  { id: 'call_a', name: 'weather', pieces: ['{"ci', 'ty":"Basel"}'] },
  { id: 'call_b', name: 'weather', pieces: ['{"city":', '"Bonn"}'] },
];

function wholeCalls(): object {
  const tool_calls = CALLS.map(({ id, name, pieces }) => ({
    id,
    type: 'function',
    function: { name, arguments: pieces.join('') },
  }));
  return completion({ content: null, tool_calls }, 'tool_calls');
}

/** Runs the suite; `start` is called once. */
export function describeSdks(name: string, start: () => Promise<SdkSetting>): void {
  describe(`openai and ai SDKs ${name}`, () => {
    let setting: SdkSetting;
    let upstream: Upstream;
    let client: OpenAI;

    beforeAll(async () => {
      setting = await start();
      upstream = setting.upstream;
      client = new OpenAI({ baseURL: `${setting.url}/v1`, apiKey: 'sk-test', maxRetries: 0 });
    }, 60_000);
    afterAll(() => setting?.stop());

    it('chat', async () => {
      upstream.answer(answers.json(completion()));
      const answer = await client.chat.completions.create({
        model: 'assistant',
        messages: [{ role: 'user', content: 'Name?' }],
      });
      expect(answer.choices[0]?.message.content).toBe('The Thalweg.');
      expect(answer.model).toBe('assistant');
      expect(answer.usage?.total_tokens).toBe(13);
    });

    it('a stream, with and without usage', async () => {
      upstream.answer(answers.stream(streamOf(['The ', 'Thal', 'weg.'])));
      for (const asked of [false, true]) {
        const stream = await client.chat.completions.create({
          model: 'assistant',
          messages: [{ role: 'user', content: 'Name?' }],
          stream: true,
          ...(asked ? { stream_options: { include_usage: true } } : {}),
        });
        let text = '';
        const usages: unknown[] = [];
        for await (const chunk of stream) {
          text += chunk.choices[0]?.delta.content ?? '';
          expect(chunk.model).toBe('assistant');
          if (chunk.usage) usages.push(chunk.usage.total_tokens);
        }
        expect(text).toBe('The Thalweg.');
        expect(usages).toEqual(asked ? [13] : []);
      }
    });

    it('parallel tools, whole and streamed', async () => {
      const ask = { model: 'assistant', messages: [{ role: 'user', content: 'Weather?' }], tools: [WEATHER] } as const;
      upstream.answer(answers.json(wholeCalls()));
      const whole = await client.chat.completions.create({
        ...ask,
        messages: [...ask.messages],
        tools: [...ask.tools],
      });
      const named = whole.choices[0]?.message.tool_calls?.map(
        (call) => call.type === 'function' && call.function.arguments,
      );
      expect(named).toEqual(['{"city":"Basel"}', '{"city":"Bonn"}']);
      upstream.answer(answers.stream(toolStream(CALLS)));
      const runner = client.chat.completions.stream({ ...ask, messages: [...ask.messages], tools: [...ask.tools] });
      const final = await runner.finalChatCompletion();
      expect(final.choices[0]?.finish_reason).toBe('tool_calls');
      expect(final.choices[0]?.message.tool_calls?.map(({ id }) => id)).toEqual(['call_a', 'call_b']);
    });

    it('an aborted stream reaches the upstream', async () => {
      // Not a stall: workerd notices that a client left when it next writes.
      upstream.answer(faults.endlessStream(delta({ content: 'on ' }), 20));
      const before = upstream.received.length;
      const stream = await client.chat.completions.create({
        model: 'assistant',
        messages: [{ role: 'user', content: '?' }],
        stream: true,
      });
      const read = (async () => {
        for await (const chunk of stream) if (chunk.choices[0]?.delta.content) stream.controller.abort();
      })();
      const outcome = await read.then(
        () => 'ended',
        (error: unknown) => (error instanceof APIUserAbortError ? 'ended' : error),
      );
      expect(outcome).toBe('ended');
      await upstream.aborted(before + 1);
    });

    it('errors are of the classes the SDK knows', async () => {
      const ask = { messages: [{ role: 'user' as const, content: '?' }] };
      await expect(client.chat.completions.create({ ...ask, model: 'asistant' })).rejects.toThrow(NotFoundError);
      await expect(client.chat.completions.create({ ...ask, model: 'asistant' })).rejects.toThrow(
        /Did you mean "assistant"\?/,
      );
      upstream.answer(faults.rateLimited429('2'));
      await expect(client.chat.completions.create({ ...ask, model: 'limited' })).rejects.toThrow(RateLimitError);
    });

    it('lists models', async () => {
      expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['assistant', 'limited']);
      expect((await client.models.retrieve('assistant')).id).toBe('assistant');
      await expect(client.models.retrieve('other')).rejects.toThrow(NotFoundError);
    });

    it('ai SDK: text, stream and tools', async () => {
      const provider = createOpenAICompatible({ name: 'thalweg', baseURL: `${setting.url}/v1`, apiKey: 'sk-test' });
      const model = provider('assistant');
      upstream.answer(answers.json(completion()));
      expect((await generateText({ model, prompt: 'Name?', maxRetries: 0 })).text).toBe('The Thalweg.');
      upstream.answer(answers.stream(streamOf(['The ', 'Thal', 'weg.'])));
      const streamed = streamText({ model, prompt: 'Name?', maxRetries: 0 });
      expect(await streamed.text).toBe('The Thalweg.');
      expect(await streamed.finishReason).toBe('stop');
      upstream.answer(answers.stream(toolStream(CALLS)));
      const tools = { weather: tool({ inputSchema: z.object({ city: z.string() }), execute: async () => 'sunny' }) };
      const called = streamText({ model, prompt: 'Weather?', tools, maxRetries: 0 });
      expect((await called.toolCalls).map(({ input }) => input)).toEqual([{ city: 'Basel' }, { city: 'Bonn' }]);
    });
  });
}
