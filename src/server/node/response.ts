/** Writes a Response to node:http: for the routes that do not go through the front door. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What @hono/node-server marks a Response with whose answer was written past it; copies of it carry the mark too. */
const ALREADY_SENT = 'x-hono-already-sent';

/** Resolves when the answer is written, or when its client has left; rejects when the Response cannot be had. */
export async function writeResponse(answer: Response | Promise<Response>, outgoing: ServerResponse): Promise<void> {
  const response = await answer;
  if (response.headers.has(ALREADY_SENT) || outgoing.headersSent) return;
  const headers: string[] = [];
  response.headers.forEach((value, name) => headers.push(name, value));
  outgoing.writeHead(response.status, headers);
  if (response.body === null) {
    outgoing.end();
    return;
  }
  // A body that breaks off must not look whole; pipeline destroys the connection then.
  await pipeline(Readable.fromWeb(response.body), outgoing).catch(() => {});
}
