/** What policy learns of a chat request from its bytes. */
import { describe, expect, it } from 'vitest';
import { Capability, type CapabilityName } from '../../../../src/core/backend.ts';
import { isGatewayError } from '../../../../src/core/gateway-error.ts';
import type { RequestOutline } from '../../../../src/core/protocol.ts';
import { openaiChat } from '../../../../src/protocols/openai-chat/index.ts';
import { scanObject } from '../../../../src/wire/json-scan.ts';

const USER = '[{"role":"user","content":"hi"}]';

function outlineOf(fields: string, messages = USER): RequestOutline {
  const text = `{"model":"m","messages":${messages}${fields === '' ? '' : `,${fields}`}}`;
  return openaiChat.outline(scanObject(new TextEncoder().encode(text), openaiChat.policyKeys));
}

function refusal(fields: string, messages = USER): { code: string; where: string | null } {
  try {
    outlineOf(fields, messages);
  } catch (error) {
    if (isGatewayError(error)) return { code: error.code, where: error.where };
  }
  return { code: 'accepted', where: null };
}

describe('outline', () => {
  it('tells stream, limits, choices and user', () => {
    expect(outlineOf('')).toEqual({
      stream: false,
      streamUsage: false,
      maxOutputTokens: null,
      choices: 1,
      user: null,
      needs: 0,
    });
    const fields =
      '"stream":true,"stream_options":{"include_usage":true},"max_tokens":5,"max_completion_tokens":3,"n":2,"user":"u"';
    expect(outlineOf(fields)).toEqual({
      stream: true,
      streamUsage: true,
      maxOutputTokens: 5,
      choices: 2,
      user: 'u',
      needs: Capability.stream | Capability.choices,
    });
    expect(outlineOf('"safety_identifier":"s","user":null').user).toBe('s');
    expect(outlineOf('"stream":null,"max_tokens":null,"n":null,"stop":null')).toMatchObject({
      stream: false,
      choices: 1,
    });
  });

  it.for<[fields: string, needs: CapabilityName[]]>([
    ['"tools":[{"type":"function"}]', ['tools']],
    ['"functions":[{}]', ['tools']],
    ['"tools":[ ]', []],
    ['"tools":null', []],
    ['"response_format":{"type":"json_schema"}', ['jsonSchema']],
    ['"response_format":{"type":"json_object"}', ['jsonObject']],
    ['"response_format":{"type":"text"}', []],
    ['"logprobs":true', ['logprobs']],
    ['"logprobs":false,"top_logprobs":0', []],
    ['"top_logprobs":2', ['logprobs']],
    ['"modalities":["text","audio"]', ['audioOut']],
    ['"modalities":["text"]', []],
    ['"reasoning_effort":"high"', ['reasoning']],
    ['"reasoning_effort":"none"', []],
  ])('%s needs %s', ([fields, needs]) => {
    expect(outlineOf(fields).needs).toBe(needs.reduce((bits, name) => bits | Capability[name], 0));
  });

  it.for<[part: string, needs: CapabilityName[]]>([
    ['{"type":"image_url","image_url":{"url":"https://example.com"}}', ['images']],
    ['{"type":"input_audio","input_audio":{}}', ['audioIn']],
    ['{ "type" : "file" , "file" : {} }', ['files']],
    ['{"type":"text","text":"the field \\"image_url\\" takes a \\"file\\""}', []],
    ['{"type":"text","text":"ends with \\"image_url"}', []],
    ['{"type":"text","text":"x","file":1}', []],
  ])('content %s needs %s', ([part, needs]) => {
    const { needs: bits } = outlineOf('', `[{"role":"user","content":[${part}]}]`);
    expect(bits).toBe(needs.reduce((all, name) => all | Capability[name], 0));
  });

  it.for([
    ['"max_tokens":1e999', 'max_tokens'],
    ['"max_tokens":-1', 'max_tokens'],
    ['"max_tokens":1.5', 'max_tokens'],
    ['"max_tokens":"5"', 'max_tokens'],
    ['"max_completion_tokens":9007199254740993', 'max_completion_tokens'],
    ['"max_tokens":1000000000', 'max_tokens'],
    ['"n":1000000000', 'n'],
    ['"n":0', 'n'],
    ['"stream":"true"', 'stream'],
    ['"stream":1', 'stream'],
    ['"stream_options":[]', 'stream_options'],
    ['"stream_options":{"include_usage":"yes"}', 'stream_options.include_usage'],
    [`"stop":[${Array.from({ length: 10_000 }, () => '"x"').join()}]`, 'stop'],
    [`"tools":[${Array.from({ length: 10_000 }, () => '{"a":[1,2,"],"]}').join()}]`, 'tools'],
    ['"tools":"all"', 'tools'],
    ['"top_logprobs":1000', 'top_logprobs'],
    ['"user":7', 'user'],
  ] as const)('refuses %s', ([fields, where]) => {
    expect(refusal(fields)).toEqual({ code: 'invalid-value', where });
  });

  it.for(['base_url', 'api_base', 'api_key', 'custom_llm_provider'])('refuses %s', (key) => {
    expect(refusal(`"${key}":"http://169.254.169.254"`)).toEqual({ code: 'unknown-parameter', where: key });
  });

  it('refuses an address in a provider preference, but not the preference', () => {
    expect(refusal('"provider":{"url":"http://x"}')).toEqual({ code: 'unknown-parameter', where: 'provider.url' });
    expect(refusal('"provider":{"order":["a"]}').code).toBe('accepted');
  });

  it('counts messages', () => {
    const many = (count: number): string =>
      `[${Array.from({ length: count }, () => '{"role":"user","content":"a, b"}').join()}]`;
    expect(refusal('', many(5000))).toEqual({ code: 'invalid-value', where: 'messages' });
    expect(refusal('', many(4000)).code).toBe('accepted');
  });

  it('wants messages', () => {
    expect(refusal('', '[]')).toEqual({ code: 'invalid-value', where: 'messages' });
    expect(refusal('', '"hi"')).toEqual({ code: 'invalid-value', where: 'messages' });
    const bare = scanObject(new TextEncoder().encode('{"model":"m"}'), openaiChat.policyKeys);
    expect(() => openaiChat.outline(bare)).toThrow('`messages` is missing');
  });
});
