/** Answers to what never reaches a route: node:http's parse errors, and bugs above us. */
import { STATUS_CODES, type ServerResponse } from 'node:http';

const TEXTS: Readonly<Record<number, { readonly code: string; readonly message: string }>> = {
  400: { code: 'bad_request', message: 'The request is not valid HTTP/1.1. Send it with one length and one host.' },
  408: { code: 'request_timeout', message: 'The request did not arrive in time. Send it without pauses.' },
  413: { code: 'request_too_large', message: 'The chunk extensions of the request are too long. Leave them out.' },
  431: { code: 'headers_too_large', message: 'The headers are larger than 16 KiB. Send fewer or shorter headers.' },
  500: { code: 'internal', message: 'The gateway made a mistake. Report it with the time of the request.' },
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

/** No protocol is known here, so the body has the shape that most clients read. */
function refusalBody(status: number): string {
  const { code, message } = TEXTS[status] ?? TEXTS[400]!;
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  return JSON.stringify({ error: { message, type, param: null, code } });
}

/** A whole HTTP answer that ends its connection. */
export function rawRefusal(status: number): string {
  const body = refusalBody(status);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

/** Answers a request that no route could answer; an answer that has begun is broken off. */
export function refuse(outgoing: ServerResponse, status: number): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  const body = refusalBody(status);
  outgoing.writeHead(status, ['content-type', 'application/json', 'content-length', String(body.length)]);
  outgoing.end(body);
}
