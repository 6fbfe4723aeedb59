/** `thalweg model …` as a person and a program meet it: exit codes, what is printed where, and what each failure names. */
import { createPrivateKey } from 'node:crypto';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { formatProgress } from '../../../src/cli/model/hashing.ts';
import { certificatePem, makeKey, privatePem, publicPem, type CertificateForm } from '../../support/certificates.ts';
import { makeFolder } from '../../support/folder.ts';
import { makeTerminal, type TestTerminal } from '../../support/terminal.ts';

const key = makeKey();
const root = { subject: 'root', key: makeKey(), isCa: true } satisfies CertificateForm;
const middle = { subject: 'middle', key: makeKey(), issuer: root, isCa: true } satisfies CertificateForm;
const leaf = { subject: 'signer', key, issuer: middle, emails: ['models@example.com'] } satisfies CertificateForm;

/** A folder with a model, keys and certificates. */
function makeBench(): string {
  return makeFolder({
    'model/README.md': 'a model',
    'model/sub/data.txt': 'data',
    'key.pem': privatePem(key),
    'key.pub': publicPem(key),
    'other.pub': publicPem(makeKey()),
    'rsa.pub': '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
    'leaf.pem': certificatePem(leaf),
    'middle.pem': certificatePem(middle),
    'root.pem': certificatePem(root),
    'other.pem': certificatePem({ ...root, key: makeKey() }),
  });
}

interface Ended extends TestTerminal {
  readonly code: number;
}

async function run(cwd: string, line: string, env: Record<string, string> = {}): Promise<Ended> {
  const terminal = makeTerminal({ cwd, env });
  return { ...terminal, code: await runCommandLine(line.split(' '), terminal) };
}

const SIGN = 'model sign key model --private-key key.pem';
const VERIFY = 'model verify key model --public-key key.pub';

describe('thalweg model', () => {
  it('signs and verifies with a key', async () => {
    const cwd = makeBench();
    const signed = await run(cwd, SIGN);
    expect(signed.code).toBe(0);
    expect(signed.out()).toMatch(
      /^signed 2 files of model\n {2}signature {2}model\/model\.sig\n {2}root {7}sha256:[0-9a-f]{64}\n/,
    );
    const verified = await run(cwd, VERIFY);
    expect(verified.code).toBe(0);
    expect(verified.err()).toBe('');
    expect(verified.out()).toMatch(/^verified model\n {2}signer {6}the key sha256:[0-9a-f]{64}\n/);
    expect(verified.out()).toContain('files       2 ok');
  });

  it('tells programs everything', async () => {
    const cwd = makeBench();
    const signed = (await run(cwd, `${SIGN} --json`)).json();
    const { code, json } = await run(cwd, `${VERIFY} --json`);
    expect(code).toBe(0);
    expect(json()).toMatchObject({
      v: 1,
      ok: true,
      code: null,
      signer: { method: 'key', keyDigest: signed['keyDigest'] },
      rootDigest: signed['rootDigest'],
      files: { ok: ['README.md', 'sub/data.txt'], missing: [], extra: [], changed: [] },
      inspected: { ok: true },
      warnings: [],
    });
    const digest = await run(cwd, 'model digest model');
    expect(digest.out()).toBe(`sha256:${String(signed['rootDigest'])}\n`);
  });

  it('ends with 4 and names every file that differs', async () => {
    const cwd = makeBench();
    await run(cwd, SIGN);
    writeFileSync(join(cwd, 'model/README.md'), 'another model');
    writeFileSync(join(cwd, 'model/new.txt'), '');
    rmSync(join(cwd, 'model/sub/data.txt'));
    const { code, out, err } = await run(cwd, VERIFY);
    expect(code).toBe(4);
    expect(out()).toContain('not verified model');
    expect(out()).toContain('changed     README.md\n  missing     sub/data.txt\n  not signed  new.txt');
    expect(err()).toContain('files-differ: model: 1 file changed (README.md), 1 file missing');
    expect(err()).toContain('Fetch the model and its signature again');
    const { json } = await run(cwd, `${VERIFY} --json`);
    expect(json()).toMatchObject({
      ok: false,
      code: 'files-differ',
      error: { code: 'files-differ' },
      files: { ok: [], missing: ['sub/data.txt'], extra: ['new.txt'], changed: ['README.md'] },
      inspected: null,
    });
  });

  it('signs and verifies with certificates, for an identity', async () => {
    const cwd = makeBench();
    const chain = '--signing-certificate leaf.pem --certificate-chain middle.pem';
    expect((await run(cwd, `model sign certificate model --private-key key.pem ${chain}`)).code).toBe(0);
    const verify = 'model verify certificate model --certificate-chain root.pem';
    const verified = await run(cwd, `${verify} --identity models@example.com`);
    expect(verified.code).toBe(0);
    expect(verified.out()).toContain('signer      models@example.com, CN=signer');
    expect((await run(cwd, `${verify} --identity models@example`)).code).toBe(4);
    const anybody = await run(cwd, verify);
    expect(anybody.code).toBe(3);
    expect(anybody.err()).toContain('identity-missing');
    expect((await run(cwd, `${verify} --signer-key sha256:${'0'.repeat(64)}`)).code).toBe(4);
    expect((await run(cwd, VERIFY)).err()).toContain('method-mismatch');
  });

  it.each([
    [3, 'trust-root-missing', 'model verify key model'],
    [3, 'trust-root-missing', 'model verify key model --public-key absent.pub'],
    [3, 'trust-root-malformed', 'model verify key model --public-key README.md'],
    [3, 'trust-root-malformed', 'model verify key model --public-key rsa.pub'],
    [3, 'trust-root-malformed', 'model verify key model --public-key leaf.pem'],
    [4, 'key-hint-mismatch', 'model verify key model --public-key other.pub'],
    [4, 'root-not-allowed', `${VERIFY} --expect-root sha256:${'a'.repeat(64)}`],
    [2, 'bad-digest', `${VERIFY} --expect-root sha1:aa`],
    [2, 'bad-flag', `${VERIFY} --compat v0.1`],
    [1, 'file-unreadable', 'model verify key absent --public-key key.pub'],
    [1, 'file-unreadable', `${VERIFY} --signature absent.sig`],
    [4, 'bundle-not-json', `${VERIFY} --signature key.pem`],
    [3, 'trust-root-missing', 'model verify sigstore model --identity a --identity-provider b'],
    [3, 'identity-missing', 'model verify sigstore model --identity a --trusted-root key.pem'],
    [
      3,
      'trust-root-malformed',
      'model verify sigstore model --identity a --identity-provider b --trusted-root key.pem',
    ],
    [1, 'file-unreadable', 'model sign key model --private-key absent.pem'],
    [3, 'pem-malformed', 'model sign key model --private-key key.pub'],
    [
      3,
      'key-certificate-mismatch',
      'model sign certificate model --private-key key.pem --signing-certificate root.pem',
    ],
    [1, 'file-not-writable', `${SIGN} --signature model/README.md`],
    [1, 'ignore-path-refused', `${SIGN} --ignore-paths key.pem`],
  ])('ends with %i and %s: %s', async (code, rule, line) => {
    const cwd = makeBench();
    writeFileSync(join(cwd, 'README.md'), 'no key');
    await run(cwd, SIGN);
    const plain = await run(cwd, line);
    expect(plain.code).toBe(code);
    expect(plain.err()).toMatch(/^thalweg: .+\.\n/);
    const told = await run(cwd, `${line} --json`);
    expect(told.code).toBe(code);
    expect(told.json()).toMatchObject({ ok: false, error: { code: rule } });
  });

  it.each([
    'model verify key',
    'model sign key model',
    'model sign',
    'model digest',
    'model verify key model --frobnicate',
  ])('ends with 2: %s', async (line) => {
    const { code } = await run(makeBench(), line);
    expect(code).toBe(2);
  });

  it('opens an encrypted key with the passphrase of the environment only', async () => {
    const cwd = makeBench();
    const locked = createPrivateKey(privatePem(key)).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'secret words',
    });
    writeFileSync(join(cwd, 'locked.pem'), locked);
    const line = 'model sign key model --private-key locked.pem';
    const without = await run(cwd, line);
    expect(without.code).toBe(3);
    expect(without.err()).toContain('THALWEG_KEY_PASSPHRASE');
    expect((await run(cwd, line, { THALWEG_KEY_PASSPHRASE: 'wrong' })).err()).toContain('key-locked');
    expect(readdirSync(join(cwd, 'model'))).not.toContain('model.sig');
    expect((await run(cwd, line, { THALWEG_KEY_PASSPHRASE: 'secret words' })).code).toBe(0);
    expect((await run(cwd, VERIFY)).code).toBe(0);
  });

  it('shows a signature and says that nothing of it is verified', async () => {
    const cwd = makeBench();
    await run(cwd, SIGN);
    const { code, out, err } = await run(cwd, 'model show model/model.sig --files');
    expect(code).toBe(0);
    expect(out()).toMatch(/^not verified model\/model\.sig says\n/);
    expect(out()).toContain('README.md');
    expect(err()).toContain('nothing of this is verified');
    expect((await run(cwd, 'model show model/model.sig --json')).json()).toMatchObject({
      verified: false,
      method: 'key',
    });
    expect((await run(cwd, 'model show key.pem')).code).toBe(4);
  });

  it('inspects, and binds a verification to it where told', async () => {
    const cwd = makeBench();
    writeFileSync(join(cwd, 'model/weights.pkl'), Buffer.from([0x80, 0x04, 0x2e]));
    await run(cwd, SIGN);
    const inspected = await run(cwd, 'model inspect model');
    expect(inspected.code).toBe(4);
    expect(inspected.out()).toContain('do not load model');
    expect((await run(cwd, VERIFY)).code).toBe(0);
    const bound = await run(cwd, `${VERIFY} --inspect --json`);
    expect(bound.code).toBe(4);
    expect(bound.json()).toMatchObject({ ok: false, code: 'inspection-refused', inspected: { ok: false } });
  });

  it('remembers digests where told, and never signs in haste', async () => {
    const cwd = makeBench();
    await run(cwd, SIGN);
    expect((await run(cwd, `${VERIFY} --cache cache --max-rate 500`)).code).toBe(0);
    writeFileSync(join(cwd, 'model/README.md'), 'A model');
    expect((await run(cwd, `${VERIFY} --cache cache`)).code).toBe(4);
    expect((await run(cwd, `${VERIFY} --max-rate fast`)).code).toBe(2);
  });

  it('shows what a name would do to the terminal instead of letting it', async () => {
    const cwd = makeBench();
    await run(cwd, SIGN);
    writeFileSync(join(cwd, 'model/\u001b[2Jverified\n\u202e'), '');
    const { out, err } = await run(cwd, VERIFY);
    expect(out()).toContain('not signed  \\u{1b}[2Jverified\\u{a}\\u{202e}');
    for (const text of [out(), err()]) expect([...text].filter((c) => c !== '\n' && /\p{C}/u.test(c))).toEqual([]);
  });

  it('draws a bar where a person looks, wipes it, and ends without a trace when interrupted', async () => {
    const cwd = makeBench();
    writeFileSync(join(cwd, 'model/big'), new Uint8Array(2_000_000));
    const shown = makeTerminal({ cwd });
    Object.assign(shown.stderr, { isTTY: true, columns: 60 });
    expect(await runCommandLine(`${SIGN} --max-rate 3`.split(' '), shown)).toBe(0);
    expect(shown.err()).toMatch(/\[█+ *\] +\d+ % {2}[\d.]+ [kM]B\/s {2}0:0\d left/);
    expect(shown.err().endsWith('\r\u001b[2K')).toBe(true);
    rmSync(join(cwd, 'model/model.sig'));
    const interrupted = makeTerminal({ cwd });
    const ended = runCommandLine(`${SIGN} --max-rate 1`.split(' '), interrupted);
    setTimeout(() => interrupted.events.emit('SIGINT'), 150);
    expect(await ended).toBe(130);
    expect(readdirSync(join(cwd, 'model')).sort()).toEqual(['README.md', 'big', 'sub']);
    expect(interrupted.events.listenerCount('SIGINT')).toBe(0);
  });

  it('draws no more of a bar than the line holds', () => {
    const line = formatProgress({ filesDone: 1, files: 3, bytesDone: 1.5e9, bytes: 4.5e9, current: 'a.gguf' }, 1000);
    expect(line).toBe('[████████                ]  33 %  1.5 GB/s  0:02 left  a.gguf');
    expect(formatProgress({ filesDone: 0, files: 0, bytesDone: 0, bytes: 0, current: '' }, 0)).toContain('100 %');
  });
});

describe('the commands of the conformance suite', () => {
  const paths = (cwd: string, text: string): string => text.replaceAll('@', `${cwd}/`);

  it('sign and verify by key and certificate, with 0 or 1', async () => {
    const cwd = makeBench();
    const sign = '--model-path @model --output-bundle @out.sig --private-key @key.pem --ignore-paths @model/sub';
    const verify = 'verify-model --model-path @model --bundle @out.sig';
    const byKey = await run(cwd, paths(cwd, `sign-model --method key ${sign} --use-staging`));
    expect(byKey.code).toBe(0);
    expect((await run(cwd, paths(cwd, `${verify} --method key --public-key @key.pub`))).code).toBe(0);
    expect((await run(cwd, paths(cwd, `${verify} --method key --public-key @other.pub`))).code).toBe(1);
    writeFileSync(join(cwd, 'model/extra.bin'), '');
    expect((await run(cwd, paths(cwd, `${verify} --method key --public-key @key.pub`))).code).toBe(1);
    const lenient = `${verify} --method key --public-key @key.pub --ignore-unsigned-files`;
    expect((await run(cwd, paths(cwd, lenient))).code).toBe(0);
    const chain = '--signing-cert @leaf.pem --cert-chain @middle.pem';
    expect((await run(cwd, paths(cwd, `sign-model --method certificate ${sign} ${chain}`))).code).toBe(0);
    expect((await run(cwd, paths(cwd, `${verify} --method certificate --cert-chain @root.pem`))).code).toBe(0);
    expect((await run(cwd, paths(cwd, `${verify} --method certificate --cert-chain @other.pem`))).code).toBe(1);
  });

  it('fail with 1 and a reason, whatever is missing', async () => {
    for (const line of ['sign-model', 'verify-model', 'verify-model --method key', 'sign-model --method sigstore']) {
      const { code, err } = await run(makeBench(), line);
      expect(code).toBe(1);
      expect(err()).toMatch(/^thalweg: .+\n$/);
    }
  });

  it('stay out of the help', async () => {
    const { out } = await run(makeBench(), '--help');
    expect(out()).not.toContain('sign-model');
    expect(out()).toContain('model');
  });
});
