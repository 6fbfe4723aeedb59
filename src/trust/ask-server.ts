/** Puts a question about itself to the server of a backend, through the same transport and permits as every request. */
import type { Backend } from '../core/backend.ts';
import type { EgressPermit } from '../core/egress.ts';
import type { Json } from '../core/json.ts';
import type { Transport, UpstreamRequest } from '../core/transport.ts';
import type { ServerQuery } from './server-report.ts';
import type { AskServer } from './server-watch.ts';

/** An answer is a few lists of names and a template. */
const MAX_BYTES = 4 << 20;
const LIMITS = Object.freeze({ connectMs: 3000, headersMs: 5000, firstByteMs: 5000, idleMs: 5000, totalMs: 10_000 });

/** Asks through a transport; `permit` is asked for each question. */
export function createAskServer(transport: Transport, permit: (backend: Backend) => EgressPermit): AskServer {
  return async (backend, query) => {
    const request = requestOf(backend, query, permit(backend));
    const signed = (await backend.credential?.sign(request)) ?? [];
    return answerOf(transport, { ...request, headers: [...request.headers, ...signed] });
  };
}

function requestOf(backend: Backend, { method, from, path, body }: ServerQuery, permit: EgressPermit): UpstreamRequest {
  const type = body === null ? [] : ['content-type', 'application/json'];
  return {
    url: `${from === 'origin' ? backend.origin : backend.url}${path}`,
    method,
    headers: ['accept', 'application/json', ...type],
    body: new TextEncoder().encode(body ?? ''),
    limits: LIMITS,
    permit,
    maxBytes: MAX_BYTES,
  };
}

function answerOf(transport: Transport, request: UpstreamRequest): Promise<Json> {
  return new Promise((resolve, reject) => {
    const text = new TextDecoder();
    let body = '';
    let status = 0;
    transport.open(request, {
      head: (code) => void (status = code),
      data: (chunk) => void (body += text.decode(chunk, { stream: true })),
      end() {
        if (status !== 200) return reject(new Error(`status ${status}`));
        try {
          resolve(JSON.parse(body) as Json);
        } catch {
          reject(new Error('not JSON'));
        }
      },
      fail: reject,
    });
  });
}
