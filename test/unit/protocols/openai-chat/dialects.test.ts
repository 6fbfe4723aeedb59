/** How requests are written for vendors with habits, and when that takes more than splices. */
import { describe, expect, it } from 'vitest';
import type { ChatRequest, Message } from '../../../../src/core/chat.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { createLossLog } from '../../../../src/core/loss.ts';
import {
  plainDialect,
  type Dialect,
  type ReasoningDialect,
  type ReasoningSteering,
  type WireRequest,
} from '../../../../src/core/protocol.ts';
import { openaiChat } from '../../../../src/protocols/openai-chat/index.ts';
import { scanObject } from '../../../../src/wire/json-scan.ts';

const REASONING: ReasoningDialect = {
  field: 'reasoning',
  output: 'field',
  replay: 'field',
  control: 'reasoning_effort',
};

function vendor(habits: Partial<Dialect>): Dialect {
  return { ...plainDialect('openai-chat'), provider: 'vendor', reasoning: REASONING, ...habits };
}

function write(request: Partial<ChatRequest>, to: Dialect): { wire: WireRequest; losses: string[] } {
  const log = createLossLog();
  const messages: Message[] = [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }];
  const wire = openaiChat.writeRequest({ operation: 'chat', model: 'm', messages, stream: false, ...request }, to, log);
  return { wire, losses: log.losses.map(({ field, kind }) => `${kind} ${field}`) };
}

const messagesOf = ({ wire }: { wire: WireRequest }): readonly JsonObject[] =>
  wire.body['messages'] as readonly JsonObject[];

describe('a vendor', () => {
  it('gets nothing that it refuses', () => {
    const { wire, losses } = write(
      { seed: 1, topK: 2 },
      vendor({ unsupported: new Set(['seed', 'top_k', 'logit_bias']) }),
    );
    expect(Object.keys(wire.body)).toEqual(['model', 'messages']);
    expect(losses).toEqual(['dropped seed', 'dropped top_k']);
  });

  it('gets fields under its own names', () => {
    const to = vendor({ rename: { max_completion_tokens: 'max_tokens', seed: 'random_seed' } });
    expect(write({ maxOutputTokens: 5, seed: 3 }, to).wire.body).toMatchObject({ max_tokens: 5, random_seed: 3 });
    const both = write({ maxOutputTokens: 5, extra: { 'openai-chat': { max_tokens: 4 } } }, to);
    expect([both.wire.body['max_tokens'], both.losses]).toEqual([4, ['dropped max_completion_tokens']]);
  });

  it('is asked for the usage of a stream where that is possible', () => {
    expect(write({ stream: true }, vendor({})).wire.body['stream_options']).toEqual({ include_usage: true });
    const silent = vendor({ streamUsage: false });
    expect(write({ stream: true }, silent)).toMatchObject({ losses: [] });
    const asked = write({ stream: true, streamUsage: true }, silent);
    expect([asked.wire.body['stream_options'], asked.losses]).toEqual([
      undefined,
      ['dropped stream_options.include_usage'],
    ]);
  });

  it('hears instructions under the role that it knows', () => {
    const messages: Message[] = [
      { role: 'developer', parts: [{ type: 'text', text: 'a' }] },
      { role: 'system', parts: [{ type: 'text', text: 'b' }] },
    ];
    const old = write({ messages }, vendor({ systemRole: 'system' }));
    expect(messagesOf(old).map(({ role }) => role)).toEqual(['system', 'system']);
    expect(old.losses).toEqual(['changed messages[0].role']);
    const strict = write({ messages }, vendor({ systemRole: 'developer' }));
    expect(messagesOf(strict).map(({ role }) => role)).toEqual(['developer', 'developer']);
    expect(messagesOf(write({ messages }, vendor({}))).map(({ role }) => role)).toEqual(['developer', 'system']);
  });

  it('gets earlier reasoning as it takes it', () => {
    const messages: Message[] = [
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', text: 'Hm' },
          { type: 'text', text: 'Hi' },
        ],
      },
    ];
    const field = write({ messages }, vendor({}));
    expect(messagesOf(field)).toEqual([{ role: 'assistant', content: 'Hi', reasoning: 'Hm' }]);
    const tags = write({ messages }, vendor({ reasoning: { ...REASONING, replay: 'tags' } }));
    expect(messagesOf(tags)[0]?.['content']).toBe('<think>Hm</think>Hi');
    const never = write({ messages }, vendor({ reasoning: { ...REASONING, replay: 'never' } }));
    expect([messagesOf(never), never.losses]).toEqual([
      [{ role: 'assistant', content: 'Hi' }],
      ['dropped messages[0].reasoning'],
    ]);
  });

  const SWITCH: ReasoningSteering = { on: ['thinking', { type: 'enabled' }], off: ['thinking', { type: 'disabled' }] };

  it.for<
    [steering: ReasoningSteering | null, effort: 'high' | 'none', field: string, value: unknown, losses: string[]]
  >([
    [{ effort: 'reasoning_effort' }, 'high', 'reasoning_effort', 'high', []],
    [{ effort: 'reasoning.effort' }, 'high', 'reasoning', { effort: 'high' }, []],
    [SWITCH, 'high', 'thinking', { type: 'enabled' }, ['approximated reasoning_effort']],
    [SWITCH, 'none', 'thinking', { type: 'disabled' }, []],
    [{ off: ['enable_thinking', false] }, 'none', 'enable_thinking', false, []],
    [null, 'high', 'reasoning_effort', undefined, ['dropped reasoning_effort']],
  ])('steers reasoning by %j (%s)', ([steering, effort, field, value, losses]) => {
    const control = steering === null ? null : field;
    const reasoning = { ...REASONING, control, ...(steering === null ? {} : { steering }) };
    const result = write({ reasoning: { effort } }, vendor({ reasoning }));
    expect([result.wire.body[field], result.losses]).toEqual([value, losses]);
  });

  it("gets call ids that it accepts, and answers with the client's own", () => {
    const to = vendor({ toolCallId: '^[a-zA-Z0-9]{9}$' });
    const ids = ['call_00_PY4jZerU5C9MoO3wQIwi1346', 'functions.add:0', 'abcdef123'];
    const messages: Message[] = [
      { role: 'assistant', parts: ids.map((id) => ({ type: 'tool-call', id, name: 'f', arguments: '{}' })) },
      ...ids.map((callId): Message => ({ role: 'tool', parts: [{ type: 'tool-result', callId, content: [] }] })),
    ];
    const { wire, losses } = write({ messages }, to);
    const [assistant, ...results] = wire.body['messages'] as readonly JsonObject[];
    const written = ((assistant?.['tool_calls'] ?? []) as readonly JsonObject[]).map(({ id }) => id);
    expect(written.every((id) => /^[a-zA-Z0-9]{9}$/.test(String(id)))).toBe(true);
    expect([new Set(written).size, written[2]]).toEqual([3, 'abcdef123']);
    expect(results.map((result) => result['tool_call_id'])).toEqual(written);
    expect(written.map((id) => wire.names.get(String(id)) ?? id)).toEqual(ids);
    expect(losses).toEqual([]);
    const message = { tool_calls: [{ id: written[0], function: { name: 'f', arguments: '{}' } }] } as JsonObject;
    const answer = openaiChat.readResponse(
      { choices: [{ message, finish_reason: 'tool_calls' }] },
      { dialect: to, names: wire.names },
    );
    expect(answer.choices[0]?.parts[0]).toMatchObject({ id: ids[0] });
  });
});

describe('tool results from other protocols', () => {
  it('become messages of their own, media after them', () => {
    const image = { type: 'media', mediaType: 'image/png', source: { kind: 'base64', data: 'iVBO' } } as const;
    const { wire, losses } = write(
      {
        messages: [
          {
            role: 'user',
            parts: [
              { type: 'tool-result', callId: 'a', content: [{ type: 'text', text: 'boom' }], isError: true },
              { type: 'tool-result', callId: 'b', content: [image] },
              { type: 'text', text: 'go on' },
            ],
          },
        ],
      },
      vendor({}),
    );
    expect(wire.body['messages']).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'Error: boom' },
      { role: 'tool', tool_call_id: 'b', content: '' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Attachment of tool result b:' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
        ],
      },
      { role: 'user', content: 'go on' },
    ]);
    expect(losses).toEqual(['approximated messages[0].isError', 'changed messages[0]']);
  });
});

describe('needsTranslation', () => {
  const needs = (body: JsonObject, habits: Partial<Dialect>): boolean => {
    const scan = scanObject(new TextEncoder().encode(JSON.stringify(body)), openaiChat.policyKeys);
    return openaiChat.needsTranslation(scan, openaiChat.outline(scan), vendor(habits));
  };
  const said = (message: JsonObject): JsonObject => ({ model: 'm', messages: [message] });
  const user = said({ role: 'user', content: 'the "developer" said "reasoning_content"' });

  it('is no for plain requests', () => {
    const habits = { systemRole: 'system', toolCallId: '^[a-z]{9}$' } as const;
    expect(needs(user, habits)).toBe(false);
    expect(needs(said({ role: 'tool', tool_call_id: 'abcdefghi', content: 'x' }), habits)).toBe(false);
    expect(needs({ ...user, reasoning_effort: 'low' }, {})).toBe(false);
  });

  it('is yes where the vendor spells otherwise', () => {
    expect(needs(said({ role: 'developer', content: 'x' }), { systemRole: 'system' })).toBe(true);
    expect(needs(said({ role: 'tool', tool_call_id: 'call_1', content: 'x' }), { toolCallId: '^[a-z]{9}$' })).toBe(
      true,
    );
    expect(needs(said({ role: 'assistant', content: 'x', reasoning_content: 'Hm' }), {})).toBe(true);
    expect(needs(said({ role: 'assistant', content: 'x', reasoning: 'Hm' }), {})).toBe(false);
    expect(needs(user, { reasoning: { ...REASONING, output: 'tags' } })).toBe(true);
    const rename = { max_completion_tokens: 'max_tokens' };
    expect(needs({ ...user, max_tokens: 5, max_completion_tokens: 5 }, { rename })).toBe(true);
    expect(needs({ ...user, max_completion_tokens: 5 }, { rename })).toBe(false);
    expect(needs({ ...user, reasoning_effort: 'low' }, { reasoning: { ...REASONING, control: 'thinking' } })).toBe(
      true,
    );
  });
});
