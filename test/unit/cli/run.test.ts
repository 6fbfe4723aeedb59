/** `thalweg run`, as it is called: one question, a pipe, a conversation, and what it refuses. */
import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import { makeFolder } from '../../support/folder.ts';
import { hasHandbook } from '../../support/handbook.ts';
import { makeTerminal, type TestTerminal } from '../../support/terminal.ts';

const KNOWS = /Thalweg/;
const DEMO = `backends:
  here: { provider: embedded, model: handbook, facts: { compute.countries: [DE] } }
models:
  small: { backends: [here] }
`;
const KEY = 'sk-thalweg-run-test';
const KEYED = `${DEMO}keys: { app: { hash: 'sha256:${createHash('sha256').update(KEY).digest('hex')}' } }\n`;

interface Given {
  readonly file?: string;
  readonly env?: Record<string, string>;
  readonly stdin?: string | Terminal['stdin'];
}

function terminalOf({ file, env, stdin = '' }: Given): TestTerminal {
  return makeTerminal({ cwd: makeFolder(file === undefined ? {} : { 'thalweg.yaml': file }), env: env ?? {}, stdin });
}

async function run(args: readonly string[], given: Given = {}): Promise<{ code: number; terminal: TestTerminal }> {
  const terminal = terminalOf(given);
  return { code: await runCommandLine(['run', ...args], terminal), terminal };
}

describe.skipIf(!hasHandbook)('thalweg run', () => {
  it.each([
    { args: ['handbook', 'What is Thalweg?'] },
    { args: ['What is Thalweg?'] },
    { args: [], stdin: 'What is Thalweg?\n' },
    { args: ['handbook'], stdin: 'What is Thalweg?\n' },
  ])('answers the demo without a configuration: $args', async ({ args, stdin = '' }) => {
    const { code, terminal } = await run(args, { stdin });
    expect(terminal.err()).toBe('');
    expect(code).toBe(0);
    expect(terminal.out()).toMatch(KNOWS);
    expect(terminal.out()).toMatch(/\S\n$/);
  });

  it('prints the answer for programs, and who gave it', async () => {
    const { code, terminal } = await run(['small', 'What is Thalweg?', '--json'], { file: DEMO });
    expect(code).toBe(0);
    expect(terminal.json()).toMatchObject({
      v: 1,
      ok: true,
      model: 'small',
      text: expect.stringMatching(KNOWS),
      backend: 'here',
      decision: expect.stringMatching(/^dec_/),
      finish: 'stop',
    });
  });

  it('shows a key where the file has keys', async () => {
    const without = await run(['small', 'Hello'], { file: KEYED });
    expect(without.code).toBe(2);
    expect(without.terminal.err()).toContain('THALWEG_KEY');
    const wrong = await run(['small', 'Hello'], { file: KEYED, env: { THALWEG_KEY: 'sk-other' } });
    expect(wrong.code).toBe(1);
    const right = await run(['small', 'Hello'], { file: KEYED, env: { THALWEG_KEY: KEY } });
    expect(right.code).toBe(0);
    expect(right.terminal.out()).not.toBe('');
  });

  it('says what the gateway refuses, in its words', async () => {
    const unknown = await run(['smal', 'Hello'], { file: DEMO });
    expect(unknown.code).toBe(2);
    expect(unknown.terminal.err()).toMatch(/^thalweg: .*"smal"/);
    const constraint =
      'constraints: [{ id: eu, when: "request.tokens_in < 50", require: { compute.countries: { subset: [FR] } } }]\n';
    const refused = await run(['small', 'Hello'], { file: DEMO + constraint });
    expect(refused.code).toBe(5);
    expect(refused.terminal.out()).toBe('');
    const long = await run(['small', 'word '.repeat(4000)], { file: DEMO });
    expect(long.code).toBe(1);
    expect(long.terminal.err()).toContain('longer than the model can read');
  });

  it('does not ask nothing', async () => {
    const { code, terminal } = await run([], { stdin: '\n' });
    expect(code).toBe(2);
    expect(terminal.err()).toContain('the prompt is empty');
  });

  it('converses where a person writes, and ends with an empty line', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const terminal = terminalOf({ stdin });
    const ended = runCommandLine(['run'], terminal);
    await expect.poll(terminal.err).toContain('> ');
    stdin.write('What is Thalweg?\n');
    await expect.poll(terminal.out).toMatch(/Thalweg[^\n]*\n$/);
    stdin.write('What is the capital of France?\n');
    await expect.poll(terminal.out).toMatch(/Thalweg[^\n]*\n[^\n]+\n$/);
    stdin.write('\n');
    expect(await ended).toBe(0);
  });

  it.each([
    { key: 'Ctrl-D', bytes: '\u0004' },
    { key: 'Ctrl-C', bytes: '\u0003' },
  ])('ends at $key between two questions', async ({ bytes }) => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const terminal = terminalOf({ stdin });
    const ended = runCommandLine(['run'], terminal);
    await expect.poll(terminal.err).toContain('> ');
    stdin.write(bytes);
    expect(await ended).toBe(0);
  });

  it('stops an answer at Ctrl-C and goes on', async () => {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const terminal = terminalOf({ stdin });
    const ended = runCommandLine(['run'], terminal);
    await expect.poll(terminal.err).toContain('> ');
    stdin.write('How do I keep data in the EU?\n');
    await expect.poll(terminal.out, { interval: 2 }).not.toBe('');
    stdin.write('\u0003');
    await expect.poll(terminal.out).toMatch(/\n$/);
    stdin.write('\n');
    expect(await ended).toBe(0);
  });
});
