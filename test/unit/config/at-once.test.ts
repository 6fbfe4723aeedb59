/** A file with a mistake of every kind: all are reported in one go, and nothing that only follows from them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../providers/index.ts';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { formatFindings } from '../../../src/config/format.ts';
import { ConfigError, createGateway } from '../../../src/index.ts';
import { createLanguage } from '../../../src/sections.ts';
import { makeFolder } from '../../support/folder.ts';
import { makeTerminal } from '../../support/terminal.ts';
import { findingsOf, load, portsOf } from './fixture.ts';

const TEXT = readFileSync(join(import.meta.dirname, 'at-once/thalweg.yaml'), 'utf8');
const GOLDEN = './at-once/report.txt';
const env = { RHINE_KEY: 'sk-rhine' };

const MISTAKES = [
  '2:12 unknown-key',
  '2:59 wrong-form',
  '5:14 unknown-country',
  '6:15 bare-no',
  '7:10 wrong-type',
  '11:10 outside-perimeter',
  '18:10 missing-variable',
  '19:55 wrong-type',
  '20:22 unknown-provider',
  '25:14 region-mismatch',
  '26:27 unknown-key',
  '28:48 unknown-backend',
  '29:12 unknown-key',
  '29:29 unknown-backend',
  '31:59 wrong-form',
  '34:13 circular-class',
  '36:56 unknown-zone',
  '39:28 contradictory-constraints',
  '40:11 duplicate-id',
  '40:33 expression-unknown-name',
  '42:30 expression-type',
  '43:5 missing-final-rule',
  '43:49 contradictory-rule',
  '45:16 wrong-form',
  '47:27 unknown-constraint',
  '50:28 ambiguous-signer',
  '52:96 unknown-rule',
  '53:34 unknown-key',
];

const LAST_WORDS = '2 tests were not run and the policy was not linted: mend the errors above first';

function refusal(make: () => unknown): ConfigError {
  try {
    make();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

describe('a file with a mistake of every kind', () => {
  it('is loaded into one report', async () => {
    const found = findingsOf(load(TEXT, portsOf(env), createLanguage(catalogue)));
    expect(found.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual(MISTAKES);
    await expect(formatFindings(found, { color: false })).toMatchFileSnapshot(GOLDEN);
    expect(found.filter(({ fix }) => fix === null)).toEqual([]);
  });

  it('says the same to programs that embed the gateway', () => {
    const golden = readFileSync(join(import.meta.dirname, GOLDEN), 'utf8');
    const error = refusal(() => createGateway(TEXT, { env }));
    expect(formatFindings(error.findings, { color: false }).replaceAll('configuration:', 'thalweg.yaml:')).toBe(golden);
    expect(error.message).toContain(LAST_WORDS);
    expect(error.skipped).toEqual({ tests: 2, lints: true, checks: false });
  });

  it('says the same to thalweg check, which ends with 3', async () => {
    const golden = readFileSync(join(import.meta.dirname, GOLDEN), 'utf8');
    const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': TEXT }), env });
    expect(await runCommandLine(['check'], terminal)).toBe(3);
    expect(terminal.err()).toBe(
      `${golden}\nthalweg: 27 errors, 1 warning, the configuration is refused; ${LAST_WORDS}.\n`,
    );
    expect(terminal.out()).toBe('');
  });

  it('says the same with --json', async () => {
    const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': TEXT }), env });
    expect(await runCommandLine(['check', '--json'], terminal)).toBe(3);
    expect(terminal.err()).toBe('');
    const said = terminal.json() as { findings: Record<string, unknown>[] };
    expect(said).toMatchObject({ v: 1, ok: false, skipped: { tests: 2, lints: true, checks: false } });
    expect(said.findings.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual(MISTAKES);
    for (const finding of said.findings) {
      expect(Object.keys(finding)).toEqual(['level', 'code', 'file', 'line', 'column', 'path', 'message', 'fix']);
    }
  });
});
