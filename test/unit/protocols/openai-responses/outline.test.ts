/** What policy learns of a request of the Responses language from its bytes. */
import { describe, expect, it } from 'vitest';
import { Capability } from '../../../../src/core/backend.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { plainDialect, type Dialect } from '../../../../src/core/protocol.ts';
import { openaiResponses } from '../../../../src/protocols/openai-responses/index.ts';
import { scanObject, type ObjectScan } from '../../../../src/wire/json-scan.ts';

const scan = (body: JsonObject): ObjectScan =>
  scanObject(new TextEncoder().encode(JSON.stringify({ model: 'm', input: 'x', ...body })), openaiResponses.policyKeys);
const needs = (body: JsonObject): number => openaiResponses.outline(scan(body)).needs;
const content = (...parts: readonly JsonObject[]): JsonObject => ({ input: [{ role: 'user', content: parts }] });

describe('outline', () => {
  it('reads stream, limit and user; usage comes unasked', () => {
    expect(openaiResponses.outline(scan({ stream: true, max_output_tokens: 7, safety_identifier: 'u' }))).toEqual({
      stream: true,
      streamUsage: true,
      maxOutputTokens: 7,
      choices: 1,
      user: 'u',
      needs: Capability.stream,
    });
  });

  it.each<readonly [string, JsonObject, number]>([
    ['nothing', {}, 0],
    ['tools', { tools: [{ type: 'web_search' }] }, Capability.tools],
    ['no tools', { tools: [] }, 0],
    ['a picture', content({ type: 'input_image', image_url: 'x' }), Capability.images],
    ['a file', content({ type: 'input_file', file_id: 'x' }), Capability.files],
    ['a sound', content({ type: 'input_audio', input_audio: {} }), Capability.audioIn],
    ['talk of a picture', content({ type: 'input_text', text: '"input_image"' }), 0],
    [
      'a picture in a result',
      { input: [{ type: 'function_call_output', call_id: 'c', output: [{ type: 'input_image' }] }] },
      Capability.images,
    ],
    ['a schema', { text: { format: { type: 'json_schema' } } }, Capability.jsonSchema],
    ['an object', { text: { format: { type: 'json_object' } } }, Capability.jsonObject],
    ['log probabilities', { include: ['message.output_text.logprobs'] }, Capability.logprobs],
    ['alternatives', { top_logprobs: 2 }, Capability.logprobs],
    ['reasoning', { reasoning: { effort: 'low' } }, Capability.reasoning],
    ['no reasoning', { reasoning: { effort: 'none', summary: 'auto' } }, 0],
  ])('needs %s', (_, body, expected) => {
    expect(needs(body)).toBe(expected);
  });

  it.each<readonly [string, JsonObject, string]>([
    ['no input', { input: null }, 'input'],
    ['an input that is a number', { input: 3 }, 'input'],
    ['tools that are no list', { tools: {} }, 'tools'],
    ['background as text', { background: 'yes' }, 'background'],
    ['an id that is a number', { previous_response_id: 3 }, 'previous_response_id'],
    ['an own upstream', { base_url: 'http://x' }, 'base_url'],
    ['too many items', { input: Array.from({ length: 20_000 }, () => ({ type: 'x', id: '0' })) }, 'input'],
  ])('refuses %s', (_, body, where) => {
    expect(() => openaiResponses.outline(scan(body))).toThrow(expect.objectContaining({ where }) as Error);
  });

  it('takes a conversation instead of an input', () => {
    expect(needs({ input: null, previous_response_id: 'resp_1' })).toBe(0);
  });
});

describe('the byte path', () => {
  const input = [
    { role: 'developer', content: 'x' },
    { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' },
  ];
  const asks = (habits: Partial<Dialect>, body: JsonObject): boolean => {
    const fields = scan(body);
    return openaiResponses.needsTranslation(fields, openaiResponses.outline(fields), {
      ...plainDialect('openai-responses'),
      ...habits,
    });
  };

  it.each<readonly [string, Partial<Dialect>, JsonObject, boolean]>([
    ['plain', {}, { input }, false],
    ['another role', { systemRole: 'system' }, { input }, true],
    ['the same role', { systemRole: 'developer' }, { input }, false],
    ['talk of a role', { systemRole: 'system' }, { input: [{ role: 'user', content: 'developer' }] }, false],
    ['ids of another pattern', { toolCallId: '^[a-z]{9}$' }, { input }, true],
    ['ids that fit', { toolCallId: '^call_' }, { input }, false],
    ['a string', { systemRole: 'system', toolCallId: '^x$' }, { input: 'developer call_id' }, false],
  ])('%s', (_, habits, body, expected) => {
    expect(asks(habits, body)).toBe(expected);
  });
});
