/** `thalweg trust status` and what a configuration with signed models is refused for, each with its place. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { makeSignedModel, turnBit } from '../../support/signed-model.ts';
import { makeTerminal, type TestTerminal } from '../../support/terminal.ts';
import { startGateway } from '../../e2e/real-gateway.ts';
import { createLanguage } from '../../../src/sections.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { catalogue } from '../../../providers/index.ts';

const GATEWAY = 'gateway: { listen: "127.0.0.1:0", admin: "127.0.0.1:1" }\n';
const REST = `${GATEWAY}backends:
  local: { provider: openai-compatible, url: "http://127.0.0.1:9/v1", model: r1, artifact: r1 }
models:
  r1: { backends: [local] }
`;
const TRUST = 'trust: { models: { r1: { path: r1, signer: { key: models.pub } } } }\n';

async function scene(text = REST + TRUST) {
  const model = await makeSignedModel();
  const cwd = dirname(model.root);
  writeFileSync(join(cwd, 'thalweg.yaml'), text);
  const run = async (...args: string[]): Promise<{ code: number; terminal: TestTerminal }> => {
    const terminal = makeTerminal({ cwd });
    return { code: await runCommandLine(args, terminal), terminal };
  };
  return { model, cwd, run };
}

describe('thalweg trust status', () => {
  it('verifies here where no gateway answers, and exits with 4 once a byte is another', async () => {
    const { model, run } = await scene();
    const fine = await run('trust', 'status');
    expect(fine.terminal.out()).toMatch(/^trusted {5}r1 {2}r1\n {2}files {5}verified by this gateway, 2 signed\n/);
    expect(fine.terminal.out()).toContain('backend   local: open, T0 (at least T0): servers of the kind');
    expect(fine.terminal.err()).toContain('no gateway answers');
    expect(fine.code).toBe(0);
    model.write('r1.gguf', turnBit(model.weights));
    const { code, terminal } = await run('trust', 'status', '--verify', '--json');
    expect(code).toBe(4);
    expect(terminal.json()).toMatchObject({
      ok: false,
      source: 'here',
      models: [
        {
          id: 'r1',
          files: 'not-verified',
          rule: 'files-differ',
          what: 'changed: r1.gguf',
          backends: [{ open: false }],
        },
      ],
    });
  });

  it('asks the gateway that runs', async () => {
    const { cwd, run } = await scene();
    const ports = { variable: () => null, file: () => null };
    const loaded = loadConfig({ name: 'x', text: REST + TRUST }, createLanguage(catalogue), ports);
    if (!loaded.ok) throw new Error('refused');
    const { whole } = loaded;
    const gateway = await startGateway({ ...whole, gateway: { ...whole.gateway, admin: '127.0.0.1:0' } }, cwd);
    onTestFinished(async () => void (await gateway.stop(0)));
    const ask = async () => (await run('trust', 'status', '--admin', gateway.adminUrl, '--json')).terminal.json();
    await expect.poll(ask, { timeout: 5000 }).toMatchObject({ ok: true, source: 'gateway' });
    const { code, terminal } = await run('trust', 'status', '--admin', 'http://127.0.0.1:1', '--json');
    expect(code).toBe(1);
    expect(terminal.json()).toMatchObject({ error: { code: 'gateway-unreachable' } });
  });
});

const SIGNER = (signer: string, more = ''): string =>
  `${REST}trust:\n  models:\n    r1: { path: r1, signer: ${signer}${more} }\n`;

describe('a configuration with signed models', () => {
  it.each([
    ['a key that is not there', SIGNER('{ key: nobody.pub }'), 3, '8:36 error', 'trust-root-missing'],
    ['a key that is none', SIGNER('{ key: r1/config.json }'), 3, '8:36 error', 'trust-root-malformed'],
    ['two kinds of signer', SIGNER('{ key: models.pub, chain: [models.pub] }'), 3, '8:21 error', 'ambiguous-signer'],
    ['a chain without an identity', SIGNER('{ chain: [models.pub] }'), 3, '8:21 error', 'missing-identity'],
    ['an issuer without an identity', SIGNER('{ issuer: "https://x" }'), 3, '8:21 error', 'missing-identity'],
    [
      'a floor for a bare key',
      SIGNER('{ key: models.pub }', ', signed_since: 2026-01-01'),
      3,
      ' error',
      'unknowable-time',
    ],
    ['a path out of the model', SIGNER('{ key: models.pub }', ', ignore: [../x]'), 3, ' error', 'bad-path'],
    [
      'a rule that there is not',
      SIGNER('{ key: models.pub }', ', excuse: [{ rule: pickel, file: x }]'),
      3,
      ' error',
      'unknown-rule',
    ],
    ['a level that is not built', SIGNER('{ key: models.pub }', ', level: T3'), 3, ' error', 'unknown-value'],
    [
      'two stores',
      SIGNER('{ key: models.pub }', ', store: { oci: { layout: a }, ollama: { folder: b, model: c } }'),
      3,
      ' error',
      'ambiguous-store',
    ],
    [
      'a misspelt artifact',
      (REST + TRUST).replace('artifact: r1', 'artifact: r2'),
      3,
      'did you mean "r1"?',
      'unknown-artifact',
    ],
    ['an artifact that nobody names', (REST + TRUST).replace(', artifact: r1', ''), 0, ' warning', 'unused-artifact'],
    ['a model that is not there yet', (REST + TRUST).replace('path: r1', 'path: r2'), 0, ' warning', 'missing-model'],
    [
      'a signature that is not there yet',
      SIGNER('{ key: models.pub }', ', signature: x.sig'),
      0,
      ' warning',
      'missing-signature',
    ],
  ])('is told of %s, with its place', async (_name, text, code, place, rule) => {
    const { run } = await scene(text);
    const { code: got, terminal } = await run('check');
    expect(terminal.err()).toContain(`[${rule}]`);
    expect(terminal.err()).toContain(place);
    expect(got).toBe(code);
  });

  it('is refused by serve with exit code 3 when the trust root is missing', async () => {
    const { run } = await scene(SIGNER('{ key: nobody.pub }'));
    const { code, terminal } = await run('serve');
    expect(code).toBe(3);
    expect(terminal.err()).toContain('[trust-root-missing]');
  });

  it('is refused for workers, which read no files', async () => {
    const { run } = await scene(`${(REST + TRUST).replace('gateway: {', 'gateway: { open: true,')}`);
    const { code, terminal } = await run('build', 'worker');
    expect(code).toBe(3);
    expect(terminal.err()).toContain('is open only while the files of r1 are verified, and a worker reads no files');
  });
});
