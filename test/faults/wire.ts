/** One connection of the scripted upstream: requests are parsed off it, and a script writes on it whatever it likes. */
import type { Socket } from 'node:net';

/** One request as it came over the wire. */
export interface Received {
  readonly method: string;
  readonly path: string;
  /** Flat: name as written, value, name, value… */
  readonly rawHeaders: readonly string[];
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  /** The exact bytes of head and body. */
  readonly bytes: Buffer;
  /** Number of the connection it came on, from 1. */
  readonly connection: number;
  /** Monotonic ms at which it was complete. */
  readonly atMs: number;
  /** Monotonic ms at which the client closed or reset the connection before the script was done; null if it did not. */
  abortedAtMs: number | null;
}

/** What a script may do with the connection of its request. */
export class Wire {
  readonly request: Received;
  readonly #socket: Socket;
  readonly #sliceBytes: number;
  #isOurs = false;

  /** @param sliceBytes the most bytes that one write carries */
  constructor(socket: Socket, request: Received, sliceBytes = Infinity) {
    this.#socket = socket;
    this.request = request;
    this.#sliceBytes = sliceBytes;
  }

  /** The same connection, with everything cut into slices that are written one by one. */
  sliced(bytes: number): Wire {
    return new Wire(this.#socket, this.request, bytes);
  }

  /** True once the connection is gone; scripts that run for long look at it. */
  get isClosed(): boolean {
    return this.#socket.destroyed || !this.#socket.writable;
  }

  /** Writes bytes as they are; resolves when the kernel has them or the connection is gone. */
  async send(data: string | Uint8Array): Promise<void> {
    const bytes = Buffer.from(data);
    if (bytes.length <= this.#sliceBytes) return this.#write(bytes);
    for (let at = 0; at < bytes.length && !this.isClosed; at += this.#sliceBytes) {
      await this.#write(bytes.subarray(at, at + this.#sliceBytes));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #write(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (this.isClosed) resolve();
      else this.#socket.write(bytes, () => resolve());
    });
  }

  /** True once this side has ended the connection. */
  get isOurs(): boolean {
    return this.#isOurs;
  }

  /** Closes our side with a FIN. */
  fin(): void {
    this.#isOurs = true;
    this.#socket.end();
  }

  /** Breaks the connection with an RST. */
  rst(): void {
    this.#isOurs = true;
    this.#socket.resetAndDestroy();
  }

  /** Waits, but not longer than the connection lasts. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.isClosed) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        this.#socket.off('close', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#socket.once('close', done);
    });
  }

  /** Waits until the client has closed. */
  closed(): Promise<void> {
    return new Promise((resolve) => {
      if (this.isClosed) resolve();
      else this.#socket.once('close', () => resolve());
    });
  }
}

/** An answer, or what stands in its place. */
export type Script = (wire: Wire) => Promise<void> | void;

interface Parsed {
  readonly request: Received;
  readonly length: number;
}

/** The first complete request in `bytes`, or null while there is none. Reads content-length and chunked bodies. */
export function parseRequest(bytes: Buffer, connection: number): Parsed | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd === -1) return null;
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const rawHeaders = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const headers = new Map<string, string>();
  for (let i = 0; i < rawHeaders.length; i += 2) headers.set(rawHeaders[i]!.toLowerCase(), rawHeaders[i + 1]!);
  const rest = bytes.subarray(headEnd + 4);
  const read = headers.has('transfer-encoding')
    ? unchunk(rest)
    : take(rest, Number(headers.get('content-length') ?? 0));
  if (read === null) return null;
  const length = headEnd + 4 + read.length;
  const whole = Buffer.from(bytes.subarray(0, length));
  const atMs = performance.now();
  const request = {
    method,
    path,
    rawHeaders,
    headers,
    body: read.body,
    bytes: whole,
    connection,
    atMs,
    abortedAtMs: null,
  };
  return { request, length };
}

function take(rest: Buffer, length: number): { body: Buffer; length: number } | null {
  return rest.length < length ? null : { body: Buffer.from(rest.subarray(0, length)), length };
}

function unchunk(rest: Buffer): { body: Buffer; length: number } | null {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd === -1) return null;
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16);
    const end = lineEnd + 2 + size + 2;
    if (rest.length < end) return null;
    if (size === 0) return { body: Buffer.concat(parts), length: end };
    parts.push(rest.subarray(lineEnd + 2, end - 2));
    at = end;
  }
}
