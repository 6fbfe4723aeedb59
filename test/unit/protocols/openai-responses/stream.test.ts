/** What clients of the Responses language choked on behind other gateways, one trap a test. */
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../../src/core/gateway-error.ts';
import { createLossLog } from '../../../../src/core/loss.ts';
import type { Frame } from '../../../../src/core/protocol.ts';
import { openaiResponses } from '../../../../src/protocols/openai-responses/index.ts';
import { answered, delta, end, outputOf, START, start, STOP, written } from './exchange.ts';

const CALL = { id: 'c1', name: 'f' };

describe('a stream', () => {
  it('has the whole lifecycle of a text: Codex, Grok and openai-python fail without it', () => {
    const { types, bodies } = written([START, start(0, 'text'), delta(0, 'H'), delta(0, 'i'), end(0), ...STOP]);
    expect(types).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ]);
    expect(bodies.map((body) => body['sequence_number'])).toEqual(bodies.map((_, i) => i));
    expect(outputOf(bodies.at(-1))).toMatchObject([
      { type: 'message', status: 'completed', content: [{ text: 'Hi' }] },
    ]);
  });

  it('names item, place and content in every event of an item', () => {
    const { bodies } = written([
      START,
      start(0, 'reasoning'),
      delta(0, 'h'),
      end(0),
      start(1, 'text'),
      delta(1, 'x'),
      end(1),
      ...STOP,
    ]);
    const inner = bodies.filter((body) => 'item_id' in body);
    expect(inner.length).toBe(8);
    for (const body of inner) {
      expect(body).toMatchObject({ item_id: expect.any(String) as string, output_index: expect.any(Number) as number });
      expect('content_index' in body || 'summary_index' in body).toBe(true);
    }
    expect(new Set(inner.map((body) => body['item_id']))).toEqual(new Set(['rs_twa1_0', 'msg_twa1_1']));
  });

  it('writes interleaved calls one after the other: Pi runs the first of two overlapping items twice', () => {
    const { bodies, types } = written([
      START,
      start(0, 'tool-call', CALL),
      start(1, 'tool-call', { id: 'c2', name: 'g' }),
      delta(1, '{"b"'),
      delta(0, '{"a"'),
      delta(1, ':2}'),
      end(1),
      delta(0, ':1}'),
      end(0),
      ...STOP,
    ]);
    const lifecycle = types.filter((type) => type.startsWith('output_item.'));
    expect(lifecycle).toEqual(['output_item.added', 'output_item.done', 'output_item.added', 'output_item.done']);
    expect(outputOf(bodies.at(-1))).toMatchObject([
      { call_id: 'c1', arguments: '{"a":1}', status: 'completed' },
      { call_id: 'c2', arguments: '{"b":2}', status: 'completed' },
    ]);
  });

  it('keeps the order of calls that never end by themselves, with hosted items between them', () => {
    const hosted = { id: 'ws_1', type: 'web_search_call', status: 'completed' };
    const { bodies } = written([
      START,
      start(0, 'tool-call', CALL),
      { type: 'opaque', protocol: 'openai-responses', value: hosted, at: { choice: 0, index: 1 } },
      start(2, 'tool-call', { id: 'c2', name: 'g', kind: 'custom' }),
      delta(0, '{}'),
      delta(2, 'free'),
      ...STOP,
    ]);
    expect(outputOf(bodies.at(-1)).map(({ type }) => type)).toEqual([
      'function_call',
      'web_search_call',
      'custom_tool_call',
    ]);
  });

  it('announces nothing as content: prologue events do not commit', () => {
    const tap = openaiResponses.createTap({ dialect: { ...PLAIN }, names: new Map() });
    const frames: Frame[] = [];
    const writer = openaiResponses.createEventWriter(REQUEST, createLossLog());
    for (const event of [START, start(0, 'text')]) writer.write(event, frames);
    expect(frames.map((frame) => tap.inspect(frame))).toEqual([0, 0, 0, 0]);
    const more: Frame[] = [];
    writer.write(delta(0, 'x'), more);
    expect(more.map((frame) => tap.inspect(frame))).toEqual([1]);
  });

  it('writes no reasoning for what is sealed without a word, and carries the seal', () => {
    const { bodies, types, losses } = written([
      START,
      start(0, 'reasoning'),
      { type: 'part-end', choice: 0, index: 0, opaque: 'redacted' },
      ...STOP,
    ]);
    expect(types.filter((type) => type.includes('reasoning'))).toEqual([]);
    expect(outputOf(bodies.at(-1))).toMatchObject([
      { type: 'reasoning', summary: [], encrypted_content: expect.stringMatching(/^thalweg\.1\./) as string },
    ]);
    expect(losses).toEqual([]);
  });

  it('says why an answer is not whole, in the event and on its last item', () => {
    const cut = { unified: 'length' as const, raw: 'length' };
    const { bodies } = written([
      START,
      start(0, 'text'),
      delta(0, 'x'),
      { type: 'choice-end', choice: 0, finish: cut },
      { type: 'response-end' },
    ]);
    expect(bodies.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    });
    expect(outputOf(bodies.at(-1))).toMatchObject([{ status: 'incomplete' }]);
  });

  it('has one answer and no sound', () => {
    const { losses } = written([
      START,
      { type: 'part-start', choice: 1, index: 0, part: 'text' },
      start(0, 'audio'),
      delta(0, 'AAAA'),
      end(0),
      ...STOP,
    ]);
    expect(losses).toEqual(['dropped choices[1]', 'dropped audio']);
  });
});

const PLAIN = {
  protocol: 'openai-responses' as const,
  provider: 'x',
  reasoning: { field: null, output: 'none' as const, replay: 'never' as const, control: null },
  unsupported: new Set<string>(),
  rename: {},
  streamUsage: true,
  systemRole: 'any' as const,
  usageExcludesReasoning: false,
  toolCallId: null,
};
const REQUEST = { operation: 'chat' as const, model: 'm', messages: [], stream: true };

describe('an error in a stream', () => {
  const error = new GatewayError('context-length-exceeded');

  it('is an error event for SDKs and response.failed for Codex, with the code that makes agents compact', () => {
    const { bodies } = written([START, start(0, 'text'), delta(0, 'x'), { type: 'error', error }]);
    expect(bodies.at(-2)).toMatchObject({
      type: 'error',
      code: 'context_length_exceeded',
      message: expect.any(String) as string,
      error: { code: 'context_length_exceeded', type: 'invalid_request_error' },
    });
    expect(bodies.at(-1)).toMatchObject({
      type: 'response.failed',
      response: { id: 'a-1', status: 'failed', error: { code: 'context_length_exceeded' } },
    });
    expect(bodies.map((body) => body['sequence_number'])).toEqual(bodies.map((_, i) => i));
  });

  it('has the same shape where the stream passed through', () => {
    const tap = openaiResponses.createTap({ dialect: PLAIN, names: new Map() });
    const created = {
      type: 'response.created',
      sequence_number: 6,
      response: { id: 'resp_1', model: 'm', output: [] },
    };
    const delta = { type: 'response.output_text.delta', sequence_number: 7, delta: 'x' };
    for (const body of [created, delta]) tap.inspect({ event: body.type, data: JSON.stringify(body) });
    const frames = tap.abort(error);
    expect(frames.map(({ event }) => event)).toEqual(['error', 'response.failed']);
    expect(frames.map(({ data }) => JSON.parse(data) as object)).toMatchObject([
      { type: 'error', sequence_number: 8 },
      { type: 'response.failed', sequence_number: 9, response: { id: 'resp_1', status: 'failed' } },
    ]);
  });

  it.each([
    ['nested', { type: 'error', error: { code: 'rate_limit_exceeded', message: 'slow' } }],
    ['flat', { type: 'error', code: 'rate_limit_exceeded', message: 'slow', param: null }],
    ['failed', { type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: 'slow' } } }],
    ['without a type', { error: { code: 'rate_limit_exceeded', message: 'slow' } }],
  ])('is read however it is shaped: %s', (_, body) => {
    const reader = openaiResponses.createEventReader({ dialect: PLAIN, names: new Map() });
    const events: Parameters<typeof reader.read>[1] = [];
    reader.read({ event: null, data: JSON.stringify(body) }, events);
    expect(events).toMatchObject([{ type: 'error', error: { code: 'upstream-rate-limited' } }]);
  });

  it('is thrown for a whole answer that failed', () => {
    const failed = { id: 'r', status: 'failed', output: [], error: { code: 'server_error', message: 'x' } };
    expect(() => openaiResponses.readResponse(failed, { dialect: PLAIN, names: new Map() })).toThrow(
      expect.objectContaining({ code: 'upstream-error' }) as Error,
    );
  });
});

describe('an answer', () => {
  it('gives calls and messages an id and a status: opencode stops half-way without', () => {
    const [call, message] = outputOf(
      answered([
        { type: 'tool-call', id: 'c', name: 'f', arguments: '{}' },
        { type: 'text', text: 'Hi' },
      ]),
    );
    expect(call).toMatchObject({ id: 'fc_twa1_0', call_id: 'c', status: 'completed' });
    expect(message).toMatchObject({ id: 'msg_twa1_1', status: 'completed' });
  });

  it('has the same ids streamed and whole', () => {
    const { bodies } = written([START, start(0, 'text'), delta(0, 'Hi'), end(0), ...STOP]);
    expect(outputOf(bodies.at(-1))).toEqual(outputOf(answered([{ type: 'text', text: 'Hi' }])));
  });

  it('leaves out token details that nobody told', () => {
    const usage = {
      inputTokens: 3,
      cachedInputTokens: null,
      cacheWriteTokens: null,
      outputTokens: 2,
      reasoningTokens: null,
      raw: null,
    };
    expect(answered([], { usage })['usage']).toEqual({ input_tokens: 3, output_tokens: 2, total_tokens: 5 });
  });
});
