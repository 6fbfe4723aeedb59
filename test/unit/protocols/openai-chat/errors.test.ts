/** Errors of upstreams: what a client may see of them, and errors inside answers and streams. */
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../../src/core/gateway-error.ts';
import { NO_HEADERS } from '../../../../src/core/headers.ts';
import type { ChatEvent } from '../../../../src/core/events.ts';
import { plainDialect, TapMark, type ReadContext } from '../../../../src/core/protocol.ts';
import { openaiChat } from '../../../../src/protocols/openai-chat/index.ts';

const FROM: ReadContext = { dialect: plainDialect('openai-chat'), names: new Map() };

describe('an error of an upstream', () => {
  it('keeps its words only where the request was wrong, without addresses and keys', () => {
    const secret = 'sk-proj-abcdefghijklmnop1234';
    const words = `bad key ${secret}, see https://internal.example.com/x?key=1 or 10.1.2.3:8000 or api.example.ai/v1 \u001b[31m`;
    const body = JSON.stringify({ error: { message: words, code: 'weird', param: 'messages[0]' } });
    const rejected = openaiChat.readError(422, NO_HEADERS, body);
    expect(rejected.code).toBe('upstream-rejected');
    expect(rejected.message).toContain('bad key [key]');
    expect(rejected.message).not.toMatch(/sk-proj|example|10\.1\.2\.3/);
    expect(rejected.message).not.toContain('\u001b');
    for (const status of [401, 429, 500, 503]) {
      const error = openaiChat.readError(status, NO_HEADERS, body);
      expect(JSON.stringify(openaiChat.writeError(error))).not.toMatch(/bad key|example|10\.1/);
    }
  });

  it.each([
    [404, 'model_not_found', 404, 'model_not_found'],
    [422, 'unprocessable', 422, 'unprocessable'],
    [400, null, 400, 'upstream-rejected'],
  ])('%i %s is written as %i %s', (status, code, written, nativeCode) => {
    const error = openaiChat.readError(
      status,
      NO_HEADERS,
      JSON.stringify({ error: { message: 'model x not found', code } }),
    );
    expect(openaiChat.writeError(error)).toMatchObject({ status: written, body: { error: { code: nativeCode } } });
  });

  it.each([
    ['no full stop', 'no full stop. Correct'],
    ['one.', 'one. Correct'],
    ['what?', 'what? Correct'],
    ['a "quote."', 'a "quote." Correct'],
  ])('%s ends as a sentence before our hint', (message, written) => {
    const { body } = openaiChat.writeError(
      openaiChat.readError(400, NO_HEADERS, JSON.stringify({ error: { message } })),
    );
    expect(JSON.stringify(body)).toContain(JSON.stringify(written).slice(1, -1));
  });

  it('survives bodies that are no JSON', () => {
    for (const body of ['', '<html>', '[]', 'null', '"x"', '{"error":{}}', '{"error":[]}']) {
      expect(openaiChat.readError(400, NO_HEADERS, body).message).toBeTruthy();
    }
  });
});

describe('our errors', () => {
  it('say what, where and how to mend it, with facts for programs', () => {
    const error = new GatewayError('model-not-found', 'The model `gpt-9` is not configured here.', {
      where: 'model',
      facts: { nearest: ['gpt-4'] },
    });
    expect(openaiChat.writeError(error)).toEqual({
      status: 404,
      body: {
        error: {
          message: 'The model `gpt-9` is not configured here. Use one of the names GET /v1/models lists.',
          type: 'invalid_request_error',
          param: 'model',
          code: 'model_not_found',
          thalweg: { code: 'model-not-found', nearest: ['gpt-4'] },
        },
      },
    });
  });
});

describe('an error inside a stream', () => {
  const inBand = [
    ['{"error":{"message":"Overloaded","type":"overloaded_error"}}', null, 'upstream-overloaded'],
    ['{"error":{"message":"slow","code":429}}', null, 'upstream-rate-limited'],
    ['{"error":{"message":"slow","code":"rate_limit_exceeded"}}', null, 'upstream-rate-limited'],
    ['{"error":"something broke"}', null, 'upstream-error'],
    ['{"message":"x"}', 'error', 'upstream-error'],
    ['{"object":"error","message":"bad","type":"BadRequestError","code":400}', null, 'upstream-rejected'],
    [
      '{"id":"g","choices":[{"index":0,"delta":{"content":"x"},"error":{"code":502,"message":"no"},"finish_reason":"error"}]}',
      null,
      'upstream-error',
    ],
    [
      '{"error":{"message":"maximum context length is 10","type":"invalid_request_error"}}',
      null,
      'context-length-exceeded',
    ],
    ['{"choices":[1]}', null, 'upstream-malformed'],
    ['{"choices":[{"index":1000000000,"delta":{}}]}', null, 'upstream-malformed'],
    ['not json', null, 'upstream-malformed'],
    ['[]', null, 'upstream-malformed'],
    ['[DONE]', null, 'upstream-truncated'],
  ] as const;

  it.for(inBand)('%s', ([data, event, code]) => {
    const events: ChatEvent[] = [];
    const reader = openaiChat.createEventReader(FROM);
    const tap = openaiChat.createTap(FROM);
    expect(tap.inspect({ event, data })).toBe(TapMark.error);
    for (const frame of [
      { event, data },
      { event: null, data: '[DONE]' },
    ])
      reader.read(frame, events);
    reader.end(events);
    const told = events.filter(({ type }) => type !== 'response-start');
    expect(told.map((one) => (one.type === 'error' ? one.error.code : one.type))).toEqual([code]);
    expect(tap.error?.code).toBe(code);
    expect(tap.inspect({ event: null, data: '[DONE]' })).toBe(TapMark.none);
  });

  it.for(['{"error":{"message":"x","code":503}}', '{"choices":[]}', '{"choices":[{}]}', '{}'])('whole: %s', (text) => {
    const body = JSON.parse(text) as { readonly [key: string]: string };
    const code = text.includes('503') ? 'upstream-overloaded' : 'upstream-malformed';
    expect(() => openaiChat.readResponse(body, FROM)).toThrow(expect.objectContaining({ code }) as Error);
    expect(() => openaiChat.inspectResponse(body, FROM)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
