/** The order of frames that clients are sent, and what the tap says of each frame. */
import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../../../src/core/chat.ts';
import type { ChatEvent } from '../../../../src/core/events.ts';
import { createLossLog } from '../../../../src/core/loss.ts';
import { plainDialect, TapMark, type Frame, type ReadContext } from '../../../../src/core/protocol.ts';
import { openaiChat } from '../../../../src/protocols/openai-chat/index.ts';
import { chunk, stream, USAGE_CHUNK } from '../../../conformance/samples/openai-chat/streams.ts';

const FROM: ReadContext = { dialect: plainDialect('openai-chat'), names: new Map() };
const CLIENT: ChatRequest = { operation: 'chat', model: 'm', messages: [], stream: true };

function translate(frames: readonly Frame[], client: ChatRequest): string[] {
  const events: ChatEvent[] = [];
  const reader = openaiChat.createEventReader(FROM);
  for (const frame of frames) reader.read(frame, events);
  const out: Frame[] = [];
  const writer = openaiChat.createEventWriter(client, createLossLog());
  for (const event of events) writer.write(event, out);
  writer.end(out);
  return out.map(({ data }) => data);
}

const ANSWER = stream(
  chunk({ role: 'assistant', reasoning: 'Hm' }),
  chunk({ content: 'Hi' }),
  chunk({}, 'stop'),
  USAGE_CHUNK,
);

describe('the writer', () => {
  it('begins with the role, ends with finish and [DONE], and repeats id, time and model', () => {
    const written = translate(ANSWER, CLIENT);
    expect(written.at(-1)).toBe('[DONE]');
    const chunks = written.slice(0, -1).map((data) => JSON.parse(data) as Record<string, unknown>);
    expect(chunks.map((one) => one['choices'])).toEqual([
      [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
      [{ index: 0, delta: { reasoning_content: 'Hm', reasoning: 'Hm' }, finish_reason: null }],
      [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }],
      [{ index: 0, delta: {}, finish_reason: 'stop' }],
    ]);
    const heads = chunks.map(({ choices: _, ...head }) => JSON.stringify(head));
    expect(new Set(heads)).toEqual(
      new Set(['{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"up-1"}']),
    );
  });

  it('sends the usage chunk only to a client that asked', () => {
    expect(translate(ANSWER, CLIENT).join()).not.toContain('usage');
    const asked = translate(ANSWER, { ...CLIENT, streamUsage: true });
    expect(JSON.parse(asked.at(-2) ?? '')).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 10, total_tokens: 16 },
    });
    expect(JSON.parse(asked[0] ?? '')).toMatchObject({ usage: null });
  });

  it('passes late fields on once', () => {
    const frames = stream(
      chunk({ content: 'a' }),
      chunk({ content: 'b' }, null, { citations: ['c'] }),
      chunk({}, 'stop', { citations: ['c'] }),
    );
    const written = translate(frames, CLIENT).filter((data) => data.includes('citations'));
    expect(written).toHaveLength(1);
  });

  it('numbers calls by their order, whatever the upstream did', () => {
    const frames = stream(
      chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] }),
      chunk({ tool_calls: [{ index: 0, id: 'b', function: { name: 'g' } }] }),
      chunk({}, 'stop'),
    );
    const calls = translate(frames, CLIENT)
      .flatMap((data) =>
        data === '[DONE]'
          ? []
          : (JSON.parse(data) as { choices: { delta: { tool_calls?: { index: number }[] } }[] }).choices,
      )
      .flatMap(({ delta }) => delta.tool_calls ?? []);
    expect(calls).toEqual([
      { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } },
      { index: 0, function: { arguments: '{}' } },
      { index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } },
      { index: 1, function: { arguments: '{}' } },
    ]);
    expect(translate(frames, CLIENT).at(-2)).toContain('"finish_reason":"tool_calls"');
  });
});

describe('the tap', () => {
  it('marks content, usage and end', () => {
    const tap = openaiChat.createTap(FROM);
    const marks = ANSWER.map((frame) => tap.inspect(frame));
    const words = TapMark.content | TapMark.wordsOnly;
    expect(marks).toEqual([words, words, TapMark.none, TapMark.usageOnly, TapMark.terminal]);
    expect(tap).toMatchObject({
      id: 'chatcmpl-1',
      model: 'up-1',
      finished: true,
      finish: { unified: 'stop', raw: 'stop' },
    });
    expect(tap.usage).toMatchObject({ inputTokens: 10, outputTokens: 6 });
  });

  it.for([
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: null, tool_calls: [], reasoning: '' }),
    chunk({ function_call: { name: '', arguments: '' } }),
    chunk({ audio: { id: '', data: '' } }),
    { choices: [], id: '', prompt_filter_results: [] },
    chunk({}, null, {}, { delta: undefined }),
  ])('does not commit on %j', (body) => {
    expect(openaiChat.createTap(FROM).inspect({ event: null, data: JSON.stringify(body) })).toBe(TapMark.none);
  });

  it('is finished when every answer is', () => {
    const tap = openaiChat.createTap(FROM);
    const see = (body: object): unknown => tap.inspect({ event: null, data: JSON.stringify(body) });
    see(chunk({ content: 'a' }));
    see(chunk({ content: 'b' }, null, {}, { index: 1 }));
    see(chunk({}, 'stop'));
    expect(tap.finished).toBe(false);
    see(chunk({}, 'length', {}, { index: 1 }));
    expect(tap.finished).toBe(true);
  });
});
