/** A scripted upstream on raw sockets: every request is recorded, and the next script says what goes over the wire. */
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { parseRequest, Wire, type Received, type Script } from './wire.ts';

/** An upstream that listens on loopback. */
export interface Upstream {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  readonly port: number;
  /** Every request that was complete, in order of arrival. */
  readonly received: readonly Received[];
  /** Connections that were ever accepted, and those open now. */
  readonly connections: { readonly accepted: number; readonly open: number };
  /** Scripts for the next requests, in order; the last one answers all that follow. Replaces what was planned before. */
  answer(...scripts: readonly Script[]): void;
  /** Chooses the script by the request instead. */
  route(choose: (request: Received) => Script): void;
  /** Resolves with the n-th request, from 1, once it is complete. */
  request(n: number): Promise<Received>;
  /** Resolves with the n-th request once its client has closed the connection before the script was done. */
  aborted(n: number): Promise<Received>;
  /** Breaks every connection and stops listening. */
  close(): Promise<void>;
}

/** How an upstream may differ from a plain one. */
export interface UpstreamOptions {
  /** Speaks TLS with this certificate. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Accepts connections and never reads or writes. */
  readonly mute?: boolean;
}

/** Starts an upstream. Until `answer` is called it answers 501. */
export async function startUpstream(options: UpstreamOptions = {}): Promise<Upstream> {
  const upstream = new ScriptedUpstream(options);
  await upstream.listen();
  return upstream;
}

/** An origin at which nobody listens: connecting is refused. */
export async function refusedOrigin(): Promise<string> {
  const server = createServer();
  const port = await listen(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return `http://127.0.0.1:${port}`;
}

/** First byte of a TLS handshake; a plain server answers it with 400. */
const TLS_HELLO = 0x16;

const unplanned: Script = async (wire) => {
  await wire.send('HTTP/1.1 501 Not Implemented\r\ncontent-length: 0\r\n\r\n');
};

class ScriptedUpstream implements Upstream {
  readonly received: Received[] = [];
  readonly connections = { accepted: 0, open: 0 };
  readonly #server: Server;
  readonly #scheme: string;
  readonly #isMute: boolean;
  readonly #sockets = new Set<Socket>();
  #choose: (request: Received) => Script = () => unplanned;
  #waiting: (() => void)[] = [];
  port = 0;

  constructor(options: UpstreamOptions) {
    const accept = (socket: Socket): void => this.#accept(socket);
    this.#isMute = options.mute ?? false;
    this.#scheme = options.tls === undefined ? 'http' : 'https';
    this.#server = options.tls === undefined ? createServer(accept) : createTlsServer(options.tls, accept);
    this.#server.on('tlsClientError', () => {});
  }

  get origin(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  async listen(): Promise<void> {
    this.port = await listen(this.#server);
  }

  answer(...scripts: readonly Script[]): void {
    const queue = [...scripts];
    this.#choose = () => (queue.length > 1 ? queue.shift()! : (queue[0] ?? unplanned));
  }

  route(choose: (request: Received) => Script): void {
    this.#choose = choose;
  }

  async request(n: number): Promise<Received> {
    while (this.received.length < n) await this.#change();
    return this.received[n - 1]!;
  }

  async aborted(n: number): Promise<Received> {
    const request = await this.request(n);
    while (request.abortedAtMs === null) await this.#change();
    return request;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #notify(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #accept(socket: Socket): void {
    const number = ++this.connections.accepted;
    this.connections.open++;
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.once('close', () => {
      this.connections.open--;
      this.#sockets.delete(socket);
    });
    if (this.#isMute) {
      socket.pause();
      return;
    }
    let buffered = Buffer.alloc(0);
    let isBusy = false;
    const next = async (): Promise<void> => {
      const parsed = isBusy ? null : parseRequest(buffered, number);
      if (parsed === null) return;
      isBusy = true;
      buffered = buffered.subarray(parsed.length);
      await this.#serve(socket, parsed.request);
      isBusy = false;
      if (!socket.destroyed) void next();
    };
    socket.on('data', (chunk: Buffer) => {
      if (chunk[0] === TLS_HELLO && buffered.length === 0) {
        socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      buffered = Buffer.concat([buffered, chunk]);
      void next();
    });
  }

  async #serve(socket: Socket, request: Received): Promise<void> {
    this.received.push(request);
    this.#notify();
    const gone = (): void => {
      request.abortedAtMs ??= performance.now();
      this.#notify();
    };
    socket.once('end', gone);
    socket.once('close', gone);
    const wire = new Wire(socket, request);
    await this.#choose(request)(wire);
    socket.off('end', gone);
    socket.off('close', gone);
    // A write fails before the socket says that it is closed: the script may have ended on that.
    if (wire.isClosed && !wire.isOurs) gone();
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no TCP address'));
      else resolve(address.port);
    });
  });
}
