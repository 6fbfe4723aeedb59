/** Asks an HTTP proxy, which the configuration names, for a connection through it. */
import * as net from 'node:net';

/** More than this is no answer to CONNECT. */
const MOST_HEADER = 16_384;

/** Hears exactly one of both. */
export interface TunnelListener {
  /** From here on the bytes are those of the far end. */
  opened(socket: net.Socket): void;
  refused(error: Error): void;
}

/**
 * Opens a tunnel to `host:port`. The proxy may stand anywhere: its address is the one that the operator wrote.
 * @param proxy `http://host:port`
 * @param host as in a URL, IPv6 in brackets
 */
export function openTunnel(proxy: string, host: string, port: number, listener: TunnelListener): net.Socket {
  const { hostname, port: proxyPort } = new URL(proxy);
  const socket = net.connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(proxyPort || 80) });
  const target = `${host}:${port}`;
  let head = Buffer.alloc(0);
  const read = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0 && head.length <= MOST_HEADER) return;
    socket.off('data', read);
    socket.pause();
    const status = /^HTTP\/1\.[01] (\d{3})\b/.exec(head.toString('latin1', 0, 64))?.[1];
    if (end < 0 || status === undefined || !status.startsWith('2')) {
      listener.refused(new Error(`The proxy answered CONNECT with ${status ?? 'something else'}.`));
      socket.destroy();
      return;
    }
    const rest = head.subarray(end + 4);
    if (rest.length > 0) socket.unshift(rest);
    listener.opened(socket);
  };
  socket.once('connect', () => socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`));
  socket.on('data', read);
  return socket;
}
