/** A client that leaves, in workerd itself: the proxies of wrangler's test harness keep the departure to themselves. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildWorker } from '../../src/cli/build-worker.ts';
import { runCommand } from '../../tools/ci/command.ts';
import { makeFolder } from '../support/folder.ts';
import { makeTerminal } from '../support/terminal.ts';

const ROOT = join(import.meta.dirname, '../..');
const LIMIT_MS = 30_000;

describe('the worker in workerd', () => {
  it('breaks off upstream when the client leaves, and settles the exchange', { timeout: LIMIT_MS }, async () => {
    const upstream = await startUpstream();
    const worker = await startWorkerd((upstream.server.address() as AddressInfo).port);
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
    await expect.poll(worker.log).toContain('"outcome":"client-gone"');
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

/** Builds, bundles and runs the worker over one upstream, without wrangler in between. */
async function startWorkerd(upstreamPort: number): Promise<{ readonly url: string; log(): string }> {
  const cwd = makeFolder({
    'thalweg.yaml': `gateway: { open: true }
backends:
  up: { provider: openai-compatible, url: "http://127.0.0.1:${upstreamPort}/v1", model: there }
models: { fast: { backends: [up] } }
`,
  });
  await buildWorker({ out: 'built' }, makeTerminal({ cwd }));
  const args = ['deploy', '--dry-run', '--outdir', join(cwd, 'bundle')];
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG_PATH: join(cwd, 'logs'), CI: 'true' };
  const wrangler = join(ROOT, 'node_modules/.bin/wrangler');
  const bundled = await runCommand(wrangler, args, { cwd: join(cwd, 'built'), env });
  expect(bundled.code).toBe(0);
  writeFileSync(join(cwd, 'workerd.capnp'), WORKERD);
  const { default: workerd } = createRequire(import.meta.url)('workerd') as { readonly default: string };
  // The command of the package is a wrapper, which would outlive a kill of its child.
  const child = spawn(workerd, ['serve', 'workerd.capnp', '--control-fd=1'], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let log = '';
  const port = await new Promise<number>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      log += `${line}\n`;
      const listening = /"event":"listen".*"port":(\d+)/.exec(line);
      if (listening !== null) resolve(Number(listening[1]));
    });
  });
  return { url: `http://127.0.0.1:${port}`, log: () => log };
}

const WORKERD = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .gateway), (name = "net", network = (allow = ["public", "private"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const gateway :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "bundle/index.js")],
  compatibilityDate = "2026-04-01",
  compatibilityFlags = ["enable_request_signal"],
  globalOutbound = "net"
);
`;
