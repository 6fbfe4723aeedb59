/** Starts the installed server in a folder, asks whether it is well and stops it again. */
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCommand, type Finished } from './command.ts';

/** What one start of the server showed. */
export interface ServerRun {
  /** The address that answered /healthz with 200, or null when none did in time. */
  readonly healthy: string | null;
  readonly finished: Finished;
  /** How long it took to end after SIGTERM. */
  readonly stopMs: number;
}

/** A port of the loopback that is free at this moment. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (isAddress(address) ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

/** Runs a command that serves until one of `addresses` is healthy and `use` is done with it, then ends it with SIGTERM. */
export async function tryServer(
  cwd: string,
  [command, ...args]: readonly [string, ...string[]],
  addresses: readonly string[],
  use: () => Promise<void> = async () => {},
): Promise<ServerRun> {
  const server = startCommand(command, args, { cwd, timeoutMs: 60_000 });
  const healthy = await waitForHealth(addresses, server.hasEnded);
  if (healthy !== null) await use();
  const asked = performance.now();
  server.signal('SIGTERM');
  return { healthy, finished: await server.finished, stopMs: Math.round(performance.now() - asked) };
}

async function waitForHealth(addresses: readonly string[], ended: () => boolean): Promise<string | null> {
  for (let attempt = 0; attempt < 100 && !ended(); attempt++) {
    for (const address of addresses) {
      const response = await fetch(`${address}/healthz`).catch(() => null);
      await response?.body?.cancel();
      if (response?.status === 200) return address;
    }
    await sleep(200);
  }
  return null;
}

/** Asks the demo's model; the pieces of text of the streamed answer, empty where there was none. */
export async function askStreamed(url: string, question: string): Promise<readonly string[]> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'handbook', stream: true, messages: [{ role: 'user', content: question }] }),
  });
  const events = (await response.text()).split('\n\n');
  return events
    .flatMap((event) => /"content":("(?:[^"\\]|\\.)+")/.exec(event)?.[1] ?? [])
    .map((text) => JSON.parse(text) as string);
}
