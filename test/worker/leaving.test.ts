/** A client that leaves, in workerd itself: the proxies of wrangler's test harness keep the departure to themselves. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startWorker } from './real-worker.ts';

const LIMIT_MS = 30_000;

describe('the worker in workerd', () => {
  it('breaks off upstream when the client leaves, and settles the exchange', { timeout: LIMIT_MS }, async () => {
    const upstream = await startUpstream();
    const { port } = upstream.server.address() as AddressInfo;
    const worker = await startWorker(`gateway: { open: true }
backends: { up: { provider: openai-compatible, url: "http://127.0.0.1:${port}/v1", model: there } }
models: { fast: { backends: [up] } }
`);
    onTestFinished(worker.stop);
    const leaving = request(`${worker.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    leaving.on('error', () => {});
    leaving.end('{"model":"fast","stream":true,"messages":[{"role":"user","content":"Hello"}]}');
    const [response] = (await once(leaving, 'response')) as [IncomingMessage];
    response.on('error', () => {});
    await once(response, 'data');
    const [stream] = upstream.streams;
    const closed = once(stream!, 'close');
    leaving.destroy();
    await closed;
    expect(stream?.writableEnded).toBe(false);
    await expect.poll(worker.exchanges).toMatchObject([{ outcome: 'client-gone' }]);
  });
});

/** An upstream that never ends: the runtime notices that a client left when it writes. */
async function startUpstream(): Promise<{ readonly server: Server; readonly streams: ServerResponse[] }> {
  const streams: ServerResponse[] = [];
  const choices = [{ index: 0, delta: { content: 'on ' }, finish_reason: null }];
  const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'there', choices };
  const server = createServer((incoming, outgoing) => {
    incoming.resume();
    outgoing.setHeader('content-type', 'text/event-stream');
    const ticking = setInterval(() => outgoing.write(`data: ${JSON.stringify(chunk)}\n\n`), 50);
    outgoing.once('close', () => clearInterval(ticking));
    streams.push(outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void (server.closeAllConnections(), server.close()));
  return { server, streams };
}
