/** What happens to a request on its way to Anthropic and to servers that speak its language: each trap by its name. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../../src/core/json.ts';
import { plainDialect } from '../../../../src/core/protocol.ts';
import { anthropicMessages } from '../../../../src/protocols/anthropic-messages/index.ts';
import { fromChat, fromMessages } from './writing.ts';

const CALLS = ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{"x":1}' } }));
const TOOL = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };

describe('tools', () => {
  it('gathers the results of parallel calls in one user message, first in it', () => {
    const { body, lost } = fromChat({
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: null, tool_calls: CALLS },
        { role: 'tool', tool_call_id: 'a', content: 'one' },
        { role: 'tool', tool_call_id: 'b', content: 'two' },
        { role: 'user', content: 'go on' },
      ],
      tools: [TOOL],
    });
    expect((body['messages'] as JsonObject[]).slice(2)).toEqual([
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'one' },
          { type: 'tool_result', tool_use_id: 'b', content: 'two' },
          { type: 'text', text: 'go on' },
        ],
      },
    ]);
    expect(lost).toEqual([]);
  });

  it.each([
    ['', {}, 0],
    ['{}', {}, 0],
    ['{"x":1}', { x: 1 }, 0],
    ['{"x"', { input: '{"x"' }, 1],
    ['[1]', { input: '[1]' }, 1],
  ])('turns the arguments %j into %j', (text, input, losses) => {
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: text } };
    const { body, lost } = fromChat({ messages: [{ role: 'assistant', tool_calls: [call] }] });
    expect(body['messages']).toEqual([
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input }] },
    ]);
    expect(lost).toHaveLength(losses);
  });

  it('keeps is_error, and images inside a result', () => {
    const content = [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } }];
    const block = { type: 'tool_result', tool_use_id: 'a', content, is_error: true };
    const messages = [{ role: 'user', content: [block] }];
    expect(fromMessages({ messages }).body['messages']).toEqual(messages);
  });

  it('puts results before the words that stood before them, and says so', () => {
    const result = { type: 'tool_result', tool_use_id: 'a', content: 'x' };
    const { body, lost } = fromMessages({
      messages: [{ role: 'user', content: [{ type: 'text', text: 'y' }, result] }],
    });
    expect(body['messages']).toEqual([{ role: 'user', content: [result, { type: 'text', text: 'y' }] }]);
    expect(lost).toEqual(['changed messages[0]']);
  });

  it('renames what this language refuses in names and ids, and names it back', () => {
    const long = `functions.${'x'.repeat(140)}`;
    const tools = [long, 'a b', 'a_b'].map((name) => ({ type: 'function', function: { name } }));
    const call = { id: 'functions.a:0', type: 'function', function: { name: 'a b', arguments: '{}' } };
    const { body, names, lost } = fromChat({
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', tool_calls: [call] },
        { role: 'tool', tool_call_id: 'functions.a:0', content: 'x' },
      ],
      tools,
      tool_choice: { type: 'function', function: { name: 'a b' } },
    });
    const written = (body['tools'] as JsonObject[]).map(({ name }) => String(name));
    expect(written.every((name) => /^[a-zA-Z0-9_-]{1,128}$/.test(name))).toBe(true);
    expect(written.map((name) => names.get(name) ?? name)).toEqual([long, 'a b', 'a_b']);
    expect(body['tool_choice']).toEqual({ type: 'tool', name: written[1] });
    const [, assistant, user] = body['messages'] as readonly { content: readonly JsonObject[] }[];
    const id = String(assistant?.content[0]?.['id']);
    expect([names.get(id), user?.content[0]?.['tool_use_id']]).toEqual(['functions.a:0', id]);
    const answer = { type: 'message', content: [{ type: 'tool_use', id, name: written[1], input: {} }] };
    const read = anthropicMessages.readResponse(answer, { dialect: plainDialect('anthropic-messages'), names });
    expect(read.choices[0]?.parts[0]).toMatchObject({ id: 'functions.a:0', name: 'a b' });
    expect(lost).toEqual([]);
  });

  it.each([
    [{ tool_choice: 'auto' }, { type: 'auto' }],
    [{ tool_choice: 'none', parallel_tool_calls: false }, { type: 'none' }],
    [{ tool_choice: 'required' }, { type: 'any' }],
    [{ parallel_tool_calls: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [{ parallel_tool_calls: true }, undefined],
    [
      { tool_choice: { type: 'function', function: { name: 'f' } }, parallel_tool_calls: false },
      { type: 'tool', name: 'f', disable_parallel_tool_use: true },
    ],
  ])('says the choice %j as %j', (asked, written) => {
    const { body, lost } = fromChat({ tools: [TOOL], ...(asked as JsonObject) });
    expect([body['tool_choice'], lost]).toEqual([written, []]);
  });

  it('declares only the tools that are allowed', () => {
    const other = { type: 'function', function: { name: 'g' } };
    const allowed = { mode: 'required', tools: [{ type: 'function', function: { name: 'g' } }] };
    const { body, lost } = fromChat({
      tools: [TOOL, other],
      tool_choice: { type: 'allowed_tools', allowed_tools: allowed },
    });
    expect(body).toMatchObject({
      tools: [{ name: 'g', input_schema: { type: 'object', properties: {} } }],
      tool_choice: { type: 'any' },
    });
    expect(lost).toEqual(['approximated tool_choice']);
  });

  it('leaves hosted and custom tools of other languages out', () => {
    const custom = { type: 'custom', custom: { name: 'd', format: { type: 'grammar' } } };
    const { body, lost } = fromChat({ tools: [TOOL, custom] });
    expect([body['tools'], lost]).toEqual([[{ name: 'f', input_schema: { type: 'object' } }], ['dropped tools[1]']]);
  });

  it('holds strict tools to their schema only where the model does', () => {
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' }, strict: true } }];
    expect(fromChat({ tools }).lost).toEqual([]);
    expect(fromChat({ tools, model: 'claude-sonnet-4-20250514' }).lost).toEqual(['dropped tools[0].strict']);
  });
});

describe('parameters', () => {
  it.each([
    ['claude-opus-4-7', ['dropped temperature', 'dropped top_p']],
    ['claude-opus-5-5', ['dropped temperature', 'dropped top_p']],
    ['us.anthropic.claude-sonnet-5-v1:0', ['dropped temperature', 'dropped top_p']],
    ['claude-haiku-4-5', ['dropped top_p']],
    ['claude-haiku-6', ['dropped temperature', 'dropped top_p']],
    ['claude-3-5-sonnet-20241022', []],
    ['some-model', []],
  ])('of sampling go to %s as far as it takes them', (model, lost) => {
    expect(fromChat({ model, temperature: 0.5, top_p: 0.9 }).lost).toEqual(lost);
  });

  it('warm no further than 1', () => {
    expect(fromChat({ temperature: 1.7 })).toMatchObject({ body: { temperature: 1 }, lost: ['changed temperature'] });
  });

  it.each([
    ['claude-3-opus-20240229', 4096],
    ['claude-3-5-sonnet-latest', 8192],
    ['claude-opus-4-1', 32_000],
    ['claude-sonnet-4-5', 32_000],
    ['some-model', 8192],
  ])('give %s the limit %i where the request has none', (model, limit) => {
    expect(fromChat({ model })).toMatchObject({ body: { max_tokens: limit }, lost: [] });
  });

  it('that this language has not are named', () => {
    const { lost } = fromChat({
      n: 2,
      seed: 1,
      logprobs: true,
      logit_bias: { 1: 2 },
      presence_penalty: 1,
      frequency_penalty: 1,
      modalities: ['text', 'audio'],
      audio: { voice: 'v' },
      metadata: { a: 'b' },
      prompt_cache_key: 'k',
      response_format: { type: 'json_object' },
      service_tier: 'flex',
      prediction: { type: 'content' },
      user: 'u',
    });
    expect(lost.toSorted()).toEqual(
      [
        'dropped audio',
        'dropped frequency_penalty',
        'dropped logit_bias',
        'dropped logprobs',
        'dropped metadata',
        'dropped modalities',
        'dropped n',
        'dropped prediction',
        'dropped presence_penalty',
        'dropped prompt_cache_key',
        'dropped response_format',
        'dropped seed',
        'dropped service_tier',
      ].toSorted(),
    );
  });

  it('hold the answer to a schema where the model can', () => {
    const schema = { type: 'object', properties: {} };
    const format = { type: 'json_schema', json_schema: { name: 'x', schema, strict: true } };
    expect(fromChat({ response_format: format })).toMatchObject({
      body: { output_config: { format: { type: 'json_schema', schema } } },
      lost: [],
    });
    expect(fromChat({ response_format: format, model: 'claude-sonnet-4-0' }).lost).toEqual(['dropped response_format']);
  });
});

describe('media', () => {
  it('of chat become images and documents', () => {
    const { body, lost } = fromChat({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBO' } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
            { type: 'file', file: { file_data: 'data:application/pdf;base64,JVBE', filename: 'a.pdf' } },
            { type: 'file', file: { file_data: 'data:text/csv;base64,YSxi', filename: 'a.csv' } },
          ],
        },
      ],
    });
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBO' } },
          { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' }, title: 'a.pdf' },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' }, title: 'a.csv' },
        ],
      },
    ]);
    expect(lost).toEqual([]);
  });

  it('that cannot be said are named', () => {
    const content = [
      { type: 'text', text: 'x' },
      { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } },
      { type: 'file', file: { file_id: 'file-1' } },
      { type: 'file', file: { file_data: 'data:application/zip;base64,UEsD', filename: 'a.zip' } },
    ];
    const { body, lost } = fromChat({ messages: [{ role: 'user', content }] });
    expect(body['messages']).toEqual([{ role: 'user', content: 'x' }]);
    expect(lost).toEqual([1, 2, 3].map((i) => `dropped messages[0].content[${i}]`));
  });
});

describe('turns', () => {
  it('without content are left out, and blank text is never sent', () => {
    const { body, lost } = fromChat({
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: '' },
        {
          role: 'user',
          content: [
            { type: 'text', text: '' },
            { type: 'text', text: 'x' },
          ],
        },
      ],
    });
    expect(body['messages']).toEqual([
      { role: 'user', content: 'hi' },
      { role: 'user', content: 'x' },
    ]);
    expect(lost).toEqual(['dropped messages[1]']);
  });
});
