/** Streams: order, interleaving, empty input, errors and counts, as clients of this language demand them. */
import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../../../src/core/events.ts';
import { foldEvents } from '../../../../src/core/fold.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { createLossLog } from '../../../../src/core/loss.ts';
import { plainDialect, TapMark, type Frame, type ReadContext } from '../../../../src/core/protocol.ts';
import { anthropicMessages } from '../../../../src/protocols/anthropic-messages/index.ts';
import { eventsOf, writeAll } from '../../../conformance/protocol-run.ts';
import { block, ending, event, START, textDeltas } from '../../../conformance/samples/anthropic-messages/streams.ts';

const PLAIN: ReadContext = { dialect: plainDialect('anthropic-messages'), names: new Map() };
const HEAD: ChatEvent = { type: 'response-start', id: 'x', model: 'm', createdAtMs: null };
const END: readonly ChatEvent[] = [
  { type: 'choice-end', choice: 0, finish: { unified: 'stop', raw: 'stop' } },
  { type: 'response-end' },
];

function parsed(frames: readonly Frame[]): readonly JsonObject[] {
  return frames.map(({ data }) => JSON.parse(data) as JsonObject);
}

function write(...events: readonly ChatEvent[]): {
  readonly frames: readonly Frame[];
  readonly lost: readonly string[];
} {
  const losses = createLossLog();
  const frames = writeAll(anthropicMessages, [HEAD, ...events], losses);
  return { frames, lost: losses.losses.map(({ kind, field }) => `${kind} ${field}`) };
}

const start = (index: number, name: string): ChatEvent => ({
  type: 'part-start',
  choice: 0,
  index,
  part: 'tool-call',
  id: `call_${index}`,
  name,
});
const delta = (index: number, text: string): ChatEvent => ({ type: 'part-delta', choice: 0, index, delta: text });
const end = (index: number): ChatEvent => ({ type: 'part-end', choice: 0, index });

describe('the writer', () => {
  it('names every event, opens once, stops once', () => {
    const { frames } = write({ type: 'part-start', choice: 0, index: 0, part: 'text' }, delta(0, 'Hi'), end(0), ...END);
    expect(frames.map(({ event }) => event)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(frames.every(({ event, data }) => (JSON.parse(data) as JsonObject)['type'] === event)).toBe(true);
  });

  it('writes blocks one after the other, however their parts overlap', () => {
    const { frames } = write(
      start(0, 'f'),
      start(1, 'g'),
      delta(1, '{"y"'),
      delta(0, '{"x"'),
      delta(1, ':2}'),
      end(1),
      delta(0, ':1}'),
      end(0),
      ...END,
    );
    const blocks = parsed(frames).filter(({ type }) => String(type).startsWith('content_block'));
    expect(blocks.map(({ type, index }) => `${String(type).slice('content_block_'.length)} ${String(index)}`)).toEqual([
      'start 0',
      'delta 0',
      'delta 0',
      'stop 0',
      'start 1',
      'delta 1',
      'stop 1',
    ]);
    const { response } = foldEvents(eventsOf(anthropicMessages, PLAIN, frames));
    expect(response.choices[0]?.parts).toMatchObject([
      { id: 'call_0', name: 'f', arguments: '{"x":1}' },
      { id: 'call_1', name: 'g', arguments: '{"y":2}' },
    ]);
  });

  it('closes what the upstream left open', () => {
    const { frames } = write(start(0, 'f'), start(1, 'g'), delta(1, '{}'), ...END);
    expect(parsed(frames).filter(({ type }) => type === 'content_block_stop')).toHaveLength(2);
  });

  it('never writes an empty block', () => {
    const { frames } = write({ type: 'part-start', choice: 0, index: 0, part: 'text' }, delta(0, ''), end(0), ...END);
    expect(frames.map(({ event }) => event)).toEqual(['message_start', 'message_delta', 'message_stop']);
  });

  it('puts the text of a custom tool into an object', () => {
    const { frames, lost } = write(
      { type: 'part-start', choice: 0, index: 0, part: 'tool-call', id: 'c', name: 'd', kind: 'custom' },
      delta(0, 'fr'),
      delta(0, 'ee'),
      end(0),
      ...END,
    );
    const { response } = foldEvents(eventsOf(anthropicMessages, PLAIN, frames));
    expect(response.choices[0]?.parts).toMatchObject([{ arguments: '{"input":"free"}' }]);
    expect(lost).toEqual(['approximated content[0].arguments', 'approximated usage']);
  });

  it('subtracts the cache again, and tells all counts at the end', () => {
    const usage = {
      inputTokens: 100,
      cachedInputTokens: 60,
      cacheWriteTokens: 10,
      outputTokens: 7,
      reasoningTokens: 3,
      raw: {},
    };
    const { frames, lost } = write({ type: 'usage', usage }, ...END);
    const counts = { input_tokens: 30, cache_read_input_tokens: 60, cache_creation_input_tokens: 10, output_tokens: 7 };
    const [first, last] = parsed(frames);
    expect(first).toMatchObject({ message: { usage: counts } });
    expect(last).toMatchObject({ usage: { ...counts, output_tokens_details: { thinking_tokens: 3 } } });
    expect(lost).toEqual([]);
  });

  it('says that nobody told the counts', () => {
    expect(write(...END).lost).toEqual(['approximated usage']);
  });

  it('names what a stream of this language cannot say', () => {
    const { lost } = write(
      { type: 'logprobs-delta', choice: 0, logprobs: {} },
      { type: 'part-start', choice: 0, index: 0, part: 'audio' },
      { type: 'part-start', choice: 1, index: 0, part: 'text' },
      { type: 'opaque', protocol: 'openai-responses', value: { type: 'response.web_search_call.searching' } },
      { type: 'opaque', protocol: 'openai-chat', value: { citations: ['https://a.example'] } },
      ...END,
    );
    expect(lost).toEqual([
      'dropped logprobs',
      'dropped audio',
      'dropped choices[1]',
      'dropped stream',
      'dropped citations',
      'approximated usage',
    ]);
  });

  it('ends an answer that failed in an error, not in a stop', () => {
    const failed: ChatEvent = {
      type: 'choice-end',
      choice: 0,
      finish: { unified: 'error', raw: 'MALFORMED_FUNCTION_CALL' },
    };
    const { frames } = write(failed, { type: 'response-end' });
    expect(frames).toHaveLength(1);
    expect(frames[0]?.event).toBe('error');
    expect(frames[0]?.data).toContain('MALFORMED_FUNCTION_CALL');
    expect(frames[0]?.data).toContain('api_error');
  });

  it('says words of refusal as text that ended in a refusal', () => {
    const { frames } = write(
      { type: 'part-start', choice: 0, index: 0, part: 'refusal' },
      delta(0, 'No.'),
      end(0),
      ...END,
    );
    expect(parsed(frames).at(-2)).toMatchObject({ delta: { stop_reason: 'refusal' } });
  });
});

describe('the reader', () => {
  it.each([
    ['overloaded_error', 'upstream-overloaded'],
    ['rate_limit_error', 'upstream-rate-limited'],
    ['api_error', 'upstream-error'],
    ['timeout_error', 'upstream-error'],
    ['authentication_error', 'upstream-auth'],
    ['billing_error', 'upstream-auth'],
    ['invalid_request_error', 'upstream-rejected'],
    ['vendor_error', 'upstream-error'],
  ])('maps a %s in the middle of a stream to %s', (type, code) => {
    const frames = [START, event('error', { error: { type, message: 'x' } }), ...ending('end_turn')];
    const events = eventsOf(anthropicMessages, PLAIN, frames);
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code } });
    expect(events.filter(({ type: kind }) => kind === 'response-end' || kind === 'choice-end')).toEqual([]);
  });

  it('keeps counts that come in parts, and never adds them up', () => {
    const head = { id: 'm', model: 'm', usage: { input_tokens: 5, cache_read_input_tokens: 2, output_tokens: 1 } };
    const frames = [
      event('message_start', { message: head }),
      ...block(0, { type: 'text', text: '' }, ...textDeltas('Hi')),
      event('message_delta', { delta: {}, usage: { output_tokens: 4 } }),
      event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9, input_tokens: null } }),
      event('message_stop'),
    ];
    const { response } = foldEvents(eventsOf(anthropicMessages, PLAIN, frames));
    expect(response.usage).toMatchObject({
      inputTokens: 7,
      cachedInputTokens: 2,
      cacheWriteTokens: null,
      outputTokens: 9,
    });
  });

  it('refuses deltas without a block, and events before the start', () => {
    const orphan = event('content_block_delta', { index: 3, delta: { type: 'text_delta', text: 'x' } });
    for (const frames of [[START, orphan], [orphan], [event('message_stop')], [START, START]]) {
      expect(eventsOf(anthropicMessages, PLAIN, frames).at(-1)).toMatchObject({
        error: { code: 'upstream-malformed' },
      });
    }
  });
});

describe('the tap', () => {
  function marks(...frames: readonly Frame[]): readonly number[] {
    const tap = anthropicMessages.createTap(PLAIN);
    return frames.map((frame) => tap.inspect(frame));
  }

  it('commits at the first words, not at the prologue', () => {
    const [text] = block(0, { type: 'text', text: '' });
    const words = event('content_block_delta', { index: 0, delta: textDeltas('Hi')[0] });
    const { none, content, wordsOnly } = TapMark;
    const seen = marks(START, event('ping'), text ?? START, words);
    expect(seen).toEqual([none, none, none, content | wordsOnly]);
    expect(marks(START, block(0, { type: 'tool_use', id: 'a', name: 'f', input: {} })[0] ?? START)[1]).toBe(content);
    expect(marks(START, block(0, { type: 'server_tool_use', id: 'a' })[0] ?? START)[1]).toBe(content);
  });

  it('says which events differ in their words alone, and refuses words behind the end of their block', () => {
    const word = (text: string): Frame => event('content_block_delta', { index: 0, delta: textDeltas(text)[0] });
    const [open, , stop] = block(0, { type: 'text', text: '' }, ...textDeltas('x'));
    const { none, content, error, wordsOnly } = TapMark;
    const seen = marks(START, open ?? START, word('a'), word('c"d'), stop ?? START, word('late'));
    expect(seen).toEqual([none, none, content | wordsOnly, content | wordsOnly, none, error]);
  });
});
