/** Ends a connection whose request was not read to its end, so that the client still receives the answer. */
import type { Socket } from 'node:net';
import type { Clock } from '../../core/clock.ts';

/** How long and how many bytes of the rest are read and thrown away. */
const LINGER_MS = 2000;
const LINGER_BYTES = 16 * 1024 * 1024;

const ending = new WeakSet<Socket>();

/** True for a connection whose last answer is decided: requests that were sent ahead on it are not served. */
export function isEnding(socket: Socket): boolean {
  return ending.has(socket);
}

/**
 * Replaces the socket's `destroySoon`, which node:http calls after the last answer. Closing a socket with unread bytes makes
 * the kernel send a reset, and a reset may overtake the answer: so our side is closed, and the client's is read on a little.
 */
export function lingerOnClose(socket: Socket, clock: Clock): void {
  ending.add(socket);
  socket.destroySoon = () => {
    const limit = socket.bytesRead + LINGER_BYTES;
    const timer = clock.after(LINGER_MS, () => socket.destroy());
    socket.end();
    socket.on('data', () => {
      if (socket.bytesRead > limit) socket.destroy();
    });
    socket.once('end', () => socket.destroy());
    socket.once('close', () => timer.cancel());
    socket.resume();
  };
}
