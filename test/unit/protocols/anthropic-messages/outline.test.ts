/** What policy learns of a Messages request from its bytes. */
import { describe, expect, it } from 'vitest';
import { Capability } from '../../../../src/core/backend.ts';
import { isGatewayError } from '../../../../src/core/gateway-error.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { RequestOutline } from '../../../../src/core/protocol.ts';
import { sealReasoning } from '../../../../src/core/sealed-reasoning.ts';
import { anthropicMessages } from '../../../../src/protocols/anthropic-messages/index.ts';
import { scanObject } from '../../../../src/wire/json-scan.ts';
import { vendor } from './writing.ts';

const SMALL: JsonObject = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };

function outline(more: JsonObject): RequestOutline {
  const bytes = new TextEncoder().encode(JSON.stringify({ ...SMALL, ...more }));
  return anthropicMessages.outline(scanObject(bytes, anthropicMessages.policyKeys));
}

const user = (...content: readonly JsonObject[]): JsonObject => ({ messages: [{ role: 'user', content }] });
const image = { type: 'image', source: { type: 'url', url: 'https://example.com/a' } };
const document = (type: string): JsonObject => ({ type: 'document', source: { type } });

describe('the outline', () => {
  it('tells limit, stream and user; usage never has to be asked for', () => {
    expect(outline({ stream: true, metadata: { user_id: 'u' } })).toEqual({
      stream: true,
      streamUsage: true,
      maxOutputTokens: 9,
      choices: 1,
      user: 'u',
      needs: Capability.stream,
    });
    expect(outline({})).toMatchObject({ stream: false, user: null, needs: 0 });
  });

  it.each<[string, JsonObject, number]>([
    ['tools', { tools: [{ name: 'f', input_schema: {} }] }, Capability.tools],
    ['no tools', { tools: [] }, 0],
    ['an image', user(image), Capability.images],
    ['an image in a result', user({ type: 'tool_result', tool_use_id: 'a', content: [image] }), Capability.images],
    ['the word image', user({ type: 'text', text: '"image"' }), 0],
    ['a PDF', user(document('base64')), Capability.files],
    ['a text document', user(document('text')), 0],
    ['a budget', { thinking: { type: 'enabled', budget_tokens: 1024 } }, Capability.reasoning],
    ['adaptive thinking', { thinking: { type: 'adaptive' } }, 0],
    ['a schema', { output_config: { format: { type: 'json_schema', schema: {} } } }, Capability.jsonSchema],
    ['a schema of the older beta', { output_format: { type: 'json_schema', schema: {} } }, Capability.jsonSchema],
  ])('knows what %s needs', (_, more, needs) => {
    expect(outline(more).needs).toBe(needs);
  });

  it.each<[string, JsonObject, string]>([
    ['model', { model: '' }, 'model'],
    ['messages', { messages: [] }, 'messages'],
    ['stream', { stream: 1 }, 'stream'],
    ['max_tokens', { max_tokens: -1 }, 'max_tokens'],
    ['tools', { tools: {} }, 'tools'],
    ['metadata', { metadata: 'u' }, 'metadata'],
    ['an upstream of its own', { api_base: 'https://example.com' }, 'api_base'],
  ])('refuses a bad %s', (_, more, where) => {
    let error: unknown = null;
    try {
      outline(more);
    } catch (thrown) {
      error = thrown;
    }
    expect(isGatewayError(error) && error.where).toBe(where);
  });
});

describe('the byte path', () => {
  function needs(more: JsonObject, dialect: ReturnType<typeof vendor>): boolean {
    const bytes = new TextEncoder().encode(JSON.stringify({ ...SMALL, ...more }));
    const scan = scanObject(bytes, anthropicMessages.policyKeys);
    return anthropicMessages.needsTranslation(scan, anthropicMessages.outline(scan), dialect);
  }

  it('is left for thinking that Anthropic did not sign, on its way to Anthropic', () => {
    const thinking = (signature: string, text = 'Hm'): JsonObject =>
      user({ type: 'thinking', thinking: text, signature });
    expect(needs(thinking('c2ln'), vendor('anthropic'))).toBe(false);
    expect(needs(thinking('c2ln', '"signature":""'), vendor('anthropic'))).toBe(false);
    expect(needs(thinking(''), vendor('anthropic'))).toBe(true);
    expect(needs(thinking(sealReasoning({ opaque: 'gAAAA' })), vendor('anthropic'))).toBe(true);
    expect(needs(thinking(''), vendor('vllm'))).toBe(false);
  });

  it('is left for tags and for ids of another pattern', () => {
    const call = user({ type: 'tool_use', id: 'toolu_01', name: 'f', input: {} });
    const reasoning = { field: null, output: 'tags' as const, replay: 'never' as const, control: null };
    expect(needs({}, vendor('vllm'))).toBe(false);
    expect(needs({}, vendor('vllm', { reasoning }))).toBe(true);
    expect(needs(call, vendor('x', { toolCallId: '^[a-z0-9]{9}$' }))).toBe(true);
    expect(needs(call, vendor('x', { toolCallId: '^toolu_' }))).toBe(false);
  });
});

describe('the models lists', () => {
  it('have the shape that Anthropic clients page through', () => {
    const list = [
      { id: 'a', ownedBy: 'x', createdAtMs: null },
      { id: 'b', ownedBy: 'x', createdAtMs: 1_700_000_000_000 },
    ];
    expect(anthropicMessages.writeModels(list)).toEqual({
      data: [
        { type: 'model', id: 'a', display_name: 'a', created_at: '1970-01-01T00:00:00Z' },
        { type: 'model', id: 'b', display_name: 'b', created_at: '2023-11-14T22:13:20Z' },
      ],
      has_more: false,
      first_id: 'a',
      last_id: 'b',
    });
    expect(anthropicMessages.writeModels([])).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
  });
});
