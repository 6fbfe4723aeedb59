/** The README is true: its configurations load, its dry run prints what is shown, its programs run. */
import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommandLine } from '../../src/cli/command-line.ts';
import { nameOf } from '../../src/cli/configuration.ts';
import { makeFolder } from '../support/folder.ts';
import { hasHandbook } from '../support/handbook.ts';
import { makeTerminal } from '../support/terminal.ts';

const ROOT = join(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const ENV = { OPENAI_API_KEY: 'sk-none' };
const LIMIT_MS = 30_000;

/** The blocks of one language, in order. */
function blocksOf(language: string, text = README): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, block]) => block ?? '');
}

/** Without what the clock measured, and the widths that follow from it. */
function untimed(text: string): string {
  return text.replaceAll(/[\d.]+ m?s\.\.[\d.]+ m?s/g, 'P50..P95').replaceAll(/ {2,}/g, '  ');
}

const configurations = blocksOf('yaml');
const programs = blocksOf('ts');

describe('the page on agents', () => {
  it('shows a configuration that passes every check', async () => {
    const blocks = blocksOf('yaml', readFileSync(join(ROOT, 'docs/agents.md'), 'utf8'));
    expect(blocks).toHaveLength(1);
    const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': blocks[0]! }) });
    expect(await runCommandLine(['check', '--strict'], terminal)).toBe(0);
  });
});

describe('the README', () => {
  it.each(configurations.map((text) => ({ text })))(
    'shows a configuration that passes every check',
    async ({ text }) => {
      const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': text }), env: ENV });
      expect(await runCommandLine(['check', '--strict'], terminal)).toBe(0);
      expect(text.trim().split('\n').length).toBeLessThanOrEqual(10);
    },
  );

  it.skipIf(!hasHandbook)('shows what npm start prints', { timeout: LIMIT_MS }, async () => {
    const block = blocksOf('console').find((text) => text.includes('$ npm start')) ?? '';
    const [commands = '', printed = ''] = block.split(/(?<=\$ npm start\n)/);
    expect(commands).toBe('$ npm install\n$ npm start\n');
    const terminal = makeTerminal({ cwd: makeFolder() });
    const ended = runCommandLine(['serve', '--port', '0', '--admin-port', '0'], terminal);
    await expect.poll(terminal.err, { timeout: LIMIT_MS }).toContain('start again.\n');
    // Ports and folders are those of the test.
    const shown = terminal
      .err()
      .replace(/(?<=admin {4}http:\/\/127\.0\.0\.1:)\d+/, '8081')
      .replaceAll(/(?<=http:\/\/127\.0\.0\.1:)\d+(?=\/v1)/g, '8080')
      .replace(nameOf(join(ROOT, 'examples'), terminal), 'examples');
    expect(untimed(shown)).toBe(untimed(printed));
    terminal.events.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toBe(0);
  });

  it('shows what explain prints', async () => {
    const block = blocksOf('console').find((text) => text.includes('thalweg explain')) ?? '';
    const [command = '', ...printed] = block.split('\n');
    const args = command.replace('$ npx thalweg ', '').replaceAll('"', '').split(' ');
    const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': configurations[0] ?? '' }), env: ENV });
    expect(await runCommandLine(args, terminal)).toBe(0);
    expect(terminal.out()).toBe(printed.join('\n'));
  });

  it('shows a program with an SDK and no server', { timeout: LIMIT_MS }, async () => {
    const folder = await makeProgram(programs[0] ?? '');
    const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], { cwd: folder, timeout: LIMIT_MS });
    expect(stdout).toBe('Hello!\n');
  });

  it('shows an app that mounts it', { timeout: LIMIT_MS }, async () => {
    const folder = await makeProgram(`${programs[1]}
const body = '{"model":"assistant","messages":[{"role":"user","content":"Hello"}]}';
const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
console.log(await (await app.request('/')).text());
console.log((await app.request('/v1/chat/completions', post)).headers.get('x-thalweg-backend'));
await gateway.close();
`);
    const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], { cwd: folder, timeout: LIMIT_MS });
    expect(stdout).toBe('The app that was here before.\nhome\n');
  });
});

/** A folder with the program, a configuration over a test server, and the packages of this checkout. */
async function makeProgram(text: string): Promise<string> {
  const upstream = createServer((incoming, outgoing) => {
    incoming.resume();
    incoming.on('end', () => {
      outgoing.setHeader('content-type', 'application/json');
      outgoing.end(JSON.stringify(ANSWER));
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void (upstream.closeAllConnections(), upstream.close()));
  const { port } = upstream.address() as AddressInfo;
  const source = pathToFileURL(join(ROOT, 'src/index.ts')).href;
  const folder = makeFolder({
    'package.json': '{ "type": "module" }',
    'program.ts': text.replace("'thalweg'", JSON.stringify(source)),
    'thalweg.yaml': `backends:
  home: { provider: ollama, url: "http://127.0.0.1:${port}/v1", model: m }
models: { assistant: { backends: [home] } }
`,
  });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello!' }, finish_reason: 'stop' }],
};
