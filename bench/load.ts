/** A load on raw keep-alive sockets: sends a fixed request again and again and proves that every answer came whole. */
import { connect } from 'node:net';

/** What to send, and how much of it. */
export interface LoadOptions {
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly requests: number;
  /** Requests per second that are offered, as long as connections are free; null = each connection sends as soon as it may. */
  readonly rate: number | null;
}

/** How the load went; times in ms. */
export interface LoadReport {
  readonly requests: number;
  readonly failed: number;
  readonly wallMs: number;
  readonly p50: number;
  readonly p99: number;
}

/** Runs the load to its end. */
export async function runLoad(options: LoadOptions): Promise<LoadReport> {
  const request = requestBytes(options);
  const times: number[] = [];
  const gate = new Gate(options);
  let failed = 0;
  const began = performance.now();
  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect({ port: options.port, host: '127.0.0.1', noDelay: true });
      let sentAt = 0;
      let answer = new Answer();
      const send = (): void => {
        answer = new Answer();
        sentAt = performance.now();
        socket.write(request);
      };
      const next = (): void => gate.pass(send, () => void socket.end(resolve));
      socket.on('connect', next);
      socket.on('error', () => resolve());
      socket.on('data', (bytes) => {
        if (!answer.take(bytes.toString('latin1'))) return;
        if (!answer.ok) failed++;
        times.push(performance.now() - sentAt);
        next();
      });
    });
  await Promise.all(Array.from({ length: options.connections }, one));
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
  return { requests: times.length, failed, wallMs: performance.now() - began, p50: at(0.5), p99: at(0.99) };
}

/** Lets connections send: at once, or at a rate; and tells them when all has been sent. */
class Gate {
  readonly #rate: number | null;
  readonly #requests: number;
  readonly #waiting: (() => void)[] = [];
  readonly #leaving: (() => void)[] = [];
  #sent = 0;
  #began = 0;

  constructor({ rate, requests }: LoadOptions) {
    this.#rate = rate;
    this.#requests = requests;
  }

  /** A connection is free: calls `send` when it is its turn, or `leave` when nothing is left to send. */
  pass(send: () => void, leave: () => void): void {
    if (this.#sent >= this.#requests) return leave();
    if (this.#rate === null) {
      this.#sent++;
      return send();
    }
    this.#waiting.push(send);
    this.#leaving.push(leave);
    if (this.#began === 0) {
      this.#began = performance.now();
      this.#tick();
    }
  }

  #tick(): void {
    const due = Math.min(this.#requests, ((performance.now() - this.#began) / 1000) * this.#rate!);
    while (this.#sent < due && this.#waiting.length > 0) {
      this.#sent++;
      this.#leaving.shift();
      this.#waiting.shift()!();
    }
    if (this.#sent < this.#requests) setTimeout(() => this.#tick(), 1);
    else for (const leave of this.#leaving.splice(0)) leave();
  }
}

function requestBytes({ port, headers, body }: LoadOptions): Buffer {
  const lines = Object.entries({ 'content-type': 'application/json', ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${lines.join('\r\n')}\r\n`;
  return Buffer.from(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/** One answer as it arrives: its status, and whether it is whole. */
class Answer {
  ok = false;
  #head = '';
  /** Bytes that are still to come; null = chunked. */
  #left: number | null = null;
  #tail = '';
  #hasHead = false;

  /** Takes bytes; true once the answer is whole. */
  take(text: string): boolean {
    if (this.#hasHead) return this.#body(text);
    this.#head += text;
    const end = this.#head.indexOf('\r\n\r\n');
    if (end === -1) return false;
    this.#hasHead = true;
    this.ok = this.#head.startsWith('HTTP/1.1 200');
    const length = /content-length: (\d+)/i.exec(this.#head.slice(0, end))?.[1];
    this.#left = length === undefined ? null : Number(length);
    return this.#body(this.#head.slice(end + 4));
  }

  #body(text: string): boolean {
    if (this.#left !== null) return (this.#left -= text.length) <= 0;
    this.#tail = (this.#tail + text).slice(-5);
    return this.#tail === '0\r\n\r\n';
  }
}
