/** The HTTP server on Node: strict limits, a count of what runs, and a drain that leaves nobody hanging. */
import * as http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Clock } from '../../core/clock.ts';
import { rawRefusal, refuse, statusOf } from './refusal.ts';
import { RequestShell } from './request-shell.ts';
import { writeResponse } from './response.ts';
import { Traffic } from './traffic.ts';

/** How a server is made. */
export interface NodeServerOptions {
  readonly clock: Clock;
  /** Hono's `app.fetch`; `env` carries `incoming` and `outgoing` for the front door. */
  readonly fetch: (request: Request, env: unknown) => Response | Promise<Response>;
  /** Called once when the grace time of a drain is over and answers still run: ends them honestly. */
  readonly cut?: () => void;
  /** From connection to the end of the request's head, ms; 10 s when absent. */
  readonly headersTimeoutMs?: number;
  /** From connection to the end of the request, ms; a net below the front door's own limit. 60 s when absent. */
  readonly requestTimeoutMs?: number;
  /** How long an idle connection is kept, ms; 65 s when absent, longer than the usual balancer's 60 s. */
  readonly keepAliveMs?: number;
}

/** How a drain went, counted in answers. */
export interface DrainReport {
  /** Running answers that ended by themselves. */
  readonly finished: number;
  /** Running answers that were cut when the grace time was over. */
  readonly cut: number;
}

/** A server that listens. */
export interface NodeServer {
  /** Resolves with the address once connections are accepted; port 0 picks one. Rejects when it cannot be had. */
  listen(host: string, port: number): Promise<AddressInfo>;
  /**
   * Accepts nothing more, closes idle connections at once (those too that never sent a request), lets running answers end
   * and close their connections, and after `graceMs` calls `cut`, waits a second for what it writes, and closes the rest.
   */
  drain(graceMs: number): Promise<DrainReport>;
  /** Requests whose answer is not complete. */
  running(): number;
}

const MAX_HEADER_BYTES = 16_384;
const LAST_WORDS_MS = 1000;

/** Makes a server for an app. It listens only when asked to. */
export function createNodeServer(options: NodeServerOptions): NodeServer {
  const server = http.createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: options.headersTimeoutMs ?? 10_000,
    requestTimeout: options.requestTimeoutMs ?? 60_000,
    keepAliveTimeout: options.keepAliveMs ?? 65_000,
    connectionsCheckingInterval: 1000,
    insecureHTTPParser: false,
    // The front door says it in the caller's protocol.
    requireHostHeader: false,
    noDelay: true,
  });
  const traffic = new Traffic();
  server.on('connection', (socket: Socket) => traffic.open(socket));
  server.on('request', (incoming, outgoing) => {
    if (traffic.accept(outgoing)) serve(options, incoming, outgoing);
  });
  server.on('clientError', (error, socket) => {
    if (!socket.writable || traffic.hasAnswered(socket)) socket.destroy();
    else socket.end(rawRefusal(statusOf(error)), () => socket.destroy());
  });
  return {
    listen: (host, port) => listenOn(server, host, port),
    drain: (graceMs) => drain(server, traffic, options, graceMs),
    running: () => traffic.running,
  };
}

function listenOn(server: http.Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('The server has no TCP address.'));
      else resolve(address);
    });
  });
}

async function drain(
  server: http.Server,
  traffic: Traffic,
  options: NodeServerOptions,
  graceMs: number,
): Promise<DrainReport> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  traffic.beginDrain();
  await quiet(traffic, options.clock, graceMs);
  const finished = traffic.ended;
  const cut = traffic.running;
  if (cut > 0) {
    options.cut?.();
    if (options.cut !== undefined) await quiet(traffic, options.clock, LAST_WORDS_MS);
    traffic.closeAll();
    await quiet(traffic, options.clock, LAST_WORDS_MS);
  }
  await closed;
  return { finished, cut };
}

function quiet(traffic: Traffic, clock: Clock, ms: number): Promise<void> {
  if (traffic.running === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      traffic.onQuiet = null;
      resolve();
    };
    const timer = clock.after(ms, done);
    traffic.onQuiet = done;
  });
}

/** Hands a request to the app. The front door writes past the Response; other routes answer with a real one. */
function serve(options: NodeServerOptions, incoming: http.IncomingMessage, outgoing: http.ServerResponse): void {
  let answer: Response | Promise<Response>;
  try {
    answer = options.fetch(new RequestShell(incoming), { incoming, outgoing });
  } catch {
    refuse(outgoing, 500);
    return;
  }
  if (answer !== RESPONSE_ALREADY_SENT) writeResponse(answer, outgoing).catch(() => refuse(outgoing, 500));
}
