/** Errors in the words that Anthropic's clients act on. */
import { describe, expect, it } from 'vitest';
import { GatewayError, type ErrorDetail } from '../../../../src/core/gateway-error.ts';
import type { ErrorCode } from '../../../../src/core/error-codes.ts';
import { NO_HEADERS, viewOf } from '../../../../src/core/headers.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { anthropicMessages } from '../../../../src/protocols/anthropic-messages/index.ts';

function written(
  code: ErrorCode,
  detail: ErrorDetail = {},
  message?: string,
): { status: number; type: unknown; message: string } {
  const { status, body } = anthropicMessages.writeError(new GatewayError(code, message, detail));
  const error = body['error'] as JsonObject;
  expect([body['type'], body['request_id']]).toEqual(['error', null]);
  return { status, type: error['type'], message: String(error['message']) };
}

describe('an error', () => {
  it.each<[ErrorCode, number, string]>([
    ['invalid-value', 400, 'invalid_request_error'],
    ['invalid-credential', 401, 'authentication_error'],
    ['budget-exhausted', 402, 'billing_error'],
    ['permission-denied', 403, 'permission_error'],
    ['model-not-found', 404, 'not_found_error'],
    ['request-timeout', 408, 'timeout_error'],
    ['request-too-large', 413, 'request_too_large'],
    ['upstream-rate-limited', 429, 'rate_limit_error'],
    ['internal', 500, 'api_error'],
    ['upstream-error', 502, 'api_error'],
    ['upstream-overloaded', 503, 'overloaded_error'],
    ['artifact-untrusted', 503, 'api_error'],
    ['upstream-timeout', 504, 'timeout_error'],
  ])('%s is %i %s', (code, status, type) => {
    expect(written(code)).toMatchObject({ status, type });
  });

  it('of an overloaded Anthropic keeps its 529', () => {
    const native = { status: 529, code: null, type: 'overloaded_error', param: null };
    expect(written('upstream-overloaded', { native })).toMatchObject({ status: 529, type: 'overloaded_error' });
  });

  it('that the upstream meant for its client keeps status and type', () => {
    const body = '{"type":"error","error":{"type":"request_too_large","message":"Too big"}}';
    const error = anthropicMessages.readError(413, NO_HEADERS, body);
    expect(written(error.code, { native: error.native ?? fail() }, error.message)).toMatchObject({
      status: 413,
      type: 'request_too_large',
      message: expect.stringContaining('Too big') as string,
    });
  });

  it('about length makes Claude Code compact, whoever found it', () => {
    const length = { facts: { tokens: 210_000, maximum: 200_000 } };
    expect(written('context-length-exceeded', length).message).toContain(
      'prompt is too long: 210000 tokens > 200000 maximum',
    );
    const ours = 'The request needs about 9000 tokens, "m" reads at most 8192.';
    expect(written('context-length-exceeded', {}, ours).message).toContain(
      'prompt is too long: 9000 tokens > 8192 maximum',
    );
    expect(written('context-length-exceeded').message).toContain('prompt is too long: ');
    const openai =
      "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.";
    const read = anthropicMessages.readError(400, NO_HEADERS, JSON.stringify({ error: { message: openai } }));
    expect(written(read.code, { facts: read.facts ?? {} }).message).toContain('9001 tokens > 8192 maximum');
  });

  it('carries how long to wait, and no secrets', () => {
    const body =
      '{"type":"error","error":{"type":"invalid_request_error","message":"see https://x.internal/a?key=sk-ant-abcdefgh"}}';
    expect(anthropicMessages.readError(400, NO_HEADERS, body).message).not.toMatch(/https|sk-ant/);
    expect(anthropicMessages.readError(529, viewOf(['retry-after', '3']), '').retryAfterMs).toBe(3000);
  });
});

function fail(): never {
  throw new Error('the upstream said something');
}
