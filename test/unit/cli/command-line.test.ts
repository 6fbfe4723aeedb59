/** What every command has in common: help, usage, exit codes, missing files. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { VERSION } from '../../../src/core/version.ts';
import { makeFolder } from '../../support/folder.ts';
import { makeTerminal } from '../../support/terminal.ts';

describe('the command line', () => {
  it('prints its help with examples first', async () => {
    const terminal = makeTerminal({ cwd: '/' });
    expect(await runCommandLine(['--help'], terminal)).toBe(0);
    expect(terminal.out()).toMatch(/^Examples:\n {2}thalweg {2}/);
    expect(terminal.out()).toContain('Exit codes: 0 fine');
    expect(terminal.err()).toBe('');
  });

  it.each([
    { args: ['chek'], says: 'Did you mean check?' },
    { args: ['serve', '--prot', '1'], says: 'Did you mean --port?' },
    { args: ['serve', '--port', '70000'], says: 'A port is a number from 0 to 65535.' },
    { args: ['serve', 'extra'], says: 'too many arguments' },
    { args: ['explain', '--header', 'novalue'], says: 'Write name=value.' },
    { args: ['explain', '--tokens', '-1'], says: 'Write a whole number.' },
    { args: ['build'], says: 'worker' },
    { args: ['run', 'a', 'b', 'c'], says: 'too many arguments' },
  ])('ends with 2 when called as $args', async ({ args, says }) => {
    const terminal = makeTerminal({ cwd: '/' });
    expect(await runCommandLine(args, terminal)).toBe(2);
    expect(terminal.out()).toBe('');
    expect(terminal.err()).toContain(says);
  });

  it.each([
    { args: ['chek', '--json'], says: /^unknown command 'chek'\n\(Did you mean check\?\)$/ },
    { args: ['serve', '--json', '--port', '70000'], says: /A port is a number from 0 to 65535\.$/ },
    { args: ['build', '--json'], says: /./ },
  ])('tells a program so when called as $args', async ({ args, says }) => {
    const terminal = makeTerminal({ cwd: '/' });
    expect(await runCommandLine(args, terminal)).toBe(2);
    expect(terminal.err()).toBe('');
    expect(terminal.json()).toMatchObject({ v: 1, ok: false, error: { code: 'usage' } });
    expect(terminal.json()).toMatchObject({ error: { message: expect.stringMatching(says) as string } });
  });

  it('shows no values of the program in the help of a command', async () => {
    const terminal = makeTerminal({ cwd: '/' });
    expect(await runCommandLine(['explain', '--help'], terminal)).toBe(0);
    expect(terminal.out()).not.toMatch(/default: [[{]/);
  });

  it.each(['check', 'explain', 'build worker'])(
    '%s without a file says what to write, and ends with 3',
    async (name) => {
      const terminal = makeTerminal({ cwd: makeFolder() });
      expect(await runCommandLine(name.split(' '), terminal)).toBe(3);
      expect(terminal.err()).toContain('Looked for thalweg.yaml');
      expect(terminal.err()).toContain(terminal.cwd);
      expect(terminal.err()).toContain('backends:');
    },
  );

  it('says the same for programs', async () => {
    const terminal = makeTerminal({ cwd: makeFolder() });
    expect(await runCommandLine(['check', '--json'], terminal)).toBe(3);
    expect(terminal.json()).toMatchObject({ v: 1, ok: false, error: { code: 'configuration-not-found' } });
  });

  it.each([
    ['check', 'none.yaml'],
    ['serve', '-c', 'none.yaml'],
    ['run', '-c', 'none.yaml'],
  ])('names a file that is not there: %s %s', async (...args) => {
    const terminal = makeTerminal({ cwd: makeFolder() });
    expect(await runCommandLine(args, terminal)).toBe(3);
    expect(terminal.err()).toMatch(/^thalweg: There is no file .*none\.yaml\.\n$/);
  });

  it('prints the schema that is published', async () => {
    const terminal = makeTerminal({ cwd: '/' });
    expect(await runCommandLine(['schema'], terminal)).toBe(0);
    expect(terminal.out()).toBe(readFileSync(new URL('../../../schema.json', import.meta.url), 'utf8'));
  });

  it('prints its version', async () => {
    const [words, record] = [makeTerminal({ cwd: '/' }), makeTerminal({ cwd: '/' })];
    expect(await runCommandLine(['version'], words)).toBe(0);
    expect(words.out()).toMatch(/^thalweg \d+\.\d+\.\d+ \(Node .*, prices .*\)\n$/);
    expect(await runCommandLine(['version', '--json'], record)).toBe(0);
    expect(record.json()).toMatchObject({ v: 1, version: VERSION });
  });
});
