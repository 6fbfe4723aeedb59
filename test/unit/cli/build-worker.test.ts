/** `thalweg build worker`, as it is called; the worker itself runs in test/worker. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { openBuiltConfig } from '../../../src/config/built.ts';
import { HANDBOOK_FILE } from '../../../src/embedded/node/handbook.ts';
import { matmulModule } from '../../../src/embedded/simd/matmul-code.ts';
import { makeFolder } from '../../support/folder.ts';
import { hasHandbook } from '../../support/handbook.ts';
import { makeTerminal } from '../../support/terminal.ts';
import { FAILING, JUDGED, SMALLEST } from './configurations.ts';

const ROOT = join(import.meta.dirname, '../../..');

const VENDOR = `backends:
  small: { provider: openai, model: gpt-5-mini, key: "\${OPENAI_API_KEY}" }
models:
  fast: { backends: [small] }
keys:
  app: { hash: "sha256:${'0'.repeat(64)}" }
`;

describe('thalweg build worker', () => {
  it('writes the checked configuration with prices, and secrets as references', async () => {
    const cwd = makeFolder({ 'thalweg.yaml': VENDOR });
    const terminal = makeTerminal({ cwd, env: { OPENAI_API_KEY: 'sk-very-secret' } });
    expect(await runCommandLine(['build', 'worker'], terminal)).toBe(0);
    const text = readFileSync(join(cwd, 'worker/config.json'), 'utf8');
    expect(text).not.toContain('sk-very-secret');
    const whole = openBuiltConfig(JSON.parse(text));
    expect(whole.backends['small']).toMatchObject({
      key: '${OPENAI_API_KEY}',
      price: { input: expect.any(Number), source: expect.stringContaining('genai-prices') },
    });
    expect(terminal.err()).toContain('npx wrangler secret put OPENAI_API_KEY');
  });

  it.skipIf(!hasHandbook)('takes the embedded model along where a backend is it', async () => {
    const demo = readFileSync(join(ROOT, 'examples/demo.yaml'), 'utf8');
    const cwd = makeFolder({ 'thalweg.yaml': `${demo}gateway: { open: true }\n` });
    expect(await runCommandLine(['build', 'worker'], makeTerminal({ cwd }))).toBe(0);
    expect(readFileSync(join(cwd, 'worker/index.js'), 'utf8')).toContain(
      'embedModels({ handbook: { model, signature } }, kernels)',
    );
    expect(readFileSync(join(cwd, 'worker/handbook.bin')).equals(readFileSync(HANDBOOK_FILE))).toBe(true);
    expect(new Uint8Array(readFileSync(join(cwd, 'worker/kernels.wasm')))).toEqual(matmulModule());
  });

  it('keeps an entry and a wrangler.toml that are there', async () => {
    const cwd = makeFolder({ 'thalweg.yaml': VENDOR, 'out/wrangler.toml': '# mine\n' });
    const terminal = makeTerminal({ cwd });
    expect(await runCommandLine(['build', 'worker', '-o', 'out', '--json'], terminal)).toBe(0);
    expect(terminal.json()).toMatchObject({
      ok: true,
      files: [
        { file: 'config.json', written: true },
        { file: 'index.js', written: true },
        { file: 'wrangler.toml', written: false },
      ],
      secrets: ['OPENAI_API_KEY'],
    });
    expect(readFileSync(join(cwd, 'out/wrangler.toml'), 'utf8')).toBe('# mine\n');
  });

  it.each([
    { name: 'a literal secret', text: VENDOR.replace('${OPENAI_API_KEY}', 'sk-written-out'), says: '[literal-secret]' },
    { name: 'a secret from a file', text: VENDOR.replace('${OPENAI_API_KEY}', '${file:key.txt}'), says: 'no files' },
    { name: 'an open worker', text: SMALLEST, says: 'the worker would serve everybody' },
    { name: 'a failing test', text: FAILING, says: '[policy-test-failed]' },
  ])('refuses $name and writes nothing', async ({ text, says }) => {
    const cwd = makeFolder({ 'thalweg.yaml': text });
    const terminal = makeTerminal({ cwd });
    expect(await runCommandLine(['build', 'worker'], terminal)).toBe(3);
    expect(terminal.err()).toContain(says);
    expect(terminal.err()).not.toContain('sk-written-out');
    expect(() => readFileSync(join(cwd, 'worker/config.json'))).toThrow('ENOENT');
  });

  it.each([
    ['facts: { network: perimeter }', 'perimeter'],
    ['proxy: "http://proxy.corp:3128"', 'proxy'],
  ])('refuses what only a socket can hold to: %s', async (line, word) => {
    const text = `zones: { perimeter: { cidr: [10.20.0.0/16] } }
gateway: { open: true }
backends:
  up: { provider: openai-compatible, url: "http://llm.corp.example/v1", model: "*", ${line} }
models: { "*": { backends: [up] } }
`;
    const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': text }) });
    expect(await runCommandLine(['build', 'worker'], terminal)).toBe(3);
    expect(terminal.err()).toContain('a worker cannot hold to');
    expect(terminal.err()).toContain(word);
  });

  it('takes a perimeter that a binding leads to, and names the binding', async () => {
    const text = `gateway: { open: true }
backends:
  up:
    { provider: openai-compatible, url: "http://llm.corp.example/v1", model: "*", binding: CORP, facts: { network: perimeter } }
models: { "*": { backends: [up] } }
constraints: [{ id: inside, require: { network: perimeter } }]
`;
    const cwd = makeFolder({ 'thalweg.yaml': text });
    const terminal = makeTerminal({ cwd });
    expect(await runCommandLine(['build', 'worker'], terminal)).toBe(0);
    expect(terminal.err()).toContain('binding = "CORP"');
    const json = makeTerminal({ cwd });
    expect(await runCommandLine(['build', 'worker', '--json'], json)).toBe(0);
    expect(json.json()).toMatchObject({ bindings: ['CORP'] });
    // and nowhere else than in a worker
    for (const command of [['check'], ['explain'], ['serve']]) {
      const elsewhere = makeTerminal({ cwd });
      expect(await runCommandLine(command, elsewhere)).toBe(3);
      expect(elsewhere.err()).toMatch(/bindings exist in Cloudflare Workers alone[^]*remove it/);
      expect(elsewhere.err()).toContain('thalweg.yaml:4:');
    }
  });

  it.each([
    ['proxy: "http://proxy.corp:3128"', 'remove proxy, or binding'],
    ['binding: "a b"', 'this must be the name of a binding'],
  ])('wants a binding alone: %s', async (line, says) => {
    const own = line.startsWith('binding') ? line : `binding: CORP, ${line}`;
    const text = `gateway: { open: true }
backends: { up: { provider: openai-compatible, url: "http://llm.corp.example/v1", model: "*", ${own} } }
models: { "*": { backends: [up] } }
`;
    const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': text }) });
    expect(await runCommandLine(['build', 'worker'], terminal)).toBe(3);
    expect(terminal.err()).toContain(says);
  });

  it('says why it cannot write', async () => {
    const cwd = makeFolder({ 'thalweg.yaml': JUDGED });
    writeFileSync(join(cwd, 'worker'), 'a file in the way');
    const terminal = makeTerminal({ cwd });
    expect(await runCommandLine(['build', 'worker'], terminal)).toBe(1);
    expect(terminal.err()).toContain('cannot be written');
  });

  it('built the example that wrangler.toml deploys', async () => {
    const out = join(makeFolder(), 'example');
    const terminal = makeTerminal({ cwd: ROOT });
    const args = ['build', 'worker', '-c', 'examples/worker/thalweg.yaml', '-o', out];
    expect(await runCommandLine(args, terminal)).toBe(0);
    for (const file of ['config.json', 'index.js']) {
      const committed = readFileSync(join(ROOT, 'examples/worker', file), 'utf8');
      expect(committed, 'npm run example:worker').toBe(readFileSync(join(out, file), 'utf8'));
    }
  });
});

describe('openBuiltConfig', () => {
  it('opens only what this version built', () => {
    expect(() => openBuiltConfig({})).toThrow('thalweg build worker');
    expect(() => openBuiltConfig({ v: 1, thalweg: '0.0.9', config: {} })).toThrow('build it again');
  });
});
