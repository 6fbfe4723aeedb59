/** The guard of the command line, run under a really old Node where the machine has one. */
import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const guard = join(import.meta.dirname, '../../bin/thalweg.mjs');
const oldNode = findOldNode();
const REASON = 'no Node older than 24.15 on the PATH';

/** What a finished process left behind. */
interface Finished {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** The first Node on the PATH that the guard must refuse; null when all are new enough. */
function findOldNode(): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(folder, process.platform === 'win32' ? 'node.exe' : 'node');
    if (folder === '' || !existsSync(candidate)) continue;
    const [major = 0, minor = 0] = execFileSync(candidate, ['-p', 'process.versions.node'], { encoding: 'utf8' })
      .split('.')
      .map(Number);
    if (major < 24 || (major === 24 && minor < 15)) return candidate;
  }
  return null;
}

let root = '';

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'thalweg-guard-')));
  mkdirSync(join(root, 'bin'));
  copyFileSync(guard, join(root, 'bin/thalweg.mjs'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function linkRuntime(node: string): void {
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  symlinkSync(node, join(root, 'node_modules/.bin/node'));
}

function writeEntry(path: string, source: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(root, path), source);
}

function run(node: string, args: string[], onOutput?: (kill: () => void) => void): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(node, [join(root, 'bin/thalweg.mjs'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const finished: Finished = { code: null, signal: null, stdout: '', stderr: '' };
    child.stdout.on('data', (chunk) => {
      finished.stdout += String(chunk);
      onOutput?.(() => child.kill('SIGTERM'));
    });
    child.stderr.on('data', (chunk) => (finished.stderr += String(chunk)));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ ...finished, code, signal }));
  });
}

const REPORT = 'console.log(JSON.stringify([Number(process.versions.node.split(".")[0]), process.argv.slice(2)]));';

describe.skipIf(oldNode === null)(`under an old Node${oldNode === null ? ` (skipped: ${REASON})` : ''}`, () => {
  const old = oldNode ?? '';

  it('refuses in one sentence when no runtime is installed', async () => {
    const { code, stdout, stderr } = await run(old, ['serve']);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^thalweg: Node 24\.15 or newer is needed and this is \d+\.\d+\.\d+; [^\n]+\.\n$/);
  });

  it('goes on under the installed runtime, with the same arguments and exit code', async () => {
    linkRuntime(process.execPath);
    writeEntry('src/cli/main.ts', `const code: number = 7; ${REPORT} process.exitCode = code;`);
    const { code, stdout } = await run(old, ['check', '--json', 'a b']);
    expect(JSON.parse(stdout)).toEqual([Number(process.versions.node.split('.')[0]), ['check', '--json', 'a b']]);
    expect(code).toBe(7);
  });

  it('finds the runtime of the tree that it is installed in', async () => {
    linkRuntime(process.execPath);
    writeEntry('node_modules/thalweg/dist/src/cli/main.js', REPORT);
    const installed = join(root, 'node_modules/thalweg/bin');
    mkdirSync(installed);
    copyFileSync(guard, join(installed, 'thalweg.mjs'));
    const stdout = execFileSync(old, [join(installed, 'thalweg.mjs'), 'version'], { encoding: 'utf8' });
    expect(JSON.parse(stdout)[1]).toEqual(['version']);
  });

  it('refuses instead of going round in circles when the installed runtime is old as well', async () => {
    linkRuntime(old);
    const { code, stderr } = await run(old, ['serve']);
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('passes SIGTERM on and ends as the runtime ended', async () => {
    linkRuntime(process.execPath);
    writeEntry(
      'src/cli/main.ts',
      'process.on("SIGTERM", () => process.exit(42)); setTimeout(() => {}, 20_000); console.log("up");',
    );
    const { code, signal } = await run(old, ['serve'], (kill) => kill());
    expect({ code, signal }).toEqual({ code: 42, signal: null });
  });
});

describe('under a Node that is new enough', () => {
  it('runs the built command line where there are no sources', async () => {
    writeEntry('dist/src/cli/main.js', REPORT);
    const { code, stdout } = await run(process.execPath, ['version']);
    expect(JSON.parse(stdout)[1]).toEqual(['version']);
    expect(code).toBe(0);
  });

  it('prefers the sources of a checkout to an old build', async () => {
    writeEntry('dist/src/cli/main.js', 'console.log("built");');
    writeEntry('src/cli/main.ts', 'console.log("sources");');
    expect((await run(process.execPath, [])).stdout).toBe('sources\n');
  });

  it('says what is missing when there is nothing to run', async () => {
    const { code, stderr } = await run(process.execPath, []);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^thalweg: neither src\/cli nor dist\/src\/cli is in .+; install the package again\.\n$/);
  });
});
