/** `thalweg build worker`: a folder that `wrangler deploy` can use, with the configuration checked beforehand. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import { createPriceBook } from '../../providers/price-book.ts';
import { sealBuiltConfig } from '../config/built.ts';
import { readHandbook } from '../embedded/node/handbook.ts';
import { matmulModule } from '../embedded/simd/matmul-code.ts';
import { EMBEDDED_SCHEME } from '../embedded/transport.ts';
import { networkOf } from '../engine/compile-egress.ts';
import { proveOnNode } from '../node.ts';
import { verifyProjectModel } from '../trust/project-model.ts';
import { CommandError } from './command-error.ts';
import { absentSecret, locateConfiguration, readConfiguration, type Configuration } from './configuration.ts';
import { ExitCode } from './exit-code.ts';
import { fillPrices } from './fill-prices.ts';
import { sayFindings } from './findings.ts';
import { print, printJson, say, type Terminal } from './terminal.ts';

/** The flags of `build worker`. */
export interface BuildWorkerOptions {
  readonly config?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** Describes the command; `run` takes what it does. */
export function describeBuildWorker(command: Command, run: (options: BuildWorkerOptions) => Promise<void>): void {
  command
    .description('check a configuration for Cloudflare Workers and write a folder for wrangler deploy')
    .option('-c, --config <file>', 'configuration; otherwise the nearest thalweg.yaml from here upward')
    .option(
      '-o, --out <folder>',
      'where to write config.json, index.js, wrangler.toml and what the configuration needs',
      'worker',
    )
    .option('--json', 'print one JSON object')
    .action(run);
}

const ENTRY = `import { createWorker } from 'thalweg/worker';
import config from './config.json';

export default createWorker(config);
`;

/** The same with the model that Thalweg brings along; wrangler takes `.bin` as data and `.wasm` as code. */
const EMBEDDED_ENTRY = `import { createWorker, embedModels } from 'thalweg/worker';
import config from './config.json';
import model from './handbook.bin';
import signature from './handbook-signature.bin';
import kernels from './kernels.wasm';

export default createWorker(config, embedModels({ handbook: { model, signature } }, kernels));
`;

/** Writes the folder. What is there of `index.js` and `wrangler.toml` is kept: they may have been edited. */
export async function buildWorker(options: BuildWorkerOptions, terminal: Terminal): Promise<ExitCode> {
  const configuration = await readConfiguration(locateConfiguration(terminal, options.config), terminal, 'worker');
  refuseOpen(configuration);
  refuseSockets(configuration);
  refuseFiles(configuration);
  const priceBook = createPriceBook();
  const snapshot = proveOnNode(configuration.loaded, { priceBook, secret: absentSecret, isForWorker: true });
  // The tests have been run here, and a worker has no use for them.
  const whole = { ...fillPrices(configuration.whole, priceBook), tests: [] };
  const folder = resolve(terminal.cwd, options.out);
  const [secrets, bindings] = [secretNames(configuration), bindingNames(configuration)];
  const isEmbedded = snapshot.backends.some(({ url }) => url.startsWith(EMBEDDED_SCHEME));
  const files = [
    write(folder, 'config.json', `${JSON.stringify(sealBuiltConfig(whole), null, 2)}\n`, true),
    ...(isEmbedded ? await writeModel(folder) : []),
    write(folder, 'index.js', isEmbedded ? EMBEDDED_ENTRY : ENTRY, false),
    write(folder, 'wrangler.toml', wranglerFile(folder), false),
  ];
  if (options.json) {
    printJson(terminal, { ok: true, folder, files: files.map((file) => ({ ...file })), secrets, bindings });
    return ExitCode.ok;
  }
  sayFindings(terminal, configuration.warnings);
  for (const { file, written } of files)
    print(terminal, `${written ? 'wrote' : 'kept '}  ${join(options.out, file)}\n`);
  say(terminal, nextSteps(options.out, secrets, bindings));
  return ExitCode.ok;
}

/** A worker opens no sockets: it cannot see to which address a name leads, show a certificate, or ask a proxy. */
function refuseSockets({ whole, name }: Configuration): void {
  for (const [id, backend] of Object.entries(whole.backends)) {
    if (backend.binding !== undefined) continue;
    const asks =
      networkOf(backend) === 'perimeter'
        ? 'stands in the perimeter'
        : backend.tls !== undefined
          ? 'has certificates of its own'
          : backend.proxy !== undefined
            ? 'is behind a proxy'
            : null;
    if (asks === null) continue;
    throw new CommandError(
      ExitCode.configuration,
      'needs-sockets',
      `${name}: the backend "${id}" ${asks}, which a worker cannot hold to; name the binding that leads there, serve it from Node, or remove it here.`,
    );
  }
}

/** What opens a route to a signed model is that the gateway read its files; what servers and stores say does not. */
function refuseFiles({ whole, name }: Configuration): void {
  const [id, backend] = Object.entries(whole.backends).find(([, { artifact }]) => artifact !== undefined) ?? [];
  if (id === undefined || backend === undefined) return;
  throw new CommandError(
    ExitCode.configuration,
    'needs-files',
    `${name}: the backend "${id}" is open only while the files of ${backend.artifact ?? ''} are verified, and a worker reads no files: ` +
      'serve it from Node, beside the files, or remove artifact here. The model that Thalweg brings along is verified in workers too.',
  );
}

/** A worker has an address that everybody can reach. */
function refuseOpen({ whole, name }: Configuration): void {
  if (whole.keys !== null || whole.gateway.open) return;
  throw new CommandError(
    ExitCode.configuration,
    'open-gateway',
    `${name} has no section keys, so the worker would serve everybody, at your cost. ` +
      'Add keys, or say gateway.open: true if that is meant.',
  );
}

interface WrittenFile {
  readonly file: string;
  /** False where a file was there and was kept. */
  readonly written: boolean;
}

async function writeModel(folder: string): Promise<WrittenFile[]> {
  const signed = await readHandbook();
  await verifyProjectModel(signed);
  return [
    write(folder, 'handbook.bin', signed.model, true),
    write(folder, 'handbook-signature.bin', signed.signature, true),
    write(folder, 'kernels.wasm', matmulModule(), true),
  ];
}

function write(folder: string, file: string, content: string | Uint8Array, replace: boolean): WrittenFile {
  const path = join(folder, file);
  if (!replace && existsSync(path)) return { file, written: false };
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, content);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandError(ExitCode.failure, 'cannot-write', `${path} cannot be written: ${why}.`);
  }
  return { file, written: true };
}

/** Without comments and long names a worker is half the size. With its flag the runtime says when a client leaves, so that the exchange is settled and logged. */
function wranglerFile(folder: string): string {
  const alias = resolvesPackage(folder) ? '' : `\n[alias]\n"thalweg/worker" = "${relativeModule(folder)}"\n`;
  return `name = "thalweg"\nmain = "index.js"\ncompatibility_date = "2026-04-01"\ncompatibility_flags = ["enable_request_signal"]\nminify = true\n${alias}`;
}

/** True when wrangler finds this package from the folder by itself; a checkout is used from its sources. */
function resolvesPackage(folder: string): boolean {
  if (import.meta.filename.endsWith('.ts')) return false;
  try {
    createRequire(join(folder, 'index.js')).resolve('thalweg/worker');
    return true;
  } catch {
    return false;
  }
}

/** The worker's module of this installation, as seen from the folder. */
function relativeModule(folder: string): string {
  const module = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '../worker.ts' : '../worker.js');
  const path = relative(folder, module).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}

/** The variables that secrets refer to. */
function secretNames({ whole }: Configuration): string[] {
  const references = Object.values(whole.backends).flatMap(({ key }) => [...(key ?? '').matchAll(/\$\{(\w+)\}/g)]);
  return [...new Set(references.map(([, name]) => name ?? ''))].sort();
}

/** What the runtime must lend: services or VPC services, by their names. */
function bindingNames({ whole }: Configuration): string[] {
  return [...new Set(Object.values(whole.backends).flatMap(({ binding }) => binding ?? []))].sort();
}

function nextSteps(folder: string, secrets: readonly string[], bindings: readonly string[]): string {
  const put = secrets.map((name) => `  npx wrangler secret put ${name}\n`).join('');
  const bind = bindings
    .map((name) => `  in wrangler.toml, [[services]] or [[vpc_services]] with binding = "${name}"\n`)
    .join('');
  return `Next, in ${folder}:\n${put}${bind}  npx wrangler deploy\n`;
}
