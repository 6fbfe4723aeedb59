/** Error answers of Anthropic, of clouds and of servers that speak its language. */
import type { ProtocolSamples } from '../../protocol.ts';

/** Anthropic's shape. */
const said = (type: string, message: string): string =>
  JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_011CeCGmMJJGRCp7xgjqapmJ' });

/** What upstreams answer, and which of our codes it is. */
export const errors: ProtocolSamples['errors'] = [
  {
    name: 'too long',
    status: 400,
    body: said('invalid_request_error', 'prompt is too long: 3333404 tokens > 200000 maximum'),
    code: 'context-length-exceeded',
  },
  {
    name: 'too long with its output',
    status: 400,
    body: said('invalid_request_error', 'input length and `max_tokens` exceed context limit: 190000 + 64000 > 200000'),
    code: 'context-length-exceeded',
  },
  { name: 'bad key', status: 401, body: said('authentication_error', 'invalid x-api-key'), code: 'upstream-auth' },
  { name: 'no money', status: 402, body: said('billing_error', 'no credit'), code: 'upstream-auth' },
  { name: 'forbidden', status: 403, body: said('permission_error', 'no access'), code: 'upstream-auth' },
  { name: 'no model', status: 404, body: said('not_found_error', 'model: claude-none'), code: 'upstream-rejected' },
  { name: 'no path', status: 404, body: said('not_found_error', 'Not Found'), code: 'upstream-error' },
  { name: 'too large', status: 413, body: said('request_too_large', 'Request too large'), code: 'upstream-rejected' },
  {
    name: 'rate limit',
    status: 429,
    headers: ['retry-after', '12'],
    body: said('rate_limit_error', 'This request would exceed your rate limit'),
    code: 'upstream-rate-limited',
    retryAfterMs: 12_000,
  },
  { name: 'failed', status: 500, body: said('api_error', 'Internal server error'), code: 'upstream-error' },
  { name: 'timeout', status: 504, body: said('timeout_error', 'timed out'), code: 'upstream-error' },
  { name: 'overloaded', status: 529, body: said('overloaded_error', 'Overloaded'), code: 'upstream-overloaded' },
  { name: 'a page', status: 502, body: '<html>Bad Gateway</html>', code: 'upstream-error' },
  { name: 'Bedrock', status: 403, body: '{"message":"The security token is invalid"}', code: 'upstream-auth' },
  {
    name: 'refused parameter',
    status: 400,
    body: said('invalid_request_error', '`temperature` is not supported for this model'),
    code: 'upstream-rejected',
  },
];
