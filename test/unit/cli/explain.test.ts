/** `thalweg explain`, as it is called. */
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { makeFolder } from '../../support/folder.ts';
import { makeTerminal, type TestTerminal } from '../../support/terminal.ts';
import { JUDGED, SMALLEST } from './configurations.ts';

async function explain(text: string, ...args: string[]): Promise<{ code: number; terminal: TestTerminal }> {
  const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': text }) });
  return { code: await runCommandLine(['explain', ...args], terminal), terminal };
}

describe('thalweg explain', () => {
  it('shows who may answer, who may not and why', async () => {
    const { code, terminal } = await explain(JUDGED, '-m', 'assistant', '--tokens', '1000000');
    expect(code).toBe(0);
    const lines = terminal.out().split('\n');
    expect(lines[0]).toBe('assistant: 1 of 2 backends may answer (rule default)');
    expect(lines.find((line) => /^ {2}away/.test(line))).toMatch(
      /out +\$\d.* stay: compute\.countries want .*got \[US\]/,
    );
    expect(lines.find((line) => /^ {2}home/.test(line))).toMatch(/try 1/);
    expect(terminal.out()).toContain('first  home');
    expect(terminal.out()).toContain('without them away is the cheapest');
  });

  it('ends with 5 where the policy refuses', async () => {
    const { code, terminal } = await explain(JUDGED, '--down', 'home');
    expect(code).toBe(5);
    expect(terminal.out()).toContain('assistant: 0 of 2 backends may answer');
    expect(terminal.out()).toContain('[capacity-exhausted-within-policy]');
  });

  it('prints the record for programs', async () => {
    const { code, terminal } = await explain(JUDGED, '--json', '-p', 'Hello there');
    expect(code).toBe(0);
    expect(terminal.json()).toMatchObject({
      v: 1,
      rule: 'default',
      facts: { model: 'assistant', tokens_in: 3 },
      candidates: [
        { id: 'away', eligible: false },
        { id: 'home', eligible: true },
      ],
      plan: [{ try: 'home' }, { try: 'home', mode: 'retry' }],
      refusal: null,
    });
  });

  it('lets rules see the key and the headers', async () => {
    const rules = `rules:
  - { id: batch, match: 'request.headers["x-class"] == "batch"' }
  - { id: default, match: "true" }
`;
    const { terminal } = await explain(JUDGED + rules, '--header', 'X-Class=batch', '--key', 'app', '--json');
    expect(terminal.err()).toBe('');
    expect(terminal.json()).toMatchObject({ rule: 'batch', facts: { key: 'app' } });
  });

  it.each([
    { args: ['-m', 'asistant'], says: 'Did you mean "assistant"?' },
    { args: ['--down', 'hom'], says: 'Did you mean "home"?' },
    { args: ['--key', 'nobody'], says: 'There are: app.' },
  ])('says which name is meant instead of $args', async ({ args, says }) => {
    const { code, terminal } = await explain(JUDGED, ...args);
    expect(code).toBe(2);
    expect(terminal.err()).toContain(says);
  });

  it('takes any name where the file does', async () => {
    const { code, terminal } = await explain(SMALLEST, '-m', 'gpt-5');
    expect(code).toBe(0);
    expect(terminal.out()).toMatch(/^gpt-5: 1 of 1 backends may answer/);
  });
});
