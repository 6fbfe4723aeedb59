/** A client on a raw socket: writes exact bytes and says what came back and how the connection ended. */
import { connect, type Socket } from 'node:net';

/** What a raw client saw. */
export interface Talk {
  readonly text: string;
  readonly bytes: Buffer;
  /** How the other side ended the connection; `open` when it had not when patience ran out. */
  readonly end: 'fin' | 'rst' | 'open';
}

/** Status code of the n-th answer in a raw text, or null. */
export function statusOf(text: string): number | null {
  const match = /^HTTP\/1\.[01] (\d{3})/.exec(text);
  return match === null ? null : Number(match[1]);
}

/** The body of a raw answer as JSON, or null when there is none. */
export function jsonOf(text: string): unknown {
  const start = text.indexOf('\r\n\r\n');
  const part = text.slice(start + 4);
  try {
    return JSON.parse(part);
  } catch {
    return null;
  }
}

/** Connects to loopback. */
export function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/**
 * Writes `parts` one after the other and reads until the other side closes, or until nothing came for `quietMs`. The client
 * closes only then.
 */
export async function talk(
  port: number,
  parts: string | readonly (string | Uint8Array)[],
  quietMs = 150,
): Promise<Talk> {
  const socket = await dial(port);
  const chunks: Buffer[] = [];
  const result = new Promise<Talk['end']>((resolve) => {
    const timer = setTimeout(() => resolve('open'), quietMs);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      timer.refresh();
    });
    socket.once('end', () => resolve('fin'));
    socket.once('error', () => resolve('rst'));
  });
  for (const part of typeof parts === 'string' ? [parts] : parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part, 'latin1') : part;
    await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  }
  const end = await result;
  socket.on('error', () => {});
  socket.destroy();
  const bytes = Buffer.concat(chunks);
  return { text: bytes.toString('latin1'), bytes, end };
}

/** A POST with a JSON body; `lines` are further header lines. */
export function post(path: string, body: string, lines: readonly string[] = []): string {
  const head = [`POST ${path} HTTP/1.1`, 'host: gateway.test', 'content-type: application/json', ...lines];
  return [...head, `content-length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
}
