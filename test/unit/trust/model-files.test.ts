/** A model on disk: signed, verified, and every way in which its files can differ from what was signed. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSigner } from '../../../src/trust/node/anchors.ts';
import { signModel } from '../../../src/trust/node/sign-model.ts';
import { verifyModel, type ModelVerdict, type VerifyModelOptions } from '../../../src/trust/node/verify-model.ts';
import { TrustError } from '../../../src/trust/trust-error.ts';
import { ModelReadError } from '../../../src/trust/node/model-read-error.ts';
import { strictPolicy } from '../../../src/trust/verify.ts';
import { makeKey, privatePem } from '../../support/certificates.ts';
import { makeFolder } from '../../support/folder.ts';
import { keyAnchor, makeBundle, makeStatement, toBytes } from '../../support/signatures.ts';

const NOW = Date.UTC(2026, 10, 23);
const key = makeKey();
const FILES = { 'config.json': '{}', 'model.gguf': 'GGUF', 'sub/x.txt': 'x', empty: '', '😀': 'a', '\ue000': 'b' };

async function signer() {
  const folder = makeFolder({ 'key.pem': privatePem(key) });
  return loadSigner({ privateKey: join(folder, 'key.pem'), passphrase: null, certificates: [] });
}

async function makeSigned(
  files: Readonly<Record<string, string>> = FILES,
  ignorePaths: readonly string[] = [],
): Promise<string> {
  const root = makeFolder(files);
  await signModel({
    root,
    signer: await signer(),
    output: join(root, 'model.sig'),
    ignorePaths: ignorePaths.map((path) => join(root, path)),
    singleFileDot: false,
  });
  return root;
}

function verify(root: string, options: Partial<VerifyModelOptions> = {}): Promise<ModelVerdict> {
  return verifyModel({
    root,
    signature: join(root, 'model.sig'),
    anchor: keyAnchor(key),
    policy: strictPolicy(NOW),
    ignorePaths: [],
    ignoreUnsigned: 'none',
    ...options,
  });
}

const ruleOf = (error: unknown): string => {
  if (error instanceof TrustError || error instanceof ModelReadError) return error.rule;
  throw error;
};

describe('a signed model', () => {
  it('verifies, with the names in the order of code points', async () => {
    const { ok, verified, files } = await verify(await makeSigned());
    expect(ok).toBe(true);
    expect(verified.warnings).toEqual([]);
    expect(files.ok).toEqual(['config.json', 'empty', 'model.gguf', 'sub/x.txt', '\ue000', '😀']);
  });

  const TAMPERINGS: readonly [
    string,
    (root: string) => void,
    Partial<Record<'missing' | 'extra' | 'changed', string[]>>,
  ][] = [
    ['a flipped byte', (root) => writeFileSync(join(root, 'model.gguf'), 'GGUG'), { changed: ['model.gguf'] }],
    ['an appended byte', (root) => writeFileSync(join(root, 'empty'), '\n'), { changed: ['empty'] }],
    ['a truncated file', (root) => writeFileSync(join(root, 'sub/x.txt'), ''), { changed: ['sub/x.txt'] }],
    [
      'an added file',
      (root) => writeFileSync(join(root, 'chat_template.jinja'), ''),
      { extra: ['chat_template.jinja'] },
    ],
    ['a removed file', (root) => rmSync(join(root, 'empty')), { missing: ['empty'] }],
    [
      'a renamed file',
      (root) => renameSync(join(root, 'empty'), join(root, 'Empty')),
      { missing: ['empty'], extra: ['Empty'] },
    ],
    [
      'two files swapped',
      (root) => {
        writeFileSync(join(root, 'config.json'), 'GGUF');
        writeFileSync(join(root, 'model.gguf'), '{}');
      },
      { changed: ['config.json', 'model.gguf'] },
    ],
    [
      'a name composed otherwise',
      (root) => renameSync(join(root, 'empty'), join(root, 'empt\u0079\u0301')),
      { missing: ['empty'], extra: ['empty\u0301'] },
    ],
    ['an added empty folder', (root) => mkdirSync(join(root, 'nothing')), {}],
    [
      'a hard link in place of the file',
      (root) => {
        linkSync(join(root, 'empty'), join(root, 'model.sig.x'));
        rmSync(join(root, 'empty'));
        renameSync(join(root, 'model.sig.x'), join(root, 'empty'));
      },
      {},
    ],
    [
      'what git keeps',
      (root) => {
        mkdirSync(join(root, '.git'));
        writeFileSync(join(root, '.git/config'), '');
      },
      {},
    ],
    [
      'what git keeps, further down',
      (root) => writeFileSync(join(root, 'sub/.gitignore'), ''),
      { extra: ['sub/.gitignore'] },
    ],
  ];
  it.each(TAMPERINGS)('after %s', async (_what, tamper, differences) => {
    const root = await makeSigned();
    tamper(root);
    const { ok, files } = await verify(root);
    const { missing, extra, changed } = files;
    expect({ missing, extra, changed }).toEqual({ missing: [], extra: [], changed: [], ...differences });
    expect(ok).toBe(Object.keys(differences).length === 0);
  });

  const REFUSALS: readonly [string, (root: string) => void, string][] = [
    [
      'a link to the same content',
      (root) => {
        renameSync(join(root, 'empty'), join(root, '.git'));
        symlinkSync('.git', join(root, 'empty'));
      },
      'symlink',
    ],
    ['a FIFO', (root) => void execFileSync('mkfifo', [join(root, 'pipe')]), 'not-regular'],
    [
      'the signature a FIFO',
      (root) => {
        rmSync(join(root, 'model.sig'));
        execFileSync('mkfifo', [join(root, 'model.sig')]);
      },
      'file-unreadable',
    ],
    ['no signature', (root) => rmSync(join(root, 'model.sig')), 'file-unreadable'],
    [
      'a signature that is a folder',
      (root) => {
        rmSync(join(root, 'model.sig'));
        mkdirSync(join(root, 'model.sig'));
      },
      'file-unreadable',
    ],
  ];
  it.each(REFUSALS)('with %s is refused', async (_what, tamper, rule) => {
    const root = await makeSigned();
    tamper(root);
    expect(await verify(root).then(() => 'verified', ruleOf)).toBe(rule);
  });

  it('whose root is a link is refused', async () => {
    const root = await makeSigned();
    symlinkSync(root, `${root}-link`);
    try {
      expect(await verify(`${root}-link`).then(() => 'verified', ruleOf)).toBe('symlink');
    } finally {
      rmSync(`${root}-link`);
    }
  });

  it('may leave files out: the signer by name, the verifier only what no loader reads', async () => {
    const root = await makeSigned({ ...FILES, 'notes.md': '1' }, ['notes.md']);
    writeFileSync(join(root, 'notes.md'), '2');
    expect(await verify(root)).toMatchObject({ ok: true });
    writeFileSync(join(root, 'new.md'), '');
    expect(await verify(root)).toMatchObject({ ok: false, files: { extra: ['new.md'] } });
    expect(await verify(root, { ignoreUnsigned: 'unread' })).toMatchObject({ ok: true, tolerated: ['new.md'] });
    expect(await verify(root, { ignorePaths: [join(root, 'new.md')] })).toMatchObject({ ok: true });
    writeFileSync(join(root, 'chat_template.jinja'), '');
    expect(await verify(root, { ignoreUnsigned: 'unread' })).toMatchObject({ ok: false, tolerated: ['new.md'] });
    expect(await verify(root, { ignoreUnsigned: 'all' })).toMatchObject({ ok: true });
  });

  it('of another version with its own signature is refused where roots are pinned', async () => {
    const [older, newer] = [await makeSigned({ w: '1' }), await makeSigned({ w: '2' })];
    const { verified } = await verify(newer);
    const policy = { ...strictPolicy(NOW), allowedRoots: new Set([verified.rootDigest]) };
    expect(await verify(newer, { policy })).toMatchObject({ ok: true });
    expect(await verify(older, { policy }).then(() => 'verified', ruleOf)).toBe('root-not-allowed');
    expect(await verify(older)).toMatchObject({ ok: true });
  });

  it('that is one file goes by its name, or by "." for the Python client', async () => {
    for (const singleFileDot of [false, true]) {
      const folder = makeFolder({ 'm.gguf': 'GGUF' });
      const [root, output] = [join(folder, 'm.gguf'), join(folder, 'm.sig')];
      const { manifest } = await signModel({ root, signer: await signer(), output, ignorePaths: [], singleFileDot });
      expect(manifest.resources.map(({ name }) => name)).toEqual([singleFileDot ? '.' : 'm.gguf']);
      expect(await verify(root, { signature: output })).toMatchObject({ ok: true, files: { ok: ['m.gguf'] } });
      writeFileSync(root, 'GGUG');
      expect(await verify(root, { signature: output })).toMatchObject({ ok: false, files: { changed: ['m.gguf'] } });
    }
  });

  it('in shards is verified range by range', async () => {
    const root = makeFolder({ 'a:b': 'abcdef' });
    const statement = makeStatement({ 'a:b:0:4': 'abcd', 'a:b:4:6': 'ef' }) as { predicate: { serialization: object } };
    Object.assign(statement.predicate.serialization, { method: 'shards', shard_size: 4 });
    writeFileSync(join(root, 'model.sig'), toBytes(await makeBundle({ key, payload: JSON.stringify(statement) })));
    expect(await verify(root)).toMatchObject({ ok: true, files: { ok: ['a:b'] } });
    writeFileSync(join(root, 'a:b'), 'abcdeg');
    expect(await verify(root)).toMatchObject({ ok: false, files: { ok: [], changed: ['a:b'] } });
    writeFileSync(join(root, 'a:b'), 'abcd');
    expect(await verify(root)).toMatchObject({ ok: false, files: { changed: ['a:b'] } });
  });

  it('in shards of one byte does not make as much work as the disk holds', async () => {
    const root = makeFolder({ a: 'x'.repeat(1_000_001) });
    const statement = makeStatement({ 'a:0:1': 'x' }) as { predicate: { serialization: object } };
    Object.assign(statement.predicate.serialization, { method: 'shards', shard_size: 1 });
    writeFileSync(join(root, 'model.sig'), toBytes(await makeBundle({ key, payload: JSON.stringify(statement) })));
    expect(await verify(root).then(() => 'verified', ruleOf)).toBe('too-many-files');
  });

  it('round-trips for any names and contents, in whatever order the disk lists them', async () => {
    const name = fc.stringMatching(/^[A-Za-z0-9 :éß😀_-]{1,12}$/u).filter((text) => text.trim() !== '');
    const model = fc.dictionary(name, fc.string({ maxLength: 40 }), { minKeys: 1, maxKeys: 8 });
    await fc.assert(
      fc.asyncProperty(model, fc.nat(), async (files, pick) => {
        const root = await makeSigned(files);
        const reversed = makeFolder(Object.fromEntries(Object.entries(files).toReversed()));
        writeFileSync(join(reversed, 'model.sig'), readFileSync(join(root, 'model.sig')));
        expect((await verify(root)).ok && (await verify(reversed)).ok).toBe(true);
        const victim = Object.keys(files)[pick % Object.keys(files).length] ?? '';
        writeFileSync(join(root, victim), `${files[victim]}!`);
        expect((await verify(root)).files.changed).toEqual([victim]);
      }),
      { numRuns: 25 },
    );
  });
});

describe('signing', () => {
  const sign = async (root: string, output = join(root, 'model.sig'), ignorePaths: readonly string[] = []) =>
    signModel({ root, signer: await signer(), output, ignorePaths, singleFileDot: false });

  it('refuses an empty model and leaves nothing behind', async () => {
    const root = makeFolder({ '.gitignore': '' });
    expect(await sign(root).then(() => 'signed', ruleOf)).toBe('model-empty');
    expect(readdirSync(root)).toEqual(['.gitignore']);
  });

  it('refuses links, and paths outside the model to leave out', async () => {
    const root = makeFolder({ a: '' });
    expect(await sign(root, undefined, ['/etc']).then(() => 'signed', ruleOf)).toBe('ignore-path-refused');
    symlinkSync('/etc/passwd', join(root, 'b'));
    expect(await sign(root).then(() => 'signed', ruleOf)).toBe('symlink');
    expect(readdirSync(root).sort()).toEqual(['a', 'b']);
  });

  it('never overwrites a file that is no signature, but signs again over one that is', async () => {
    const root = makeFolder({ 'a.gguf': 'GGUF' });
    expect(await sign(root, join(root, 'a.gguf')).then(() => 'signed', ruleOf)).toBe('file-not-writable');
    expect(readFileSync(join(root, 'a.gguf'), 'utf8')).toBe('GGUF');
    await sign(root);
    await sign(root);
    expect(await verify(root)).toMatchObject({ ok: true });
  });

  it('says where it may not write, and leaves no draft', async () => {
    const root = makeFolder({ a: '' });
    expect(await sign(root, join(root, 'no/such/model.sig')).then(() => 'signed', ruleOf)).toBe('file-not-writable');
    expect(readdirSync(root)).toEqual(['a']);
  });

  it('does not publish what a broken keeper of keys signed', async () => {
    const root = makeFolder({ a: '' });
    const honest = await signer();
    const broken = { ...honest, sign: () => honest.sign(new Uint8Array([1])) };
    const attempt = signModel({
      root,
      signer: broken,
      output: join(root, 'model.sig'),
      ignorePaths: [],
      singleFileDot: false,
    });
    expect(await attempt.then(() => 'signed', ruleOf)).toBe('signature-invalid');
    expect(readdirSync(root)).toEqual(['a']);
  });

  it('makes what OpenSSL verifies', async () => {
    const root = await makeSigned({ a: 'x' });
    const { dsseEnvelope } = JSON.parse(readFileSync(join(root, 'model.sig'), 'utf8')) as {
      dsseEnvelope: { payload: string; signatures: { sig: string }[] };
    };
    const { createPublicKey, verify: check } = await import('node:crypto');
    const payload = Buffer.from(dsseEnvelope.payload, 'base64');
    const head = Buffer.from(`DSSEv1 28 application/vnd.in-toto+json ${payload.length} `);
    const signature = Buffer.from(dsseEnvelope.signatures[0]!.sig, 'base64');
    const publicKey = createPublicKey(key.publicKey.export({ type: 'spki', format: 'pem' }));
    expect(check('sha256', Buffer.concat([head, payload]), publicKey, signature)).toBe(true);
  });
});

describe.skipIf(process.getuid?.() === 0)('a file that this user may not read', () => {
  it('is named', async () => {
    const root = await makeSigned();
    chmodSync(join(root, 'empty'), 0);
    expect(await verify(root).then(() => 'verified', ruleOf)).toBe('unreadable');
  });
});
