/** Where system texts go, who gets the billing line, and which headers travel with a request. */
import { describe, expect, it } from 'vitest';
import { NO_HEADERS, viewOf } from '../../../../src/core/headers.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { createLossLog } from '../../../../src/core/loss.ts';
import { plainDialect } from '../../../../src/core/protocol.ts';
import { anthropicMessages } from '../../../../src/protocols/anthropic-messages/index.ts';
import { openaiChat } from '../../../../src/protocols/openai-chat/index.ts';
import { scanObject } from '../../../../src/wire/json-scan.ts';
import { fromChat, fromMessages, vendor } from './writing.ts';

describe('system texts', () => {
  const MESSAGES = [
    { role: 'system', content: 'one' },
    { role: 'user', content: 'hi' },
    { role: 'system', content: 'two' },
  ];

  it('stand inside the conversation where the model knows that', () => {
    const { body, lost } = fromChat({ model: 'claude-opus-4-8', messages: MESSAGES });
    expect([body['system'], body['messages'], lost]).toEqual(['one', MESSAGES.slice(1), []]);
  });

  it('stand only between a user turn and its answer', () => {
    const turn = (role: string, content: string): JsonObject => ({ role, content });
    const messages = [
      turn('user', 'a'),
      turn('assistant', 'b'),
      turn('system', 'early'),
      turn('user', 'c'),
      turn('user', 'd'),
      turn('assistant', 'e'),
    ];
    const written = fromChat({ model: 'claude-opus-5-5', messages: [...messages, turn('system', 'late')] });
    expect(written.body['system']).toBe('late');
    expect((written.body['messages'] as JsonObject[]).map(({ content }) => content)).toEqual([
      'a',
      'b',
      'c',
      'd',
      'early',
      'e',
    ]);
    expect(written.lost).toEqual(['changed messages[2]', 'changed messages[6]']);
  });

  it.each(['claude-sonnet-4-5', 'claude-sonnet-5', 'claude-3-5-haiku-latest', 'some-model'])(
    'go to the top for %s',
    (model) => {
      const { body, lost } = fromChat({ model, messages: MESSAGES });
      expect(body['system']).toEqual([
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two' },
      ]);
      expect([body['messages'], lost]).toEqual([[MESSAGES[1]], ['changed messages[2]']]);
    },
  );

  it('say that the developer role became system', () => {
    const { body, lost } = fromChat({ messages: [{ role: 'developer', content: 'x' }, ...MESSAGES.slice(1, 2)] });
    expect([body['system'], lost]).toEqual(['x', ['changed messages[0].role']]);
  });

  it('are the user turn where there is no other', () => {
    const { body, lost } = fromChat({ messages: [{ role: 'system', content: 'x' }] });
    expect([body['system'], body['messages'], lost]).toEqual([
      undefined,
      [{ role: 'user', content: 'x' }],
      ['changed messages[0].role'],
    ]);
  });
});

describe('the billing line of Claude Code', () => {
  const line = { type: 'text', text: 'x-anthropic-billing-header: cc_version=1;' };
  const system = [line, { type: 'text', text: 'Be brief.' }];
  const bytes = new TextEncoder().encode(JSON.stringify({ model: 'm', max_tokens: 1, system, messages: [{}] }));

  it('is kept for Anthropic', () => {
    expect(fromMessages({ system })).toMatchObject({ body: { system }, lost: [] });
  });

  it('is taken out for other servers of the same language, which then need a translation', () => {
    const to = vendor('vllm');
    expect(fromMessages({ system, model: 'm' }, to)).toMatchObject({
      body: { system: [{ type: 'text', text: 'Be brief.' }] },
      lost: ['dropped messages[0]'],
    });
    const scan = scanObject(bytes, anthropicMessages.policyKeys);
    const outline = anthropicMessages.outline(scan);
    expect(anthropicMessages.needsTranslation(scan, outline, to)).toBe(true);
    expect(anthropicMessages.needsTranslation(scan, outline, vendor('anthropic'))).toBe(false);
  });

  it('never reaches another language', () => {
    const losses = createLossLog();
    const body = { model: 'm', max_tokens: 1, system, messages: [{ role: 'user', content: 'hi' }] };
    const asked = anthropicMessages.readRequest(body, NO_HEADERS);
    const written = openaiChat.writeRequest(asked, plainDialect('openai-chat'), losses);
    expect(JSON.stringify(written.body)).not.toContain('billing');
    expect(losses.losses.map(({ field }) => field)).toEqual(['messages[0].content[0]']);
  });
});

describe('versions and betas', () => {
  const HEADERS = ['anthropic-version', '2026-10-21', 'anthropic-beta', 'a-2026-01-01,b-2026-01-01,a-2026-01-01'];

  it('go on as they came to Anthropic, by the list of the dialect elsewhere', () => {
    expect(fromMessages({}, vendor('anthropic'), HEADERS).headers).toEqual([
      ...HEADERS.slice(0, 3),
      'a-2026-01-01,b-2026-01-01',
    ]);
    expect(fromMessages({}, vendor('bedrock'), HEADERS).headers).toEqual(HEADERS.slice(0, 2));
    const allowed = vendor('bedrock', { betas: new Set(['b-2026-01-01']) });
    expect(fromMessages({}, allowed, HEADERS).headers).toEqual([...HEADERS.slice(0, 3), 'b-2026-01-01']);
    expect(anthropicMessages.passHeaders(viewOf(HEADERS), allowed)).toEqual([...HEADERS.slice(0, 3), 'b-2026-01-01']);
  });

  it('name the oldest version for everybody who names none, or nonsense', () => {
    expect(fromChat({}).headers).toEqual(['anthropic-version', '2023-06-01']);
    expect(anthropicMessages.passHeaders(viewOf(['anthropic-version', 'x\ny']), vendor('vllm'))).toEqual([
      'anthropic-version',
      '2023-06-01',
    ]);
  });

  it('leave out what 2026-10-21 refuses', () => {
    const messages = [
      { role: 'user', content: [{ type: 'text', text: 'x', citations: [{ type: 'char_location' }] }] },
      {
        role: 'assistant',
        content: [
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } },
          { type: 'text', text: 'y' },
        ],
      },
    ];
    const more = { messages, temperature: 1, top_p: 1, top_k: 5 };
    expect(fromMessages(more, undefined, HEADERS)).toMatchObject({
      body: { messages: [{ content: [{ type: 'text', text: 'x' }] }, { content: [{ type: 'text', text: 'y' }] }] },
      lost: [
        'dropped messages[0].content[0].citations',
        'dropped messages[1].content[0]',
        'dropped temperature',
        'dropped top_p',
        'dropped top_k',
      ],
    });
    expect(fromMessages({ ...more, top_p: undefined }, undefined, ['anthropic-version', '2023-06-01']).lost).toEqual(
      [],
    );
  });
});
