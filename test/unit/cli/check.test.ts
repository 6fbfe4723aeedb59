/** `thalweg check`, as it is called. */
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { makeFolder } from '../../support/folder.ts';
import { makeTerminal } from '../../support/terminal.ts';
import { FAILING, JUDGED, SMALLEST } from './configurations.ts';

/** Of every finding for programs, where it is and what. */
function placesIn(findings: unknown): string[] {
  return (findings as { path: string; code: string }[]).map(({ path, code }) => `${path} ${code}`);
}

describe('thalweg check', () => {
  it('finds the file upward and counts what is in it', async () => {
    const cwd = makeFolder({ 'thalweg.yaml': JUDGED, 'a/b/note.txt': '' });
    const terminal = makeTerminal({ cwd: `${cwd}/a/b` });
    expect(await runCommandLine(['check'], terminal)).toBe(0);
    expect(terminal.out()).toBe('ok ../../thalweg.yaml: 2 backends, 1 model, 1 constraint, 1 key, 1 test passed\n');
    expect(terminal.err()).toBe('');
  });

  it('shows every error with its place, and ends with 3', async () => {
    const cwd = makeFolder({ 'x.yaml': `${SMALLEST}ruls: []\nmodles: {}\n` });
    const terminal = makeTerminal({ cwd });
    expect(await runCommandLine(['check', 'x.yaml'], terminal)).toBe(3);
    expect(terminal.out()).toBe('');
    expect(terminal.err()).toContain('x.yaml:5:1 error unknown key "ruls"');
    expect(terminal.err()).toContain('x.yaml:6:1 error unknown key "modles"');
    expect(terminal.err()).toContain('did you mean "models"?');
    expect(terminal.err()).toContain(
      'thalweg: 2 errors, the configuration is refused; the policy was not linted: mend the errors above first.',
    );
  });

  it('points at a test of the file that does not hold', async () => {
    const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': FAILING }) });
    expect(await runCommandLine(['check'], terminal)).toBe(3);
    expect(terminal.err()).toMatch(
      /thalweg\.yaml:21:\d+ error the test "stays" does not hold: first: wanted away, got home/,
    );
    expect(terminal.err()).toContain('[policy-test-failed]');
  });

  it('prints the findings for programs', async () => {
    const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': FAILING }) });
    expect(await runCommandLine(['check', '--json'], terminal)).toBe(3);
    expect(terminal.json()).toMatchObject({ v: 1, ok: false, findings: [{ code: 'policy-test-failed', line: 21 }] });
    expect(terminal.err()).toBe('');
  });

  it('prints counts and digests for programs', async () => {
    const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': JUDGED }) });
    expect(await runCommandLine(['check', '--json'], terminal)).toBe(0);
    expect(terminal.json()).toMatchObject({
      v: 1,
      ok: true,
      file: 'thalweg.yaml',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      counts: { backends: 2, models: 1, keys: 1, tests: 1 },
      findings: [],
    });
  });

  it('warns, and refuses warnings with --strict', async () => {
    const spare = '  spare: { provider: openai-compatible, url: "http://127.0.0.1:9/v1", model: "*" }\nmodels:';
    const cwd = makeFolder({ 'thalweg.yaml': SMALLEST.replace('models:', spare) });
    const [lax, strict] = [makeTerminal({ cwd }), makeTerminal({ cwd })];
    expect(await runCommandLine(['check'], lax)).toBe(0);
    expect(lax.err()).toContain('warning no model uses the backend "spare"');
    expect(lax.out()).toContain('ok thalweg.yaml');
    expect(await runCommandLine(['check', '--strict'], strict)).toBe(3);
    expect(strict.out()).toBe('');
    expect(strict.err()).toContain('1 warning, refused by --strict');
  });

  it('says which variable a secret waits for, and never what is in one', async () => {
    const text = SMALLEST.replace('model: "*" }', 'model: "*", key: "${UP_KEY}" }');
    const cwd = makeFolder({ 'thalweg.yaml': text });
    const [without, withKey] = [makeTerminal({ cwd }), makeTerminal({ cwd, env: { UP_KEY: 'sk-very-secret' } })];
    expect(await runCommandLine(['check'], without)).toBe(3);
    expect(without.err()).toContain('the environment variable UP_KEY is not set');
    expect(await runCommandLine(['check', '--json'], withKey)).toBe(0);
    expect(withKey.out() + withKey.err()).not.toContain('sk-very-secret');
  });

  it('refuses a key that cannot be sent as a header, without showing it', async () => {
    const text = SMALLEST.replace('model: "*" }', 'model: "*", key: "${UP_KEY}" }');
    const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': text }), env: { UP_KEY: 'sk-two\nlines' } });
    expect(await runCommandLine(['check'], terminal)).toBe(3);
    expect(terminal.err()).toContain(
      'thalweg.yaml:2:85 error the key of a backend cannot be sent as a header at backends.up.key',
    );
    expect(terminal.err()).not.toContain('sk-two');
  });

  it('runs the tests and lints of a policy that no error bears on', async () => {
    const text = FAILING.replace('price: { input: 2', 'key: "${HOME_KEY}"\n    price: { input: 2').replace(
      'constraints:\n',
      `telemetry: { log: loud }\nconstraints:\n  - { id: never, when: "data.class > RESTRICTED", require: { compute.countries: { subset: [DE] } } }\n`,
    );
    const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': text }) });
    expect(await runCommandLine(['check', '--json'], terminal)).toBe(3);
    const { findings, skipped } = terminal.json();
    expect(placesIn(findings)).toEqual([
      'backends.home.key missing-variable',
      'telemetry.log unknown-value',
      'constraints.0.when idle-constraint',
      'tests.0 policy-test-failed',
    ]);
    expect(skipped).toEqual({ tests: 0, lints: false, checks: false });
  });

  it('runs the tests in which nothing is wrong, and lints once all are well: one may say what is meant', async () => {
    const text = `${FAILING}  - { name: of nobody, given: { key: nobody }, expect: { first: home } }\n`;
    const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': text }) });
    expect(await runCommandLine(['check'], terminal)).toBe(3);
    expect(terminal.err()).toContain('error the test "stays" does not hold: first: wanted away, got home');
    expect(terminal.err()).toContain('error there is no key "nobody"');
    expect(terminal.err()).toContain(
      'thalweg: 2 errors, the configuration is refused; 1 test was not run and the policy was not linted: mend the errors above first.',
    );
  });

  it('names every key that cannot be sent, beside tests that fail and keys of signers that are not there', async () => {
    const trust = 'trust: { models: { r1: { path: models/r1, signer: { key: r1.pub } } } }\n';
    const text = FAILING.replaceAll('price:', 'artifact: r1\n    key: "${BAD_KEY}"\n    price:') + trust;
    const [sound, broken] = [text, `${text}oops: 1\n`].map((one) => makeFolder({ 'thalweg.yaml': one }));
    const env = { BAD_KEY: 'sk-two\nlines' };
    const terminal = makeTerminal({ cwd: sound!, env });
    expect(await runCommandLine(['check', '--json'], terminal)).toBe(3);
    const late = ['backends.home.key bad-secret', 'backends.away.key bad-secret'];
    const trusted = ['trust.models.r1.path missing-model', 'trust.models.r1.signer.key trust-root-missing'];
    expect(placesIn(terminal.json()['findings'])).toEqual([...late, 'tests.0 policy-test-failed', ...trusted]);
    const other = makeTerminal({ cwd: broken!, env });
    expect(await runCommandLine(['check', '--json'], other)).toBe(3);
    expect(placesIn(other.json()['findings'])).toEqual([...late, ...trusted, 'oops unknown-key']);
    expect(other.out()).not.toContain('sk-two');
  });

  it('can say nothing more of a file that is not YAML', async () => {
    const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': `${JUDGED}rules: [\n` }) });
    expect(await runCommandLine(['check'], terminal)).toBe(3);
    expect(terminal.err()).toContain('1 error, the configuration is refused; nothing else could be looked at');
  });
});
