/** Watching a model: every way to change it is told of once, by the system's word or at the next comparison. */
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fingerprintModel, type ModelChange, watchModel } from '../../../src/trust/node/watch-model.ts';
import { systemClock } from '../../../src/system.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import { modelFolder } from './model-folder.ts';

const everything = { skip: () => false };

/** A model in a folder of its own: `store/model`, beside `store/older`. */
function store(): { store: string; model: string } {
  const folder = modelFolder({
    'model/weights.gguf': 'new weights',
    'model/model.sig': 'signature of the new',
    'model/sub/config.json': '{}',
    'older/weights.gguf': 'old weights',
    'older/model.sig': 'signature of the old',
    'older/sub/config.json': '{}',
  });
  return { store: folder, model: join(folder, 'model') };
}

const CHANGES: readonly (readonly [string, (model: string, store: string) => void])[] = [
  [
    'a byte changed and its time set back',
    (model) => {
      const path = join(model, 'weights.gguf');
      const { atime, mtime } = statSync(path);
      writeFileSync(path, 'NEW weights');
      utimesSync(path, atime, mtime);
    },
  ],
  ['a byte appended', (model) => appendFileSync(join(model, 'weights.gguf'), '!')],
  [
    'a file renamed over by an equal one',
    (model) => {
      const path = join(model, 'weights.gguf');
      writeFileSync(`${path}.tmp`, readFileSync(path));
      renameSync(`${path}.tmp`, path);
    },
  ],
  ['a file added', (model) => writeFileSync(join(model, 'chat_template.jinja'), '')],
  [
    'a file added far down',
    (model) => {
      mkdirSync(join(model, 'sub/deep'));
      writeFileSync(join(model, 'sub/deep/x'), '');
    },
  ],
  ['a file removed', (model) => rmSync(join(model, 'sub/config.json'))],
  [
    'the folder swapped for an older, signed version',
    (model, folder) => {
      renameSync(model, join(folder, 'gone'));
      renameSync(join(folder, 'older'), model);
    },
  ],
  [
    'the folder swapped for a copy of itself',
    (model, folder) => {
      cpSync(model, join(folder, 'copy'), { recursive: true, preserveTimestamps: true });
      renameSync(model, join(folder, 'gone'));
      renameSync(join(folder, 'copy'), model);
    },
  ],
  [
    'an older, signed version copied over it',
    (model, folder) => cpSync(join(folder, 'older'), model, { recursive: true }),
  ],
];

/** A watch that is closed with the test, and what it told. */
async function watched(model: string, options: Partial<Parameters<typeof watchModel>[2]> = {}) {
  const changes: ModelChange[] = [];
  const fingerprint = await fingerprintModel(model, everything);
  const waiting: (() => void)[] = [];
  const watch = watchModel(model, fingerprint, {
    ...everything,
    clock: systemClock,
    quietMs: 20,
    pollMs: 60_000,
    onChange(change) {
      changes.push(change);
      for (const wake of waiting.splice(0)) wake();
    },
    ...options,
  });
  onTestFinished(() => watch.close());
  const next = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  return { watch, changes, next, fingerprint };
}

describe('watchModel', () => {
  it.each(CHANGES)('is told by the system: %s', async (_, change) => {
    const { store: folder, model } = store();
    const { changes, next, fingerprint } = await watched(model);
    const told = next();
    change(model, folder);
    await told;
    expect(changes[0]?.fingerprint).not.toBe(fingerprint);
  });

  it.each(CHANGES)('finds at the next comparison, without a word of the system: %s', async (_, change) => {
    const { store: folder, model } = store();
    const clock = createManualClock();
    // Quiet never comes, so that only the poll can tell.
    const { watch, changes } = await watched(model, { clock, pollMs: 5000, quietMs: 1e9, burstMs: 1e9 });
    change(model, folder);
    expect(changes).toEqual([]);
    await watch.check();
    expect(changes).toHaveLength(1);
    await watch.check();
    expect(changes).toHaveLength(1);
  });

  it('compares at every interval', async () => {
    const { model } = store();
    const clock = createManualClock();
    const { changes, next } = await watched(model, { clock, pollMs: 5000, quietMs: 1e9, burstMs: 1e9 });
    for (const text of ['1', '2']) {
      const told = next();
      appendFileSync(join(model, 'weights.gguf'), text);
      clock.advance(5000);
      await told;
      // The next interval begins when the comparison is over.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(changes).toHaveLength(2);
  });

  it('tells of a burst once, and of the swap back as well', async () => {
    const { store: folder, model } = store();
    const { changes, next, fingerprint } = await watched(model, { quietMs: 150 });
    let told = next();
    for (let i = 0; i < 20; i++) writeFileSync(join(model, `part-${i}`), 'x');
    await told;
    expect(changes).toHaveLength(1);
    told = next();
    renameSync(model, join(folder, 'gone'));
    await told;
    expect(changes[1]).toMatchObject({ fingerprint: null, reason: { rule: 'missing' } });
    told = next();
    renameSync(join(folder, 'gone'), model);
    await told;
    expect(changes[2]?.fingerprint).toBe(changes[0]?.fingerprint);
    expect(changes[2]?.fingerprint).not.toBe(fingerprint);
  });

  it('goes on watching what stands in the place of the old', async () => {
    const { store: folder, model } = store();
    const { changes, next } = await watched(model);
    let told = next();
    renameSync(model, join(folder, 'gone'));
    renameSync(join(folder, 'older'), model);
    await told;
    const before = changes.length;
    told = next();
    appendFileSync(join(model, 'weights.gguf'), '!');
    await told;
    expect(changes.length).toBeGreaterThan(before);
  });

  it('finds what changed between the fingerprint and the watch', async () => {
    const { model } = store();
    const fingerprint = await fingerprintModel(model, everything);
    appendFileSync(join(model, 'weights.gguf'), '!');
    const change = await new Promise<ModelChange>((resolve) => {
      const watch = watchModel(model, fingerprint, {
        ...everything,
        clock: systemClock,
        quietMs: 1,
        onChange: resolve,
      });
      onTestFinished(() => watch.close());
    });
    expect(change.fingerprint).toBe(await fingerprintModel(model, everything));
  });

  it('leaves no timer behind', async () => {
    const clock = createManualClock();
    const { watch } = await watched(store().model, { clock });
    expect(clock.waiting).toBeGreaterThan(0);
    watch.close();
    expect(clock.waiting).toBe(0);
  });

  it('watches a single file, and tells of a link that takes its place', async () => {
    const { store: folder, model } = store();
    const file = join(model, 'weights.gguf');
    const { changes, next } = await watched(file);
    const told = next();
    rmSync(file);
    symlinkSync(join(folder, 'older/weights.gguf'), file);
    await told;
    await expect.poll(() => changes.at(-1)?.reason).toMatchObject({ rule: 'symlink' });
  });

  it('says nothing of neighbours, of what is skipped and after it was closed', async () => {
    const { store: folder, model } = store();
    const { watch, changes } = await watched(model, { quietMs: 1, skip: (name) => name === '.git' });
    writeFileSync(join(folder, 'neighbour'), '');
    mkdirSync(join(model, '.git'));
    writeFileSync(join(model, '.git/HEAD'), '');
    await watch.check();
    expect(changes).toEqual([]);
    watch.close();
    appendFileSync(join(model, 'weights.gguf'), '!');
    await watch.check();
    expect(changes).toEqual([]);
  });
});
