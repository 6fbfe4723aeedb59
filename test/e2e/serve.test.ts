/** The server as a process: `bin/thalweg.mjs serve` over a file, from its first line to its exit code. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { makeFolder } from '../support/folder.ts';
import { SMALLEST } from '../unit/cli/configurations.ts';

const BIN = join(import.meta.dirname, '../../bin/thalweg.mjs');
const LIMIT_MS = 30_000;

let upstream: Server;
/** Answers that the upstream holds open, to be ended by the test. */
let streams: ServerResponse[];

beforeEach(async () => {
  streams = [];
  upstream = createServer((incoming, outgoing) => {
    let body = '';
    incoming.on('data', (chunk) => (body += String(chunk)));
    incoming.on('end', () => {
      if (!body.includes('"stream":true')) {
        outgoing.setHeader('content-type', 'application/json');
        outgoing.end(JSON.stringify(ANSWER));
        return;
      }
      outgoing.setHeader('content-type', 'text/event-stream');
      sendChunk(outgoing, { content: 'begun' }, null);
      streams.push(outgoing);
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
});

describe('thalweg serve', () => {
  it('answers, reloads a good file, refuses a bad one, and ends with 0 on SIGTERM', { timeout: LIMIT_MS }, async () => {
    const server = await startServer(configuration());
    const first = await chat(server, { model: 'any' });
    expect(first.status).toBe(200);
    expect(first.headers.get('x-thalweg-backend')).toBe('up');
    expect(await first.json()).toMatchObject({ choices: [{ message: { content: 'Hi.' } }] });

    writeFileSync(server.file, `${configuration()}  oops: 1\n`);
    await server.err(/thalweg\.yaml is refused \(1 error\); the one before it stays in service/);
    expect((await chat(server, { model: 'any' })).status).toBe(200);

    writeFileSync(server.file, configuration().replace('"*": { backends', 'only: { backends'));
    await server.err(/reloaded thalweg\.yaml, 2 changes[\s\S]*models\.only: added/);
    expect((await chat(server, { model: 'any' })).status).toBe(404);
    expect((await chat(server, { model: 'only' })).status).toBe(200);

    server.child.kill('SIGHUP');
    await server.err(/nothing in it changed/);
    server.child.kill('SIGTERM');
    expect(await server.exit()).toBe(0);
    expect(server.events('exchange').map(({ status }) => status)).toEqual([200, 200, 404, 200]);
    expect(server.events('notice').map(({ name }) => name)).toEqual([
      'config-refused',
      'config-reloaded',
      'config-reloaded',
      'stopped',
    ]);
  });

  it('finishes a running stream before it goes, and refuses new connections', { timeout: LIMIT_MS }, async () => {
    const server = await startServer(configuration());
    const response = await chat(server, { model: 'any', stream: true });
    await expect.poll(() => streams.length).toBe(1);
    server.child.kill('SIGTERM');
    await server.err(/SIGTERM, finishing what runs/);
    await expect
      .poll(() =>
        chat(server, { model: 'any' }).then(
          () => 'answered',
          () => 'refused',
        ),
      )
      .toBe('refused');
    sendChunk(streams[0]!, { content: ' ended' }, null);
    sendChunk(streams[0]!, {}, 'stop');
    streams[0]!.end('data: [DONE]\n\n');
    const text = await response.text();
    expect(text).toContain('begun');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(await server.exit()).toBe(0);
    expect(server.events('exchange')).toMatchObject([{ outcome: 'ok', stream: true }]);
  });

  it('ends a stream honestly when the grace time is over', { timeout: LIMIT_MS }, async () => {
    const server = await startServer(`${configuration()}gateway: { grace: 200ms }\n`);
    const response = await chat(server, { model: 'any', stream: true });
    await expect.poll(() => streams.length).toBe(1);
    server.child.kill('SIGTERM');
    const text = await response.text();
    expect(text).toContain('gateway-shutdown');
    expect(text).not.toContain('[DONE]');
    expect(await server.exit()).toBe(0);
  });

  it('stops at once on a second signal, with 130', { timeout: LIMIT_MS }, async () => {
    const server = await startServer(configuration());
    const response = await chat(server, { model: 'any', stream: true });
    await expect.poll(() => streams.length).toBe(1);
    server.child.kill('SIGINT');
    await server.err(/SIGINT, finishing what runs/);
    server.child.kill('SIGINT');
    expect(await response.text()).toContain('gateway-shutdown');
    expect(await server.exit()).toBe(130);
  });

  it('ends with 130 on an interrupt', { timeout: LIMIT_MS }, async () => {
    const server = await startServer(configuration());
    server.child.kill('SIGINT');
    expect(await server.exit()).toBe(130);
  });

  it('says what is wrong with the address, and ends with 1', { timeout: LIMIT_MS }, async () => {
    const { port } = upstream.address() as AddressInfo;
    const server = run(makeFolder({ 'thalweg.yaml': configuration() }), ['serve', '--port', String(port)]);
    expect(await server.exit()).toBe(1);
    expect(server.stderr()).toMatch(`127.0.0.1:${port} is in use by another program`);
    expect(server.stderr()).not.toContain('    at ');
  });

  it('refuses to serve everybody without keys, with 3', { timeout: LIMIT_MS }, async () => {
    const server = run(makeFolder({ 'thalweg.yaml': configuration() }), ['serve', '--host', '0.0.0.0']);
    expect(await server.exit()).toBe(3);
    expect(server.stderr()).toContain('Add a section keys');
  });

  it(
    'does not start over a file that is not there or with tests that do not hold, and ends with 3',
    { timeout: LIMIT_MS },
    async () => {
      const without = run(makeFolder(), ['serve', '-c', 'thalweg.yaml']);
      expect(await without.exit()).toBe(3);
      expect(without.stderr()).toMatch(/^thalweg: There is no file .*thalweg\.yaml\.\n$/);
      const test = 'tests: [{ name: goes nowhere, given: { model: any }, expect: { eligible: [] } }]\n';
      const failing = run(makeFolder({ 'thalweg.yaml': configuration() + test }), ['serve']);
      expect(await failing.exit()).toBe(3);
      expect(failing.stderr()).toContain('the test "goes nowhere" does not hold');
    },
  );
});

const ANSWER = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'any',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
};

function sendChunk(outgoing: ServerResponse, delta: { content?: string }, finish: string | null): void {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'any', choices };
  outgoing.write(`data: ${JSON.stringify(chunk)}\n\n`);
}

function configuration(): string {
  return SMALLEST.replace(':9/', `:${(upstream.address() as AddressInfo).port}/`);
}

/** A running command. */
interface CommandRun {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Waits until the messages say so. */
  err(pattern: RegExp): Promise<void>;
  exit(): Promise<number | null>;
  /** The lines of the log of one kind. */
  events(kind: string): Record<string, unknown>[];
}

interface ServerRun extends CommandRun {
  readonly url: string;
  readonly file: string;
}

function run(cwd: string, args: readonly string[]): CommandRun {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
  const ended = once(child, 'close').then(() => child.exitCode);
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    child,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    async err(pattern) {
      await expect.poll(() => output.stderr, { timeout: 15_000 }).toMatch(pattern);
    },
    exit: () => ended,
    events: (kind) =>
      output.stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter(({ event }) => event === kind),
  };
}

async function startServer(text: string): Promise<ServerRun> {
  const cwd = makeFolder({ 'thalweg.yaml': text });
  const started = run(cwd, ['serve', '--port', '0', '--admin-port', '0', '--json']);
  await expect.poll(() => started.stdout() + started.stderr(), { timeout: 15_000 }).toContain('"listening"');
  const { url } = JSON.parse(started.stdout().split('\n')[0]!) as { url: string };
  const file = join(cwd, 'thalweg.yaml');
  expect(readFileSync(file, 'utf8')).toBe(text);
  return { ...started, url, file };
}

function chat({ url }: ServerRun, body: { readonly model: string; readonly stream?: boolean }): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, messages: [{ role: 'user', content: 'Hello' }] }),
  });
}
