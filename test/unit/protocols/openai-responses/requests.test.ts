/** Requests between the Responses language and others: what must survive, what is renamed, what is lost by name. */
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../src/core/chat.ts';
import { NO_HEADERS } from '../../../../src/core/headers.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { createLossLog } from '../../../../src/core/loss.ts';
import { plainDialect } from '../../../../src/core/protocol.ts';
import { openaiChat } from '../../../../src/protocols/openai-chat/index.ts';
import { openaiResponses } from '../../../../src/protocols/openai-responses/index.ts';
import { flattenName, splitName } from '../../../../src/protocols/openai-responses/names.ts';
import { answered, asked, outputOf, readInput } from './exchange.ts';

const USER: Message = { role: 'user', parts: [{ type: 'text', text: 'Hi' }] };
const SEALED: Message = {
  role: 'assistant',
  parts: [{ type: 'reasoning', text: 'Hm', signature: 'sig', extra: { 'anthropic-messages': { type: 'thinking' } } }],
};

describe('a request of another language', () => {
  it('is not stored: chat and Messages clients never agreed to that', () => {
    expect(asked({ messages: [USER] }).body['store']).toBe(false);
    expect(asked({ messages: [USER], extra: { 'openai-chat': { store: true } } }).body['store']).toBe(true);
    const own = openaiResponses.readRequest({ model: 'm', input: 'x' }, NO_HEADERS);
    expect('store' in asked(own).body).toBe(false);
  });

  it('has free functions unless it says otherwise: here strict is the default', () => {
    const { body } = asked({ messages: [USER], tools: [{ type: 'function', name: 'f' }] });
    expect(body['tools']).toEqual([{ type: 'function', name: 'f', parameters: null, strict: false }]);
  });

  it('names everything that this language cannot say', () => {
    const { losses } = asked({
      messages: [USER],
      choices: 2,
      stop: ['x'],
      seed: 1,
      topK: 3,
      logitBias: {},
      presencePenalty: 1,
      frequencyPenalty: 1,
      modalities: ['text', 'audio'],
      audio: { voice: 'v' },
    });
    expect(losses.toSorted()).toEqual(
      ['audio', 'frequency_penalty', 'logit_bias', 'modalities', 'n', 'presence_penalty', 'seed', 'stop', 'top_k'].map(
        (field) => `dropped ${field}`,
      ),
    );
  });

  it('says a budget in the nearest word', () => {
    const { body, losses } = asked({ messages: [USER], reasoning: { enabled: true, budgetTokens: 8000 } });
    expect(body['reasoning']).toEqual({ effort: 'medium' });
    expect(losses).toEqual(['approximated reasoning.budgetTokens']);
  });

  it('keeps pictures in tool results, and tells a failed call in words', () => {
    const picture = {
      type: 'media' as const,
      mediaType: 'image/png',
      source: { kind: 'base64' as const, data: 'iVBO' },
    };
    const results: Message = {
      role: 'user',
      parts: [
        { type: 'tool-result', callId: 'a', content: [picture] },
        { type: 'tool-result', callId: 'b', content: [{ type: 'text', text: 'no' }], isError: true },
        { type: 'text', text: 'So?' },
      ],
    };
    const { body, losses } = asked({ messages: [results] });
    expect(body['input']).toEqual([
      {
        type: 'function_call_output',
        call_id: 'a',
        output: [{ type: 'input_image', detail: 'auto', image_url: 'data:image/png;base64,iVBO' }],
      },
      { type: 'function_call_output', call_id: 'b', output: 'Error: no' },
      { type: 'message', role: 'user', content: 'So?' },
    ]);
    expect(losses).toEqual(['approximated messages[0].isError']);
  });

  it('drops reasoning that another vendor sealed where the vendor takes none', () => {
    const { body, losses } = asked({ messages: [USER, SEALED] }, { provider: 'openai' });
    expect(body['input']).toHaveLength(1);
    expect(losses).toContain('dropped messages[1].reasoning');
    expect(losses).toContain('dropped messages[1].reasoning.signature');
  });

  it('replays it as text where the vendor takes that', () => {
    const reasoning = { field: null, output: 'field' as const, replay: 'field' as const, control: 'reasoning' };
    const { body } = asked({ messages: [USER, SEALED] }, { provider: 'deepseek', reasoning });
    expect(body['input']).toMatchObject([
      {},
      { type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'Hm' }] },
    ]);
  });

  it('marks results of custom tools as such', () => {
    const { body } = asked({
      messages: [
        {
          role: 'assistant',
          parts: [{ type: 'tool-call', id: 'a', name: 'sql', arguments: 'SELECT', kind: 'custom' }],
        },
        { role: 'tool', parts: [{ type: 'tool-result', callId: 'a', content: [{ type: 'text', text: '1' }] }] },
      ],
    });
    expect(body['input']).toMatchObject([
      { type: 'custom_tool_call', input: 'SELECT' },
      { type: 'custom_tool_call_output' },
    ]);
  });

  it('goes to a vendor that knows one word for instructions', () => {
    const { body, losses } = asked(
      { messages: [{ role: 'developer', parts: [{ type: 'text', text: 'x' }] }] },
      {
        provider: 'x',
        systemRole: 'system',
        unsupported: new Set(['store']),
        rename: { max_output_tokens: 'max_tokens' },
      },
    );
    expect(body['input']).toEqual([{ type: 'message', role: 'system', content: 'x' }]);
    expect(losses).toEqual(['changed messages[0].role']);
  });
});

describe('a request for a chat upstream', () => {
  const chat = (...input: readonly JsonObject[]): JsonObject =>
    openaiChat.writeRequest(readInput(...input), { ...plainDialect('openai-chat'), provider: 'x' }, createLossLog())
      .body;

  it('has no empty turns where hosted items and reasoning stay behind', () => {
    const body = chat(
      { role: 'user', content: 'x' },
      { type: 'compaction', encrypted_content: 'g' },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm' }] },
      { role: 'user', content: 'y' },
    );
    expect(body['messages']).toEqual([
      { role: 'user', content: 'x' },
      { role: 'user', content: 'y' },
    ]);
  });
});

describe('sealed reasoning of another vendor', () => {
  it('travels through a Responses client and comes back', () => {
    const [item] = outputOf(answered([{ type: 'reasoning', text: 'Hm', signature: 'sig', origin: 'claude' }]));
    expect(item).toMatchObject({ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }] });
    const [message] = readInput(item ?? {}, { role: 'user', content: 'x' }).messages;
    expect(message?.parts).toMatchObject([{ type: 'reasoning', text: 'Hm', signature: 'sig', origin: 'claude' }]);
  });

  it('never reaches the vendor of this language', () => {
    const [item] = outputOf(answered([{ type: 'reasoning', text: '', opaque: 'redacted', origin: 'claude' }]));
    const { body, losses } = asked(readInput(item ?? {}, { role: 'user', content: 'x' }), { provider: 'openai' });
    expect(JSON.stringify(body)).not.toMatch(/redacted|thalweg|rs_tw/);
    expect(losses).toContain('dropped messages[0].reasoning.opaque');
  });
});

describe('a client of this language', () => {
  it('has one message per turn, whatever items it is made of', () => {
    const { messages } = readInput(
      { role: 'user', content: 'x' },
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'g' },
      { role: 'assistant', content: 'a' },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call', call_id: 'd', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: '1' },
      { type: 'function_call_output', call_id: 'd', output: '2' },
      { role: 'assistant', content: 'b' },
    );
    expect(messages.map(({ role, parts }) => [role, parts.map(({ type }) => type)])).toEqual([
      ['user', ['text']],
      ['assistant', ['reasoning', 'text', 'tool-call', 'tool-call']],
      ['tool', ['tool-result']],
      ['tool', ['tool-result']],
      ['assistant', ['text']],
    ]);
  });

  it('may replay reasoning with content: null, as Codex does', () => {
    const item = { type: 'reasoning', id: 'rs_1', summary: [], content: null, encrypted_content: 'g' };
    expect(asked(readInput(item)).body['input']).toEqual([item]);
  });
});

describe('names of namespaced tools', () => {
  it.each([
    ['agents', 'spawn', 'agents__spawn__n6'],
    ['a__b', 'c__d', 'a__b__c__d__n4'],
    [null, 'plain', 'plain'],
    [null, 'mcp__server__tool', 'mcp__server__tool'],
    [null, 'a__b__n1', '__a__b__n1__n0'],
  ])('%s %s is %s and back', (namespace, name, flat) => {
    expect(flattenName(namespace, name)).toBe(flat);
    expect(splitName(flat)).toEqual({ namespace, name });
  });

  it.each(['x__n9', '__n0', 'a__n1', 'ab__n2'])('%s was never flattened', (name) => {
    expect(splitName(name)).toEqual({ namespace: null, name });
  });
});
