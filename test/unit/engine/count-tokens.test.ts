/** Counting tokens and compacting: side channels that carry content, so they go where the message itself may go, or nowhere. */
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Json } from '../../../src/core/json.ts';
import { estimateTokens } from '../../../src/engine/side/estimate.ts';
import { createRig, type Rig } from './rig.ts';
import { ask, create, response, scene } from './side-scene.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig(scene());
});

const MESSAGES = { surface: 'anthropic-messages', operation: 'count-tokens', key: 'sk-ann' } as const;
const RESPONSES = { surface: 'openai-responses', operation: 'count-tokens', key: 'sk-ann' } as const;
const message = (more: object = {}): object => ({
  model: 'opus',
  messages: [{ role: 'user', content: 'How long is this?' }],
  ...more,
});

describe('counting tokens', () => {
  it('asks the backend of the language itself, with the bytes of the client', () => {
    const headers = { 'anthropic-version': '2023-06-01' };
    const { reply } = rig.ask(message({ system: 'Be brief.' }), { ...MESSAGES, headers });
    const { request, body } = rig.transport.last();
    expect(request.url).toBe('http://claude.test/v1/messages/count_tokens');
    expect(request.headers).toContain('2023-06-01');
    expect(body).toEqual({ ...message({ system: 'Be brief.' }), model: 'opus' });
    rig.transport.last().json(200, { input_tokens: 14 });
    expect(reply.text).toBe('{"input_tokens":14}');
    expect(reply.headers['x-thalweg-lossy']).toBeUndefined();
    expect(rig.exchanges().at(-1)).toMatchObject({
      operation: 'count-tokens',
      backend: 'claude',
      path: 'pass',
      usage: null,
    });
  });

  it('of the Responses language goes to its own operation, under the name of the model there', () => {
    const { reply } = rig.ask(ask({ stream: true }), RESPONSES);
    expect(rig.transport.last().request.url).toBe('http://main.test/v1/responses/input_tokens');
    expect(rig.transport.last().body).toMatchObject({ model: 'big' });
    rig.transport.last().json(200, { object: 'response.input_tokens', input_tokens: 11 });
    expect(reply.json).toEqual({ object: 'response.input_tokens', input_tokens: 11 });
  });

  it('in another language asks for the request as it would be sent there, without what counting does not take', () => {
    const { reply } = rig.ask(message({ model: 'assistant', system: 'Be brief.' }), MESSAGES);
    expect(rig.transport.last().request.url).toBe('http://main.test/v1/responses/input_tokens');
    const { body } = rig.transport.last();
    expect(Object.keys(body).sort()).toEqual(['input', 'model']);
    rig.transport.last().json(200, { object: 'response.input_tokens', input_tokens: 12 });
    expect(reply.json).toEqual({ input_tokens: 12 });
    rig.ask(ask({ model: 'opus', max_output_tokens: 5, temperature: 0.5 }), RESPONSES);
    expect(rig.transport.last().request.url).toBe('http://claude.test/v1/messages/count_tokens');
    expect(Object.keys(rig.transport.last().body).sort()).toEqual(['messages', 'model']);
  });

  it('fails over among those that count', () => {
    const { reply } = rig.ask(ask(), RESPONSES);
    rig.transport.last().json(500, {});
    expect(rig.transport.last().request.url).toBe('http://other.test/v1/responses/input_tokens');
    rig.transport.last().json(200, { input_tokens: 3 });
    expect(reply.json).toMatchObject({ input_tokens: 3 });
  });

  it('is an estimate that says so where the message would go to a backend that does not count, and nothing is sent', () => {
    for (const model of ['plain', 'mixed']) {
      const { reply } = rig.ask(message({ model }), MESSAGES);
      expect(reply.status).toBe(200);
      expect(reply.headers['x-thalweg-lossy']).toBe('estimate');
      expect(reply.json['input_tokens']).toBeGreaterThan(5);
      expect(rig.exchanges().at(-1)).toMatchObject({ outcome: 'ok', losses: ['estimate'], backend: null });
    }
    const responses = rig.ask(ask({ model: 'plain' }), RESPONSES).reply;
    expect(responses.json).toMatchObject({ object: 'response.input_tokens' });
    expect(rig.transport.opened).toHaveLength(0);
  });

  it.each([404, 405, 501])('is an estimate where the backend answers %i, which blames nobody', (status) => {
    for (let i = 0; i < 6; i++) {
      const { reply } = rig.ask(message(), MESSAGES);
      rig.transport.last().json(status, { error: { message: 'Not Found' } });
      expect(reply.headers['x-thalweg-lossy']).toBe('estimate');
    }
    expect(rig.breakers()).toEqual([]);
  });

  it('is refused where the rule refuses losses', async () => {
    await rig.install(
      scene({ rules: [{ id: 'exact', match: 'true', lossy: 'refuse' }] } as Parameters<typeof scene>[0]),
    );
    const { reply } = rig.ask(message({ model: 'plain' }), MESSAGES);
    expect(reply.status).toBe(400);
    expect(reply.headers['x-thalweg-code']).toBe('translation-lossy');
  });

  it('is bound by constraints like the message itself', async () => {
    const constraints = [{ id: 'german', require: { 'operator.country': { in: ['DE'] } } }];
    await rig.install(scene({ constraints } as Parameters<typeof scene>[0]));
    for (const model of ['opus', 'plain']) {
      const { reply } = rig.ask(message({ model }), MESSAGES);
      expect(reply.status).toBe(403);
      expect(reply.json).toMatchObject({ type: 'error', error: { type: 'permission_error' } });
    }
    expect(rig.transport.opened).toHaveLength(0);
  });

  it('of a request that continues a response goes to who keeps it', () => {
    create(rig, 'resp_1', { model: 'elsewhere' });
    rig.ask(ask({ previous_response_id: 'resp_1' }), RESPONSES);
    expect(rig.transport.last().request.url).toBe('http://other.test/v1/responses/input_tokens');
    const { reply } = rig.ask(ask({ previous_response_id: 'resp_1' }), { ...RESPONSES, key: 'sk-bob' });
    expect(reply.status).toBe(404);
  });

  it.each([{}, { input_tokens: -1 }, { input_tokens: 'many' }, { input_tokens: 1.5 }])('%j is no count', (answer) => {
    const { reply } = rig.ask(message(), MESSAGES);
    rig.transport.last().json(200, answer);
    expect(reply.status).toBe(502);
  });
});

describe('an estimate', () => {
  it('counts data by the piece and text by its bytes, on the high side', () => {
    const image = { type: 'image', source: { type: 'base64', data: 'QUJD'.repeat(100_000) } };
    expect(estimateTokens({ content: [image] })).toBeLessThan(1700);
    expect(estimateTokens('word '.repeat(1000))).toBeGreaterThan(1000);
    expect(estimateTokens('字'.repeat(3000))).toBeGreaterThanOrEqual(3000);
  });

  it('takes the bytes of UTF-8 and never shrinks when something is added', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.jsonValue(), (text, value) => {
        expect(estimateTokens(text)).toBe(Math.ceil(new TextEncoder().encode(text).length / 3));
        expect(estimateTokens([value as Json, text])).toBeGreaterThanOrEqual(estimateTokens(text));
      }),
    );
  });
});

describe('compacting', () => {
  const COMPACT = { surface: 'openai-responses', operation: 'compact', key: 'sk-ann' } as const;

  it('goes to a backend that compacts, with the bytes of the client, and its tokens count', () => {
    const { reply } = rig.ask(ask(), COMPACT);
    expect(rig.transport.last().request.url).toBe('http://main.test/v1/responses/compact');
    expect(rig.transport.last().body).toEqual({ model: 'big', input: 'Hello' });
    rig.transport.last().json(200, { ...response('resp_c'), object: 'response.compaction' });
    expect(reply.json).toMatchObject({ id: 'resp_c', object: 'response.compaction', model: 'assistant' });
    expect(rig.exchanges().at(-1)).toMatchObject({ operation: 'compact', usage: { inputTokens: 9, outputTokens: 4 } });
  });

  it('is refused where no backend of the model does', () => {
    for (const model of ['plain', 'opus']) {
      const { reply } = rig.ask(ask({ model }), COMPACT);
      expect(reply.status).toBe(400);
      expect(reply.json.error).toMatchObject({ code: 'request-unsatisfiable' });
    }
    expect(rig.transport.opened).toHaveLength(0);
  });
});
