/** The one table of error codes: status, retry rule, failure class, title and hint of everything that can go wrong at run time. */

/**
 * The kind of failure of one attempt; a plan says after which classes the next attempt may be tried.
 * `connect`: nothing was executed. `rate-limit`, `overload`: refused before work began. `reset`, `timeout`, `server`,
 * `malformed`: work may have been done and billed. `auth`: our credential there is bad. `context`: too long for this model.
 */
export type FailureClass =
  | 'connect'
  | 'reset'
  | 'timeout'
  | 'rate-limit'
  | 'overload'
  | 'server'
  | 'malformed'
  | 'auth'
  | 'context';

/** One row of the table. */
export interface ErrorRow {
  /** HTTP status before the commit point. */
  readonly status: number;
  /** Whether the caller may usefully send the same request again. */
  readonly retryable: boolean;
  /** How the engine treats it when an attempt ends so; null = never moves on to another attempt. */
  readonly failure: FailureClass | null;
  /** What happened, without figures. */
  readonly title: string;
  /** How to mend it. */
  readonly hint: string;
}

const row = (status: number, retryable: boolean, failure: FailureClass | null, title: string, hint: string): ErrorRow =>
  Object.freeze({ status, retryable, failure, title, hint });

/** Every run-time error code. `docs/errors.md` is generated from this table. */
export const ERROR_ROWS = Object.freeze({
  // the front door
  'bad-header': row(
    400,
    false,
    null,
    'A request header cannot be accepted',
    'Send the header once, with visible ASCII characters only.',
  ),
  'too-many-headers': row(
    431,
    false,
    null,
    'The request has more headers than this gateway reads',
    'Send at most 100 headers, 16 KiB together.',
  ),
  'url-too-long': row(
    414,
    false,
    null,
    'The request URL is longer than this gateway reads',
    'Send what belongs to the request in its body; the URL may have 8 KiB.',
  ),
  'bad-host': row(
    400,
    false,
    null,
    'The Host header is missing or ambiguous',
    'Send exactly one Host header with the host name and port.',
  ),
  'misdirected-request': row(
    421,
    false,
    null,
    'The request was meant for another host',
    'Send the request to this gateway with its own host name, in origin form.',
  ),
  'unsupported-http-version': row(505, false, null, 'The HTTP version is not served', 'Use HTTP/1.1.'),
  'not-found': row(
    404,
    false,
    null,
    'There is nothing at this path',
    'Check the base URL: paths begin with /v1, for example /v1/chat/completions.',
  ),
  'upgrade-required': row(
    426,
    false,
    null,
    'WebSockets are not served here',
    'Use HTTP with server-sent events: POST /v1/responses with "stream": true.',
  ),
  'method-not-allowed': row(
    405,
    false,
    null,
    'The method is not served at this path',
    'Use the method the allow header names.',
  ),
  'unsupported-media-type': row(
    415,
    false,
    null,
    'The body is not declared as JSON',
    'Send content-type: application/json (charset utf-8 or none).',
  ),
  'unsupported-encoding': row(415, false, null, 'The body is compressed', 'Send the body without content-encoding.'),
  'request-too-large': row(
    413,
    false,
    null,
    'The request body is larger than this gateway reads',
    'Shorten the request, or ask the operator to raise gateway.limits.body.',
  ),
  'request-timeout': row(
    408,
    true,
    null,
    'The request body did not arrive in time',
    'Send the whole body without pauses.',
  ),
  'bad-json': row(
    400,
    false,
    null,
    'The body is not one JSON object',
    'Send one JSON object, UTF-8, without comments or trailing commas.',
  ),
  'duplicate-key': row(
    400,
    false,
    null,
    'A key that policy relies on is not unambiguous',
    'Write the key exactly once, in its usual spelling and without escapes.',
  ),
  'forbidden-key': row(400, false, null, 'The body carries a key that is never accepted', 'Remove the key.'),
  'too-deep': row(400, false, null, 'The body is nested too deeply', 'Flatten the body: at most 64 levels are read.'),
  'invalid-value': row(400, false, null, 'A field has a value that cannot be used', 'Correct the field that is named.'),
  'missing-field': row(400, false, null, 'A required field is missing', 'Add the field that is named.'),
  'unknown-parameter': row(
    400,
    false,
    null,
    'The request tries to choose its own upstream',
    'Remove the field: upstreams are chosen by the operator, by name of the model only.',
  ),
  // credentials
  'missing-credential': row(
    401,
    false,
    null,
    'No API key was sent',
    'Send your gateway key as Authorization: Bearer, x-api-key or api-key.',
  ),
  'invalid-credential': row(
    401,
    false,
    null,
    'The API key is not known here',
    'Check the key; a revoked or mistyped key looks the same.',
  ),
  'ambiguous-credentials': row(400, false, null, 'Two credentials that differ were sent', 'Send one credential only.'),
  'permission-denied': row(
    403,
    false,
    null,
    'The key may not do this',
    'Ask the operator for the permission that is named.',
  ),
  // choosing a backend
  'model-not-found': row(
    404,
    false,
    null,
    'The model is not configured here',
    'Use one of the names GET /v1/models lists.',
  ),
  'previous-response-not-found': row(
    404,
    false,
    null,
    'The response that the request continues is not known here',
    'Send the whole conversation instead; only what this key stored through this gateway can be continued.',
  ),
  'stored-not-found': row(
    404,
    false,
    null,
    'Nothing is stored here under this id',
    'Check the id: only what this key stored through this gateway can be reached.',
  ),
  'stored-out-of-reach': row(
    410,
    false,
    null,
    'What the request refers to is kept at a backend that cannot be asked any more',
    'Send the whole conversation instead, without the id, or ask the operator where the backend went.',
  ),
  'capacity-exhausted-within-policy': row(
    503,
    true,
    null,
    'Every backend the policy allows is down, parked or full',
    'Wait as retry-after says; the policy was not widened.',
  ),
  'budget-exhausted': row(
    402,
    false,
    null,
    'The budget for this key is spent',
    'Wait for the next window or ask the operator to raise the budget.',
  ),
  'policy-no-eligible-backend': row(
    403,
    false,
    null,
    'No backend satisfies the policy for this request',
    'Ask the operator; POST /v1/explain names the constraints.',
  ),
  'request-unsatisfiable': row(
    400,
    false,
    null,
    'No configured backend can do what the request asks',
    'Leave out the feature that is named, or use another model.',
  ),
  'context-length-exceeded': row(
    400,
    false,
    'context',
    'The request is longer than the model can read',
    'Shorten the conversation or lower the output limit.',
  ),
  'wrong-gateway-region': row(
    421,
    false,
    null,
    'This gateway may not serve the request from where it stands',
    'Send the request to the regional host in the location header.',
  ),
  'artifact-untrusted': row(
    503,
    true,
    null,
    'The model files behind every allowed backend are not verified now',
    'Ask the operator; the route opens again once verification holds.',
  ),
  'egress-denied': row(
    403,
    false,
    null,
    'The connection was not permitted by policy',
    'Ask the operator; nothing was sent.',
  ),
  'translation-lossy': row(
    400,
    false,
    null,
    'The request cannot be said in the language of the backend without loss',
    'Leave out the fields that are named, or allow losses for this rule.',
  ),
  // upstream failures
  'upstream-dns': row(
    502,
    true,
    'connect',
    'The name of the upstream could not be resolved',
    'Try again; the operator sees the name in the log.',
  ),
  'upstream-connect': row(502, true, 'connect', 'The upstream did not accept a connection', 'Try again shortly.'),
  'upstream-tls': row(
    502,
    false,
    'connect',
    'No trusted TLS connection to the upstream',
    'The operator must check the certificate of the upstream.',
  ),
  'upstream-reset': row(
    502,
    true,
    'reset',
    'The upstream closed the connection before it answered',
    'Try again; the upstream may have done the work already.',
  ),
  'upstream-timeout': row(
    504,
    true,
    'timeout',
    'The upstream did not answer in time',
    'Try again, or ask the operator for longer limits.',
  ),
  'upstream-stalled': row(
    504,
    true,
    'timeout',
    'The upstream stopped sending in the middle of its answer',
    'Send the request again; what came so far is incomplete.',
  ),
  'upstream-disconnected': row(
    502,
    true,
    'reset',
    'The upstream broke off in the middle of its answer',
    'Send the request again; what came so far is incomplete.',
  ),
  'upstream-truncated': row(
    502,
    true,
    'malformed',
    'The answer of the upstream ended before it was complete',
    'Send the request again; what came so far is incomplete.',
  ),
  'upstream-malformed': row(
    502,
    true,
    'malformed',
    'The upstream sent something that is not its protocol',
    'Try again; the operator should check what answers at that address.',
  ),
  'upstream-content-type': row(
    502,
    true,
    'malformed',
    'The upstream answered with a content type that is not an API answer',
    'The operator should check what answers at that address.',
  ),
  'upstream-too-large': row(
    502,
    false,
    'malformed',
    'The answer of the upstream is larger than this gateway carries',
    'Ask for less output.',
  ),
  'upstream-redirect': row(
    502,
    false,
    'malformed',
    'The upstream answered with a redirect, which is never followed',
    'The operator must configure the final address.',
  ),
  'upstream-auth': row(
    502,
    false,
    'auth',
    'The upstream refused the credential of this gateway',
    'The operator must check the key of the backend.',
  ),
  'upstream-rate-limited': row(
    429,
    true,
    'rate-limit',
    'The upstream limits the rate of requests',
    'Wait as retry-after says, some seconds where it is absent.',
  ),
  'upstream-overloaded': row(
    503,
    true,
    'overload',
    'The upstream is overloaded',
    'Wait as retry-after says, some seconds where it is absent.',
  ),
  'upstream-error': row(502, true, 'server', 'The upstream failed', 'Try again shortly.'),
  'upstream-rejected': row(
    400,
    false,
    null,
    'The upstream refused the request as wrong',
    'Correct the request as the message says.',
  ),
  // the gateway itself
  'gateway-shutdown': row(
    503,
    true,
    null,
    'The gateway is shutting down',
    'Send the request again; another instance answers.',
  ),
  'gateway-overloaded': row(503, true, null, 'The gateway is overloaded', 'Wait as retry-after says.'),
  'client-gone': row(
    499,
    false,
    null,
    'The client left before the answer was complete',
    'Nothing to mend; shown in logs only.',
  ),
  internal: row(500, true, null, 'The gateway made a mistake', 'Report it with the request id.'),
});

/** A stable code of this gateway, kebab-case. */
export type ErrorCode = keyof typeof ERROR_ROWS;
