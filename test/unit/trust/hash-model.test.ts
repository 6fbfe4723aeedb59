/** Hashing a model: the right digests in the right order, and nothing that is not what it was. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, linkSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNames, type FileDigest } from '../../../src/trust/file-digest.ts';
import { type HashOptions, type HashProgress, hashModel } from '../../../src/trust/node/hash-model.ts';
import { ModelReadError } from '../../../src/trust/node/model-read-error.ts';
import { modelFolder } from './model-folder.ts';

const everything: HashOptions = { skip: () => false };
const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
const plain = (digests: readonly FileDigest[]): [string, number, string][] =>
  digests.map(({ name, size, sha256: digest }) => [name, size, Buffer.from(digest).toString('hex')]);

async function refusal(root: string, options: HashOptions = everything): Promise<[string, string]> {
  const error: unknown = await hashModel(root, options).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ModelReadError)) throw error ?? new Error('nothing was refused');
  expect(error.message).toContain(error.remedy);
  return [error.rule, error.file];
}

describe('compareNames', () => {
  it('orders as the UTF-8 bytes do', () => {
    const unit = fc.constantFrom(
      'a',
      'b',
      '/',
      '-',
      '\uD7FF',
      '\uE000',
      '\uFFFF',
      '\u{10000}',
      '\u{1F600}',
      '\u{10FFFF}',
    );
    const name = fc.string({ unit, maxLength: 6 });
    fc.assert(
      fc.property(name, name, (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareNames(a, b))).toBe(bytes);
      }),
    );
    expect(compareNames('\u{1F600}', '\uE000')).toBeGreaterThan(0);
  });
});

describe('hashModel', () => {
  it('lists every file by code point with size and digest', async () => {
    const files = { 'a-b': '1', 'a/b': '22', a0: '', '.hidden/x y': 'z', '\uE000': 'private', '\u{1F600}': 'smile' };
    const digests = plain(await hashModel(modelFolder(files), everything));
    expect(digests).toEqual(
      ['.hidden/x y', 'a-b', 'a/b', 'a0', '\uE000', '\u{1F600}'].map((name) => {
        const text = files[name as keyof typeof files];
        return [name, Buffer.byteLength(text), sha256(text)];
      }),
    );
  });

  it('leaves out what is skipped, a folder with all in it, links among them', async () => {
    const root = modelFolder({ keep: '1', '.git/config': '2', 'sub/.git/config': '3' });
    symlinkSync('/etc/passwd', join(root, '.git/link'));
    const digests = await hashModel(root, { skip: (name) => name === '.git' });
    expect(digests.map(({ name }) => name)).toEqual(['keep', 'sub/.git/config']);
  });

  it('hashes a single file under its base name', async () => {
    const root = modelFolder({ 'm.gguf': 'x' });
    expect(plain(await hashModel(join(root, 'm.gguf'), everything))).toEqual([['m.gguf', 1, sha256('x')]]);
  });

  it('hashes ranges of files and leaves out empty ones', async () => {
    const root = modelFolder({ a: '0123456789', empty: '' });
    expect(plain(await hashModel(root, { ...everything, shardBytes: 4 }))).toEqual([
      ['a:0:4', 4, sha256('0123')],
      ['a:4:8', 4, sha256('4567')],
      ['a:8:10', 2, sha256('89')],
    ]);
  });

  it('hashes large files in threads and says how far it is', async () => {
    const [big, small] = [Buffer.alloc(9 << 20, 1), Buffer.alloc((3 << 20) + 5, 2)];
    const seen: HashProgress[] = [];
    const root = modelFolder({ big, small });
    const digests = plain(await hashModel(root, { ...everything, onProgress: (progress) => seen.push(progress) }));
    expect(digests).toEqual([
      ['big', big.length, sha256(big)],
      ['small', small.length, sha256(small)],
    ]);
    expect(seen.at(-1)).toMatchObject({ files: 2, filesDone: 2, bytes: (12 << 20) + 5, bytesDone: (12 << 20) + 5 });
    for (const [i, { bytesDone }] of seen.entries())
      expect(bytesDone).toBeGreaterThanOrEqual(seen[i - 1]?.bytesDone ?? 0);
  });

  it('keeps to its pace', async () => {
    const root = modelFolder({ a: Buffer.alloc(100_000) });
    const began = performance.now();
    await hashModel(root, { ...everything, bytesPerSecond: 1_000_000 });
    expect(performance.now() - began).toBeGreaterThan(80);
  });

  it.each([
    ['here', 1 << 20],
    ['in threads', 9 << 20],
  ])('stops when it is aborted, %s', async (_, bytes) => {
    const root = modelFolder({ a: Buffer.alloc(bytes) });
    const stop = new AbortController();
    const hashing = hashModel(root, {
      ...everything,
      bytesPerSecond: 200_000,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(hashing).rejects.toMatchObject({ name: 'AbortError' });
    await expect(hashModel(root, { ...everything, signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('hashModel refuses', () => {
  it('what is not there', async () => {
    expect(await refusal(join(modelFolder(), 'none'))).toMatchObject(['missing', expect.stringContaining('none')]);
  });

  it('links to identical content, to folders and as the root', async () => {
    const root = modelFolder({ a: 'same', 'd/x': '' });
    symlinkSync('a', join(root, 'b'));
    expect(await refusal(root)).toEqual(['symlink', 'b']);
    const other = modelFolder();
    symlinkSync(join(root, 'd'), join(other, 'd'));
    expect(await refusal(other)).toEqual(['symlink', 'd']);
    expect(await refusal(join(other, 'd'))).toEqual(['symlink', join(other, 'd')]);
    expect((await refusal(join(root, 'b')))[0]).toBe('symlink');
  });

  it('links that leave the folder even where links are allowed', async () => {
    const root = modelFolder({ 'model/a': 'A', secret: 'S', 'model-2/x': 'X' });
    const model = join(root, 'model');
    symlinkSync('a', join(model, 'b'));
    const options = { ...everything, allowSymlinks: true };
    expect(plain(await hashModel(model, options))).toEqual([
      ['a', 1, sha256('A')],
      ['b', 1, sha256('A')],
    ]);
    symlinkSync('../model-2/x', join(model, 'c'));
    expect(await refusal(model, options)).toEqual(['symlink-escape', 'c']);
  });

  it('sockets and FIFOs', async () => {
    const root = modelFolder({ a: '' });
    execFileSync('mkfifo', [join(root, 'pipe')]);
    expect(await refusal(root)).toEqual(['not-regular', 'pipe']);
    expect((await refusal('/dev/null'))[0]).toBe('not-regular');
  });

  it('names that are not UTF-8', async () => {
    const root = modelFolder();
    writeFileSync(Buffer.concat([Buffer.from(`${root}/a`), Buffer.of(0xff)]), '');
    expect((await refusal(root))[0]).toBe('name-not-utf8');
  });

  it('too many files and folders too deep', async () => {
    const root = modelFolder({ a: '', b: '', 'c/d': '' });
    expect((await refusal(root, { ...everything, maxFiles: 2 }))[0]).toBe('too-many-files');
    const deep = modelFolder();
    mkdirSync(join(deep, 'd/'.repeat(40)), { recursive: true });
    expect((await refusal(deep))[0]).toBe('too-deep');
  });

  it.skipIf(process.getuid?.() === 0)('files that it may not read', async () => {
    const root = modelFolder({ a: 'x' });
    chmodSync(join(root, 'a'), 0);
    expect(await refusal(root)).toEqual(['unreadable', 'a']);
  });

  it.each<[string, (path: string) => void]>([
    ['grows', (path) => appendFileSync(path, 'x')],
    ['is written in place', (path) => writeFileSync(path, Buffer.alloc(2 << 20, 9), { flag: 'r+' })],
    ['shrinks', (path) => writeFileSync(path, 'x')],
    [
      'is renamed over',
      (path) => {
        writeFileSync(`${path}.new`, Buffer.alloc(2 << 20, 0));
        renameSync(`${path}.new`, path);
      },
    ],
  ])('a file that %s between listing and the end', async (_, change) => {
    const root = modelFolder({ a: Buffer.alloc(10), z: Buffer.alloc(2 << 20) });
    let done = false;
    // The progress of the first file comes after both were listed and before the second is opened.
    const onProgress = (): void => {
      if (!done) change(join(root, 'z'));
      done = true;
    };
    expect(await refusal(root, { ...everything, onProgress })).toEqual(['changed-during-hash', 'z']);
  });

  it('a file that comes while others are hashed', async () => {
    const root = modelFolder({ a: '1', b: '2' });
    const onProgress = (): void => writeFileSync(join(root, 'chat_template.jinja'), '');
    expect(await refusal(root, { ...everything, onProgress })).toEqual(['changed-during-hash', root]);
  });

  it('a folder that is swapped for a link after it was listed', async () => {
    const root = modelFolder({ a: '1', 'd/z': '2' });
    const outside = modelFolder({ z: '2' });
    let done = false;
    const onProgress = (): void => {
      if (done) return;
      done = true;
      renameSync(join(root, 'd'), join(outside, basename(root)));
      symlinkSync(outside, join(root, 'd'));
    };
    expect(await refusal(root, { ...everything, onProgress })).toEqual(['symlink', 'd/z']);
  });

  it('nothing of hard links', async () => {
    const root = modelFolder({ a: '1' });
    linkSync(join(root, 'a'), join(root, 'b'));
    expect((await hashModel(root, everything)).length).toBe(2);
  });
});
