/** The bare proxy that everything is measured against: node:http, undici dispatch, nothing in between. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool, type Dispatcher } from 'undici';

const pool = new Pool(process.env['BENCH_UPSTREAM']!, { connections: 256 });

const server = createServer({ noDelay: true }, (incoming, outgoing) => {
  const chunks: Buffer[] = [];
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart() {},
      onResponseStart(_controller, status, headers) {
        outgoing.writeHead(status, { 'content-type': headers['content-type'] as string });
      },
      onResponseData(controller, chunk) {
        if (outgoing.write(chunk)) return;
        controller.pause();
        outgoing.once('drain', () => controller.resume());
      },
      onResponseEnd: () => void outgoing.end(),
      onResponseError: () => void outgoing.destroy(),
    };
    const headers = { 'content-type': 'application/json' };
    pool.dispatch({ path: incoming.url!, method: 'POST', headers, body: Buffer.concat(chunks) }, handler);
  });
});

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
