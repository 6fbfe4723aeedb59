/** The worker as `thalweg build worker` and wrangler make it, run by workerd itself without wrangler's proxies in front. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildWorker } from '../../src/cli/build-worker.ts';
import { runCommand } from '../../tools/ci/command.ts';
import { makeTerminal } from '../support/terminal.ts';

/** A worker that runs. */
export interface RealWorker {
  readonly url: string;
  /** Its access log so far, one parsed line per exchange. */
  exchanges(): Record<string, unknown>[];
  /** Ends the process and removes its files. */
  stop(): Promise<void>;
}

const WRANGLER = join(import.meta.dirname, '../../node_modules/.bin/wrangler');

/**
 * Builds, bundles and runs the worker over a configuration in YAML.
 * @param services by name: the scripts of further workers that it is bound to
 */
export async function startWorker(yaml: string, services: Readonly<Record<string, string>> = {}): Promise<RealWorker> {
  const cwd = mkdtempSync(join(tmpdir(), 'thalweg-worker-'));
  const removeFiles = (): void => rmSync(cwd, { recursive: true, force: true });
  try {
    await bundle(cwd, yaml);
    const { child, port, exchanges } = await serve(cwd, services);
    const stop = async (): Promise<void> => {
      await end(child);
      removeFiles();
    };
    return { url: `http://127.0.0.1:${port}`, exchanges, stop };
  } catch (error) {
    removeFiles();
    throw error;
  }
}

async function bundle(cwd: string, yaml: string): Promise<void> {
  writeFileSync(join(cwd, 'thalweg.yaml'), yaml);
  await buildWorker({ out: 'built' }, makeTerminal({ cwd }));
  const args = ['deploy', '--dry-run', '--outdir', join(cwd, 'bundle')];
  const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG_PATH: join(cwd, 'logs'), CI: 'true' };
  const { code, stderr } = await runCommand(WRANGLER, args, { cwd: join(cwd, 'built'), env });
  if (code !== 0) throw new Error(`wrangler ended with ${code}: ${stderr}`);
}

async function serve(cwd: string, services: Readonly<Record<string, string>>) {
  for (const [name, script] of Object.entries(services)) writeFileSync(join(cwd, `${name}.js`), script);
  writeFileSync(join(cwd, 'workerd.capnp'), workerdConfig(Object.keys(services)));
  const { default: workerd } = createRequire(import.meta.url)('workerd') as { readonly default: string };
  // The command of the package is a wrapper, which would outlive a kill of its child.
  const child = spawn(workerd, ['serve', 'workerd.capnp', '--control-fd=1'], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Record<string, unknown>[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`workerd ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (text) => {
      if (!text.startsWith('{')) return;
      const line = JSON.parse(text) as Record<string, unknown>;
      if (line['event'] === 'listen') resolve(Number(line['port']));
      else lines.push(line);
    });
  });
  return { child, port, exchanges: () => lines.filter((line) => 'outcome' in line) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const workerdConfig = (services: readonly string[]): string => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .gateway), ${services.map((name) => `(name = "${name}", worker = .${variableOf(name)}), `).join('')}(name = "net", network = (allow = ["public", "private"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const gateway :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "bundle/index.js")],
  compatibilityDate = "2026-04-01",
  compatibilityFlags = ["enable_request_signal"],
  bindings = [${services.map((name) => `(name = "${name}", service = "${name}")`).join(', ')}],
  globalOutbound = "net"
);
${services
  .map(
    (name) =>
      `const ${variableOf(name)} :Workerd.Worker = (modules = [(name = "${name}.js", esModule = embed "${name}.js")], compatibilityDate = "2026-04-01");\n`,
  )
  .join('')}`;

/** Names of constants begin with a small letter there. */
function variableOf(service: string): string {
  return `bound${service.replaceAll(/[^A-Za-z0-9]/g, '')}`;
}
