/** The digest cache: believed only when it was written by us, of files that have settled, and not for ever. */
import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDigestCache } from '../../../src/trust/node/digest-cache.ts';
import { type DigestCache, hashModel } from '../../../src/trust/node/hash-model.ts';
import { modelFolder } from './model-folder.ts';

const HOUR = 3_600_000;
const start = Date.now() + HOUR;

/** A cache folder with a clock, and which warnings came. */
function setting(folder = join(modelFolder(), 'cache')) {
  const warnings: string[] = [];
  const clock = { now: start };
  const open = (): Promise<DigestCache> =>
    openDigestCache({ folder, now: () => clock.now, onWarning: (message) => warnings.push(message) });
  return { folder, warnings, clock, open };
}

/** Hashes and tells which files were read. */
async function filesRead(root: string, cache: DigestCache): Promise<number> {
  let hits = 0;
  let asked = 0;
  const counting: DigestCache = {
    get(stamp) {
      const known = cache.get(stamp);
      asked += 1;
      if (known !== null) hits += 1;
      return known;
    },
    put: (stamp, digest) => cache.put(stamp, digest),
    save: () => cache.save(),
  };
  await hashModel(root, { skip: () => false, cache: counting });
  return asked - hits;
}

describe('openDigestCache', () => {
  it('saves the second reading, also of ranges, and never mixes ranges with files', async () => {
    const root = modelFolder({ a: 'one', b: 'two' });
    const { open, folder, warnings } = setting();
    expect(await filesRead(root, await open())).toBe(2);
    expect(await filesRead(root, await open())).toBe(0);
    const options = { skip: () => false, cache: await open() };
    const whole = await hashModel(root, options);
    expect(whole).toEqual(await hashModel(root, { skip: () => false }));
    const shards = await hashModel(root, { ...options, shardBytes: 2 });
    expect(shards).toEqual(await hashModel(root, { skip: () => false, shardBytes: 2 }));
    expect(statSync(join(folder, 'digests.key')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'digests')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['digests', 'digests.key']);
    expect(warnings).toEqual([]);
  });

  it('reads a file anew that was written, however its times were set back', async () => {
    const root = modelFolder({ a: 'one', b: 'two' });
    const { open } = setting();
    await filesRead(root, await open());
    const { atimeMs, mtimeMs } = statSync(join(root, 'a'));
    writeFileSync(join(root, 'a'), 'ONE');
    const { utimesSync } = await import('node:fs');
    utimesSync(join(root, 'a'), atimeMs / 1000, mtimeMs / 1000);
    expect(await filesRead(root, await open())).toBe(1);
  });

  it('does not remember a file that was changed a moment ago', async () => {
    const root = modelFolder({ a: 'one' });
    const { open, clock } = setting();
    clock.now = Date.now();
    expect(await filesRead(root, await open())).toBe(1);
    expect(await filesRead(root, await open())).toBe(1);
  });

  it('forgets after a week, and what comes from the future', async () => {
    const root = modelFolder({ a: 'one' });
    const { open, clock } = setting();
    await filesRead(root, await open());
    clock.now = start + 8 * 24 * HOUR;
    expect(await filesRead(root, await open())).toBe(1);
    clock.now = start;
    expect(await filesRead(root, await open())).toBe(1);
  });

  it.each<[string, (folder: string) => void, RegExp]>([
    ['one digit changed', (folder) => swapDigit(join(folder, 'digests')), /not written with the key/],
    ['cut', (folder) => writeFileSync(join(folder, 'digests'), 'thalweg-dig'), /not written with the key/],
    [
      'another key',
      (folder) => writeFileSync(join(folder, 'digests.key'), Buffer.alloc(32)),
      /not written with the key/,
    ],
    ['a short key', (folder) => writeFileSync(join(folder, 'digests.key'), ''), /not a key of 32 bytes/],
    ['a key for all', (folder) => chmodSync(join(folder, 'digests.key'), 0o644), /others may read it/],
    ['a folder for all', (folder) => chmodSync(folder, 0o777), /others may write to it/],
    ['a file too large', (folder) => writeFileSync(join(folder, 'digests'), Buffer.alloc(33 << 20)), /larger than/],
  ])('ignores with a warning: %s', async (_, spoil, reason) => {
    const root = modelFolder({ a: 'one' });
    const { open, folder, warnings } = setting();
    await filesRead(root, await open());
    spoil(folder);
    expect(await filesRead(root, await open())).toBe(1);
    expect(warnings).toEqual([expect.stringMatching(reason)]);
  });

  it('never follows a link that stands in its place', async () => {
    const { open, folder, warnings } = setting();
    const victim = join(modelFolder({ victim: 'keep' }), 'victim');
    await open();
    symlinkSync(victim, join(folder, 'digests'));
    const root = modelFolder({ a: 'one' });
    expect(await filesRead(root, await open())).toBe(1);
    expect(warnings.length).toBe(1);
    expect(readFileSync(victim, 'utf8')).toBe('keep');
  });
});

function swapDigit(path: string): void {
  const text = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    text.replace(/ ([0-9a-f])/g, (_, digit: string) => ` ${digit === '0' ? '1' : '0'}`),
  );
}
