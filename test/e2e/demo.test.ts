/** The first minute: `bin/thalweg.mjs` in an empty folder shows a true answer and its reason, and serves it to an SDK. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import OpenAI from 'openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeFolder } from '../support/folder.ts';
import { hasHandbook } from '../support/handbook.ts';

const BIN = join(import.meta.dirname, '../../bin/thalweg.mjs');
const LIMIT_MS = 30_000;
const PORTS = ['--port', '0', '--admin-port', '0'];
const QUESTION = [{ role: 'user', content: 'How do I keep data in the EU?' }] as const;

interface Demo {
  stdout(): string;
  stderr(): string;
  /** Sends a signal and waits for the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

function start(...args: string[]): Demo {
  const child = spawn(process.execPath, [BIN, ...args], { cwd: makeFolder(), stdio: 'pipe' });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)));
  const ended = once(child, 'close');
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    async end(signal) {
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}

describe.skipIf(!hasHandbook)('the demo', { timeout: LIMIT_MS }, () => {
  it('shows its configuration, a question with its answer, and why the answer came from there', async () => {
    const demo = start('serve', ...PORTS);
    await expect.poll(demo.stderr, { timeout: 15_000 }).toContain('start again.');
    const shown = demo.stderr();
    expect(shown).toMatch(/^thalweg \S+ serves the demo: 2 backends, 1 model\n/);
    expect(shown).toMatch(/clients {2}http:\/\/127\.0\.0\.1:\d+\/v1\n/);
    expect(shown).toMatch(/curl http:\S+ .*"model":"handbook"/);
    expect(shown).toContain('  constraints:\n');
    const [, answer = ''] = /^> How do I keep data in the EU\?\n(.+)$/m.exec(shown) ?? [];
    expect(answer).toContain('compute.countries');
    expect(shown).toContain('That was "frankfurt"');
    expect(shown).toMatch(/virginia +out .*stays-in-the-eea: compute\.countries want subset of EEA, got \[US\]/);
    expect(shown).toMatch(/frankfurt +try 1/);
    expect(shown).not.toContain('\u001b');
    expect(await demo.end('SIGTERM')).toBe(0);
    const lines = demo.stdout().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { event: 'exchange', operation: 'chat', backend: 'frankfurt', outcome: 'ok', path: 'pass' },
      { event: 'exchange', operation: 'explain', status: 200 },
      { event: 'notice', name: 'stopped' },
    ]);
  });

  it('says only where it listens to programs, and answers an SDK, whole and streamed', async () => {
    const demo = start('serve', '--json', ...PORTS);
    await expect.poll(demo.stdout, { timeout: 15_000 }).toContain('\n');
    const [line = ''] = demo.stdout().split('\n');
    const { url, ...greeting } = JSON.parse(line) as { url: string };
    expect(greeting).toMatchObject({ v: 1, event: 'listening', config: 'the demo' });
    const openai = new OpenAI({ apiKey: 'unused', baseURL: `${url}/v1`, maxRetries: 0 });
    const { data: whole, response } = await openai.chat.completions
      .create({ model: 'handbook', messages: [...QUESTION] })
      .withResponse();
    expect(response.headers.get('x-thalweg-backend')).toBe('frankfurt');
    const text = whole.choices[0]?.message.content ?? '';
    expect(text).toContain('compute.countries');
    expect(whole).toMatchObject({ model: 'handbook', choices: [{ finish_reason: 'stop' }] });
    expect(whole.usage?.completion_tokens).toBeGreaterThan(5);

    const stream = await openai.chat.completions.create({ model: 'handbook', messages: [...QUESTION], stream: true });
    const pieces: string[] = [];
    for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '');
    expect(pieces.join('')).toBe(text);
    expect(pieces.filter((piece) => piece !== '').length).toBeGreaterThan(5);
    expect(demo.stderr()).toBe('');
    expect(await demo.end('SIGINT')).toBe(130);
  });

  it('is what thalweg alone does', async () => {
    const demo = start();
    // The ports of the demo may be in use on this machine: then the refusal names them.
    await expect.poll(demo.stderr, { timeout: 15_000 }).toMatch(/serves the demo|127\.0\.0\.1:808[01] is in use/);
    await demo.end('SIGTERM');
  });

  it('ends while it shows itself', async () => {
    const demo = start('serve', ...PORTS);
    await expect.poll(demo.stderr, { timeout: 15_000, interval: 5 }).toContain('> How');
    expect(await demo.end('SIGTERM')).toBe(0);
    expect(demo.stderr()).toContain('stopped');
  });
});
