/** The contestants: each a process of its own that says its port, with the headers and path it wants. */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One contestant that runs. */
export interface Contestant {
  readonly name: string;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  /** CPU that the process has used, microseconds, as the kernel counts it. */
  cpuUs(): number;
  stop(): void;
}

const TICK_US = 10_000;
const PORTKEY = new URL('../peers/node_modules/@portkey-ai/gateway/build/start-server.js', import.meta.url);

/** Starts the canned upstream; returns its origin. */
export async function startUpstream(env: Readonly<Record<string, string>>): Promise<Contestant> {
  return startFork('upstream', new URL('../upstream.ts', import.meta.url), env, {});
}

/** Starts every contestant that is installed, in front of `upstream`. */
export async function startContestants(upstream: string, only: readonly string[] | null): Promise<Contestant[]> {
  const env = { BENCH_UPSTREAM: upstream };
  const file = (name: string): URL => new URL(`./${name}.ts`, import.meta.url);
  const starters: Readonly<Record<string, () => Promise<Contestant>>> = {
    bare: () => startFork('bare', file('bare'), env, {}),
    thalweg: () => startFork('thalweg', file('thalweg'), env, { authorization: 'Bearer bench-key' }),
    ...(existsSync(PORTKEY) ? { portkey: () => startPortkey(upstream) } : {}),
  };
  const names = Object.keys(starters).filter((name) => only === null || only.includes(name));
  const started: Contestant[] = [];
  for (const name of names) started.push(await starters[name]!());
  return started;
}

async function startFork(
  name: string,
  module: URL,
  env: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Promise<Contestant> {
  const log = openSync(join(tmpdir(), `thalweg-bench-${name}.log`), 'w');
  const child = fork(module, { env: { ...process.env, ...env }, stdio: ['ignore', log, 'inherit', 'ipc'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message: { port: number }) => resolve(message.port));
    child.once('exit', (code) => reject(new Error(`${name} stopped with ${code}`)));
  });
  return contestant(name, port, headers, child);
}

async function startPortkey(upstream: string): Promise<Contestant> {
  const port = await freePort();
  const child = spawn(process.execPath, [PORTKEY.pathname, `--port=${port}`, '--headless'], { stdio: 'ignore' });
  for (let i = 0; i < 100; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (
      await fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      )
    )
      break;
  }
  const headers = {
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `${upstream}/v1`,
    authorization: 'Bearer sk-bench',
  };
  return contestant('portkey', port, headers, child);
}

function contestant(
  name: string,
  port: number,
  headers: Readonly<Record<string, string>>,
  child: ChildProcess,
): Contestant {
  return { name, port, headers, cpuUs: () => cpuOf(child.pid!), stop: () => void child.kill('SIGKILL') };
}

/** User and system time from the kernel's accounting: fields 14 and 15 of /proc/PID/stat, proc(5). */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
