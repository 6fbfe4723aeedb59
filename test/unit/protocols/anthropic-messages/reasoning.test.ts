/** Reasoning: how it is asked for per model, and how earlier reasoning goes back or across languages. */
import { describe, expect, it } from 'vitest';
import type { ReasoningPart } from '../../../../src/core/chat.ts';
import { NO_HEADERS } from '../../../../src/core/headers.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { createLossLog } from '../../../../src/core/loss.ts';
import { plainDialect } from '../../../../src/core/protocol.ts';
import { anthropicMessages } from '../../../../src/protocols/anthropic-messages/index.ts';
import { openaiChat } from '../../../../src/protocols/openai-chat/index.ts';
import { writeAll } from '../../../conformance/protocol-run.ts';
import { fromChat, fromMessages, vendor, write } from './writing.ts';

describe('the effort of a chat client', () => {
  it.each([
    ['claude-sonnet-4-5', 'low', { thinking: { type: 'enabled', budget_tokens: 1024 } }, ['reasoning.effort']],
    ['claude-sonnet-4-5', 'medium', { thinking: { type: 'enabled', budget_tokens: 8192 } }, ['reasoning.effort']],
    ['some-model', 'high', { thinking: { type: 'enabled', budget_tokens: 24_576 } }, ['reasoning.effort']],
    ['claude-opus-4-6', 'high', { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }, []],
    [
      'claude-opus-4-6',
      'xhigh',
      { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
      ['reasoning.effort'],
    ],
    ['claude-opus-4-8', 'xhigh', { thinking: { type: 'adaptive' }, output_config: { effort: 'xhigh' } }, []],
    [
      'claude-opus-4-8',
      'minimal',
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
      ['reasoning.effort'],
    ],
    ['claude-opus-4-8', 'none', { thinking: { type: 'disabled' } }, []],
    ['claude-3-5-haiku-latest', 'high', {}, ['reasoning']],
  ])('goes to %s as it takes %s', (model, effort, written, lost) => {
    const { body, lost: named } = fromChat({ model, reasoning_effort: effort });
    const { thinking, output_config: config } = body;
    expect(JSON.parse(JSON.stringify({ thinking, output_config: config }))).toEqual(written);
    expect(named.map((loss) => loss.split(' ')[1])).toEqual(lost);
  });

  it('leaves room for the answer under max_tokens, or is not sent', () => {
    const asked = (limit: number): JsonObject =>
      fromChat({ reasoning_effort: 'high', max_completion_tokens: limit }).body;
    expect(asked(32_000)['thinking']).toEqual({ type: 'enabled', budget_tokens: 24_576 });
    expect(asked(8000)).toMatchObject({ max_tokens: 8000, thinking: { budget_tokens: 6000 } });
    expect(asked(1000)['thinking']).toBeUndefined();
    const free = fromChat({ reasoning_effort: 'medium', model: 'some-model' });
    expect(free.body).toMatchObject({ max_tokens: 16_384, thinking: { budget_tokens: 8192 } });
  });

  it('takes sampling and forced calls with it', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const { body, lost } = fromChat({ reasoning_effort: 'low', temperature: 0.2, top_p: 0.5, tools });
    expect([body['temperature'], body['top_p']]).toEqual([undefined, undefined]);
    expect(lost).toEqual(['approximated reasoning.effort', 'dropped temperature', 'dropped top_p']);
    const forced = fromChat({ reasoning_effort: 'low', tools, tool_choice: 'required' });
    expect(forced.body).toMatchObject({ tool_choice: { type: 'any' } });
    expect([forced.body['thinking'], forced.lost.at(-1)]).toEqual([undefined, 'dropped reasoning']);
    const adaptive = fromChat({ model: 'claude-opus-4-8', reasoning_effort: 'low', tools, tool_choice: 'required' });
    expect(adaptive).toMatchObject({
      body: { thinking: { type: 'adaptive' }, tool_choice: { type: 'any' } },
      lost: [],
    });
    const never = fromChat({ model: 'claude-fable-5', tools, tool_choice: 'required' });
    expect(never).toMatchObject({ body: { tool_choice: { type: 'auto' } }, lost: ['changed tool_choice'] });
  });

  it('is not sent for a tool turn whose thinking is gone: Messages would refuse the turn', () => {
    const messages = [
      { role: 'user', content: 'hi' },
      {
        role: 'assistant',
        reasoning_content: 'Hm',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'x' },
    ];
    const { body, lost } = fromChat({ messages, reasoning_effort: 'low' });
    expect(body['thinking']).toBeUndefined();
    expect(lost).toContain('dropped reasoning');
    expect(fromChat({ messages, reasoning_effort: 'low', model: 'claude-opus-4-8' }).body).toMatchObject({
      thinking: { type: 'adaptive' },
    });
  });
});

describe('the thinking of a Messages client', () => {
  it('is adapted to a model that takes no budget', () => {
    const { body, lost } = fromMessages({ model: 'claude-opus-5', thinking: { type: 'enabled', budget_tokens: 2000 } });
    expect(body).toMatchObject({ thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } });
    expect(lost).toEqual(['approximated reasoning.budgetTokens']);
  });

  it('is adapted to a model that knows only budgets', () => {
    const { body, lost } = fromMessages({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
      max_tokens: 64_000,
    });
    expect(body['thinking']).toEqual({ type: 'enabled', budget_tokens: 24_576 });
    expect([body['output_config'], lost]).toEqual([undefined, ['approximated reasoning.effort']]);
  });

  it('has a budget under max_tokens, unlike the default of Qwen Code', () => {
    const { body, lost } = fromMessages({ thinking: { type: 'enabled', budget_tokens: 50_000 }, max_tokens: 8000 });
    expect(body).toMatchObject({ max_tokens: 8000, thinking: { budget_tokens: 6000 } });
    expect(lost).toEqual(['approximated reasoning.budgetTokens']);
  });

  it('caps the effort of opus-5 without thinking', () => {
    const more = { thinking: { type: 'disabled' }, output_config: { effort: 'max' } };
    expect(fromMessages({ ...more, model: 'claude-opus-4-8' })).toMatchObject({ body: more, lost: [] });
    expect(
      fromMessages({ thinking: { type: 'disabled' }, output_config: { effort: 'xhigh' }, model: 'claude-opus-5' }),
    ).toMatchObject({
      body: { output_config: { effort: 'high' } },
      lost: ['approximated reasoning.effort'],
    });
  });

  it('is an effort for chat, by the one table', () => {
    const asked = (more: JsonObject): readonly unknown[] => {
      const body = { model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'hi' }], ...more };
      const losses = createLossLog();
      const read = anthropicMessages.readRequest(body, NO_HEADERS);
      const written = openaiChat.writeRequest(read, plainDialect('openai-chat'), losses);
      return [written.body['reasoning_effort'], ...losses.losses.map(({ kind }) => kind)];
    };
    expect(asked({ thinking: { type: 'enabled', budget_tokens: 1024 } })).toEqual(['low', 'approximated']);
    expect(asked({ thinking: { type: 'enabled', budget_tokens: 9000 } })).toEqual(['high', 'approximated']);
    expect(asked({ thinking: { type: 'adaptive' }, output_config: { effort: 'max' } })).toEqual(['max']);
    expect(asked({ thinking: { type: 'adaptive' } })).toEqual([undefined]);
    expect(asked({ thinking: { type: 'disabled' }, output_config: { effort: 'max' } })).toEqual(['none']);
  });
});

/** What becomes of a part in an assistant turn. */
function sent(part: ReasoningPart, to = vendor('anthropic'), model = 'claude-sonnet-4-5'): readonly unknown[] {
  const { body, lost } = write(
    {
      operation: 'chat',
      model,
      stream: false,
      messages: [
        { role: 'user', parts: [{ type: 'text', text: 'hi' }] },
        { role: 'assistant', parts: [part, { type: 'text', text: 'x' }] },
      ],
    },
    to,
  );
  const [, turn] = body['messages'] as readonly JsonObject[];
  const content = turn?.['content'];
  return [...(Array.isArray(content) ? (content as JsonObject[]).slice(0, -1) : []), ...lost];
}

describe('earlier reasoning', () => {
  const LOST = 'dropped messages[1].content[0].reasoning';

  it('goes back with its signature', () => {
    expect(sent({ type: 'reasoning', text: 'Hm', signature: 's' })).toEqual([
      { type: 'thinking', thinking: 'Hm', signature: 's' },
    ]);
    expect(sent({ type: 'reasoning', text: '', signature: 's' })).toEqual([
      { type: 'thinking', thinking: '', signature: 's' },
    ]);
    expect(sent({ type: 'reasoning', text: '', opaque: 'd' })).toEqual([{ type: 'redacted_thinking', data: 'd' }]);
  });

  it('is not sent as thinking when it is unsigned, sealed by another vendor, or of another origin', () => {
    expect(sent({ type: 'reasoning', text: 'Hm' })).toEqual([LOST]);
    const here = vendor('anthropic', { origin: 'anthropic/a1/claude' });
    const elsewhere = { type: 'reasoning', text: 'Hm', signature: 's', origin: 'bedrock/b2/claude' } as const;
    expect(sent(elsewhere, here)).toEqual([LOST]);
    const foreign = sent({ type: 'reasoning', text: '', opaque: 'd', extra: { 'openai-responses': { id: 'rs' } } });
    expect(foreign.at(-1)).toBe(LOST);
    expect(foreign.some((block) => typeof block === 'object')).toBe(false);
  });

  it('goes unsigned to servers that are no Claude, as their dialect says', () => {
    const part: ReasoningPart = { type: 'reasoning', text: 'Hm' };
    const replay = (how: 'field' | 'tags' | 'never'): readonly unknown[] => {
      const reasoning = { field: null, output: 'field' as const, replay: how, control: null };
      return sent(part, vendor('deepseek', { reasoning }), 'deepseek-chat');
    };
    expect(replay('field')).toEqual([{ type: 'thinking', thinking: 'Hm', signature: '' }]);
    expect(replay('tags')).toEqual([{ type: 'text', text: '<think>Hm</think>' }]);
    expect(replay('never')).toEqual([LOST]);
  });
});

describe('sealed reasoning of other languages', () => {
  const sealed: ReasoningPart = {
    type: 'reasoning',
    text: 'Grüße',
    opaque: 'gAAAA',
    extra: { 'openai-responses': { id: 'rs_1' } },
  };

  function comesBack(content: readonly JsonObject[]): unknown {
    const body = { model: 'm', max_tokens: 1, messages: [{ role: 'assistant', content }] };
    return anthropicMessages.readRequest(body, NO_HEADERS).messages[0]?.parts[0];
  }

  it('travels through a Messages client as a signature and comes back whole', () => {
    const response = {
      id: 'r',
      model: 'm',
      createdAtMs: null,
      choices: [{ index: 0, parts: [sealed], finish: { unified: 'stop' as const, raw: null } }],
      usage: null,
    };
    const { content } = anthropicMessages.writeResponse(response, createLossLog());
    expect(content).toMatchObject([{ type: 'thinking', thinking: 'Grüße' }]);
    expect(comesBack(content as JsonObject[])).toEqual(sealed);
  });

  it('does so in streams', () => {
    const frames = writeAll(
      anthropicMessages,
      [
        { type: 'response-start', id: 'r', model: 'm', createdAtMs: null },
        { type: 'part-start', choice: 0, index: 0, part: 'reasoning', extra: { 'openai-responses': { id: 'rs_1' } } },
        { type: 'part-end', choice: 0, index: 0, opaque: 'gAAAA' },
        { type: 'choice-end', choice: 0, finish: { unified: 'stop', raw: null } },
        { type: 'response-end' },
      ],
      createLossLog(),
    );
    const signature = frames.map(({ data }) => /"signature":"(thalweg[^"]+)"/.exec(data)?.[1]).find((one) => one);
    expect(comesBack([{ type: 'thinking', thinking: '', signature: signature ?? '' }])).toEqual({
      ...sealed,
      text: '',
    });
  });

  it('is a signature like any other when it is broken', () => {
    const signature = 'thalweg.1.%%%';
    expect(comesBack([{ type: 'thinking', thinking: 'x', signature }])).toEqual({
      type: 'reasoning',
      text: 'x',
      signature,
    });
  });
});
