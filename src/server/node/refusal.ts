/** Answers to what never reaches a route: node:http's parse errors, and bugs above us. */
import { STATUS_CODES, type ServerResponse } from 'node:http';
import { GatewayError } from '../../core/gateway-error.ts';
import { writeError } from '../../wire/codec/openai-error.ts';

const ERRORS: Readonly<Record<number, GatewayError>> = {
  400: new GatewayError('bad-header', 'The request is not valid HTTP/1.1.', {
    hint: 'Send it with one length and one host, and headers without spaces before the colon or line breaks.',
  }),
  408: new GatewayError('request-timeout', 'The request did not arrive in time.', { hint: 'Send it without pauses.' }),
  413: new GatewayError('request-too-large', 'The chunk extensions of the request are too long.', {
    hint: 'Leave them out.',
  }),
  431: new GatewayError('too-many-headers', 'The headers are larger than 16 KiB.', {
    hint: 'Send fewer or shorter headers.',
  }),
  500: new GatewayError('internal', undefined, { hint: 'Report it with the time of the request.' }),
};

const STATUS_OF: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** The status for an error of node:http's parser. */
export function statusOf(error: Error): number {
  return STATUS_OF['code' in error ? String(error.code) : ''] ?? 400;
}

interface Refusal {
  readonly body: string;
  /** Names and values, flat. */
  readonly headers: readonly string[];
}

/** No protocol is known here, so the body has the shape that most clients read. */
function refusalOf(status: number): Refusal {
  const error = ERRORS[status] ?? ERRORS[400]!;
  const body = JSON.stringify(writeError(error).body);
  const length = String(Buffer.byteLength(body));
  return {
    body,
    headers: ['content-type', 'application/json', 'content-length', length, 'x-thalweg-code', error.code],
  };
}

/** A whole HTTP answer that ends its connection. */
export function rawRefusal(status: number): string {
  const { body, headers } = refusalOf(status);
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`];
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  return [...lines, 'connection: close', '', body].join('\r\n');
}

/** Answers a request that no route could answer; an answer that has begun is broken off. */
export function refuse(outgoing: ServerResponse, status: number): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  const { body, headers } = refusalOf(status);
  outgoing.writeHead(status, [...headers]);
  outgoing.end(body);
}
