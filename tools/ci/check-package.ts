/** Proves that the published package installs into an empty folder, stays small, starts, stops and refuses as promised. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { runCommand } from './command.ts';
import { folderBytes, formatMegabytes } from './folder-size.ts';
import { askStreamed, findFreePort, tryServer } from './installed-server.ts';
import { installTarball, packRepository } from './packed-package.ts';
import { verdict } from './verdict.ts';

const INSTALL_LIMIT = 30e6;
const root = join(import.meta.dirname, '../..');

/** Of 9 MiB of zeros, by sha256sum. */
const ZEROS_SHA256 = 'd2ee4703cd9698945ca7b9fe1689ea3095597eac1a0afd8dba00cac7894fdc43';

const NEEDED = [
  'bin/thalweg.mjs',
  'dist/src/index.js',
  'dist/src/index.d.ts',
  'examples/demo.yaml',
  'models/handbook/handbook.gguf',
  'schema.json',
  'LICENSE',
];

async function checkContents(scratch: string, folder: string): Promise<void> {
  const tarball = await packRepository(root, scratch);
  const strays = tarball.paths.filter((path) => /^(src|test|tools|bench|routes|providers|policies)\//.test(path));
  const size = `${tarball.paths.length} files, ${formatMegabytes(tarball.bytes)} packed, ${formatMegabytes(tarball.unpackedBytes)} unpacked`;
  verdict(strays.length === 0, `the tarball carries no sources (${size})`, strays.join('\n'));
  for (const path of NEEDED) {
    verdict(tarball.paths.includes(path), `the tarball carries ${path}`);
  }
  await installTarball(tarball.file, folder);
  const bytes = folderBytes(join(folder, 'node_modules'));
  verdict(bytes <= INSTALL_LIMIT, `production install ${formatMegabytes(bytes)} <= ${formatMegabytes(INSTALL_LIMIT)}`);
}

async function checkImport(folder: string): Promise<void> {
  const code = "const { createGateway } = await import('thalweg'); process.stdout.write(typeof createGateway);";
  const { stdout, stderr } = await runCommand('node', ['--input-type=module', '-e', code], { cwd: folder });
  verdict(stdout === 'function', "import('thalweg') gives createGateway", stderr);
}

async function checkServer(folder: string): Promise<void> {
  const [listen, admin] = [`127.0.0.1:${await findFreePort()}`, `127.0.0.1:${await findFreePort()}`];
  const example = readFileSync(join(root, 'examples/minimal.yaml'), 'utf8');
  writeFileSync(join(folder, 'minimal.yaml'), `${example}\ngateway: { listen: "${listen}", admin: "${admin}" }\n`);
  const args = ['serve', '-c', 'minimal.yaml'];
  const addresses = [`http://${listen}`, `http://${admin}`];
  const byNpx = await tryServer(folder, ['npx', '--no-install', 'thalweg', ...args], addresses);
  verdict(byNpx.healthy !== null, `npx thalweg ${args.join(' ')} answers /healthz with 200`, byNpx.finished.stderr);
  // npx ends with a code of its own, so the promise about SIGTERM is checked on the command itself.
  const direct = await tryServer(folder, [join(folder, 'node_modules/.bin/thalweg'), ...args], addresses);
  const { code, stderr } = direct.finished;
  verdict(direct.healthy !== null && code === 0, `SIGTERM ends it with 0 (${code} after ${direct.stopMs} ms)`, stderr);
}

async function checkMissingFile(folder: string): Promise<void> {
  const { code, stderr } = await runCommand('npx', ['--no-install', 'thalweg', 'serve', '-c', 'none.yaml'], {
    cwd: folder,
    timeoutMs: 30_000,
  });
  verdict(code === 3, `without the file that was named it ends with 3 (got ${code})`, stderr);
  verdict(/none\.yaml/.test(stderr), 'and says which', stderr);
}

async function checkDemo(folder: string): Promise<void> {
  const empty = join(folder, 'elsewhere');
  mkdirSync(empty);
  const [port, admin] = [await findFreePort(), await findFreePort()];
  const flags = ['--port', `${port}`, '--admin-port', `${admin}`];
  const url = `http://127.0.0.1:${port}`;
  let words: readonly string[] = [];
  const run = await tryServer(
    empty,
    [join(folder, 'node_modules/.bin/thalweg'), 'serve', ...flags],
    [url],
    async () => {
      words = await askStreamed(url, 'What is Thalweg?');
    },
  );
  const { code, stderr } = run.finished;
  verdict(
    words.length > 5 && /Thalweg/.test(words.join('')),
    `without a file the demo streams: ${words.join('')}`,
    stderr,
  );
  verdict(/stays-in-the-eea: /.test(stderr) && code === 0, 'and explains its own route', stderr);
}

/** Hashing and inspecting run in threads, whose entry points a build can lose. */
async function checkModelThreads(folder: string): Promise<void> {
  mkdirSync(join(folder, 'model'));
  writeFileSync(join(folder, 'model/zeros'), new Uint8Array(9 << 20));
  const thalweg = join(folder, 'node_modules/.bin/thalweg');
  const digest = await runCommand(thalweg, ['model', 'digest', 'model', '--json'], { cwd: folder });
  verdict(digest.stdout.includes(ZEROS_SHA256), 'model digest hashes in a thread', digest.stderr);
  const shipped = 'node_modules/thalweg/models/handbook';
  const inspected = await runCommand(thalweg, ['model', 'inspect', shipped, '--json'], { cwd: folder });
  verdict(inspected.code === 0, 'model inspect finds the shipped model sound', inspected.stdout + inspected.stderr);
}

/** The Node of the system, without the pinned one in front: it runs the command or is refused in one sentence. */
async function checkSystemNode(folder: string): Promise<void> {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules'));
  const env = { ...process.env, PATH: path.join(delimiter) };
  const script = join(folder, 'node_modules/thalweg/bin/thalweg.mjs');
  const { code, stdout, stderr } = await runCommand('node', [script, 'version'], { cwd: folder, env });
  const refused = code === 1 && stdout === '' && /^thalweg: Node [^\n]+\n$/.test(stderr);
  verdict(code === 0 || refused, `the system's Node ${refused ? 'is refused in one sentence' : 'runs it'}`, stderr);
}

const scratch = mkdtempSync(join(tmpdir(), 'thalweg-package-'));
try {
  const folder = join(scratch, 'empty');
  await checkContents(scratch, folder);
  await checkImport(folder);
  await checkServer(folder);
  await checkMissingFile(folder);
  await checkDemo(folder);
  await checkModelThreads(folder);
  await checkSystemNode(folder);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
