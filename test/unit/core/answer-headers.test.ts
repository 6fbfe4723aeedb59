/** Only listed headers of an upstream reach a client. */
import { describe, expect, it } from 'vitest';
import { copyableHeaders } from '../../../src/core/answer-headers.ts';
import { viewOf } from '../../../src/core/headers.ts';

describe('copyableHeaders', () => {
  it('copies what a client can use and nothing else', () => {
    const view = viewOf([
      'Content-Type',
      'application/json',
      'Retry-After',
      '7',
      'retry-after-ms',
      '7000',
      'OpenAI-Version',
      '2020-10-01',
      'x-ratelimit-remaining-tokens',
      '99',
      'openai-processing-ms',
      '12',
      'openai-organization',
      'org-secret',
      'set-cookie',
      'a=b',
      'connection',
      'close',
      'keep-alive',
      'timeout=5',
      'transfer-encoding',
      'chunked',
      'content-length',
      '5',
      'content-encoding',
      'gzip',
      'server',
      'inside',
      'location',
      'http://inside/',
      'via',
      '1.1 inside',
      'x-internal-host',
      'inside',
      'proxy-authenticate',
      'Basic',
      'alt-svc',
      'h3',
    ]);
    expect(copyableHeaders(view)).toEqual([
      'retry-after',
      '7',
      'retry-after-ms',
      '7000',
      'openai-version',
      '2020-10-01',
      'x-ratelimit-remaining-tokens',
      '99',
      'openai-processing-ms',
      '12',
    ]);
  });

  it('copies what Anthropic says of its limits', () => {
    expect(
      copyableHeaders(viewOf(['anthropic-ratelimit-requests-remaining', '5', 'anthropic-organization-id', 'x'])),
    ).toEqual(['anthropic-ratelimit-requests-remaining', '5']);
  });

  it('gives the upstream request id another name, once', () => {
    expect(copyableHeaders(viewOf(['x-request-id', 'req_1', 'request-id', 'req_2']))).toEqual([
      'x-upstream-request-id',
      'req_1',
    ]);
  });

  it('leaves out values that cannot be passed on safely', () => {
    const odd = ['x-ratelimit-a', 'caf\u00e9', 'x-ratelimit-b', 'x'.repeat(2000), 'x-request-id', 'a\u0000b'];
    expect(copyableHeaders(viewOf(odd))).toEqual([]);
  });
});
