/** `thalweg explain`, as it is called. */
import { describe, expect, it } from 'vitest';
import { judgeGiven, witness } from '../../../policies/index.ts';
import { catalogue } from '../../../providers/index.ts';
import { createPriceBook } from '../../../providers/price-book.ts';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { Secret } from '../../../src/core/secret.ts';
import { proveOnNode } from '../../../src/node.ts';
import { createLanguage } from '../../../src/sections.ts';
import { makeFolder } from '../../support/folder.ts';
import { makeTerminal, type TestTerminal } from '../../support/terminal.ts';
import { load, portsOf } from '../config/fixture.ts';
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
    expect(lines[0]).toBe('assistant: 1 of 2 backends may answer');
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

describe('thalweg explain --replay', () => {
  function lineOf(text: string, down: readonly string[] = []): string {
    const loaded = load(text, portsOf(), createLanguage(catalogue));
    if (!loaded.ok) throw new Error('It does not load.');
    const { policy } = proveOnNode(loaded, { secret: (value) => new Secret(value), priceBook: createPriceBook() });
    const { facts, state, plan } = judgeGiven({ down }, loaded.whole, policy, { at: 1_795_428_000_000, seed: 5 })!;
    const record = witness(policy, facts, state, plan, { id: `dec_${down.length}`, seed: 5 });
    return JSON.stringify({ time: 'then', event: 'decision', ...record });
  }

  async function replayed(log: string, ...args: string[]): Promise<{ code: number; terminal: TestTerminal }> {
    const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': JUDGED, 'log.jsonl': log }) });
    const file = `${terminal.cwd}/log.jsonl`;
    return { code: await runCommandLine(['explain', '--replay', file, ...args], terminal), terminal };
  }

  it('makes one decision again and explains it', async () => {
    const { code, terminal } = await replayed(`{"event":"exchange"}\n${lineOf(JUDGED)}\n`);
    expect(terminal.err()).toBe('');
    expect(code).toBe(0);
    expect(terminal.out()).toContain('first  home');
    expect(terminal.out()).toMatch(/1 decision made again: the same\.\n$/);
  });

  it('counts those that come out differently', async () => {
    const changed = lineOf(JUDGED).replace('["home","primary"]', '["away","primary"]');
    const { code, terminal } = await replayed([lineOf(JUDGED), lineOf(JUDGED, ['home']), changed].join('\n'));
    expect(code).toBe(1);
    expect(terminal.out()).toBe('3 decisions made again, 1 came out differently:\n  dec_0  away then, home now\n');
    const json = await replayed([lineOf(JUDGED), changed].join('\n'), '--json');
    expect(json.terminal.json()).toMatchObject({
      replays: [{ same: true }, { same: false, record: { decision_id: 'dec_0' } }],
    });
  });

  it.each([
    ['nothing here\n', 2, 'there is no decision'],
    [lineOf(JUDGED).replace(/sha256:[0-9a-f]{8}/, 'sha256:00000000'), 3, 'decided this, not sha256:'],
  ])('says what is wrong with %.30s', async (log, exit, says) => {
    const { code, terminal } = await replayed(log);
    expect(code).toBe(exit);
    expect(terminal.err()).toContain(says);
  });
});
