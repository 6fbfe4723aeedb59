/** Watching the file: one fresh load per real change, and on request. */
import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchConfig, type ConfigWatch } from '../../../src/config/node/watch.ts';
import type { LoadResult } from '../../../src/config/load.ts';
import type { Clock } from '../../../src/core/clock.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { language, portsOf, SOUND } from './fixture.ts';

/** A clock whose timers run when told, and that counts those that wait. */
function createHandClock(): Clock & { run(): void; readonly waiting: number } {
  const waiting = new Set<() => void>();
  return {
    now: () => 0,
    tick: () => 0,
    after: (_, f) => {
      waiting.add(f);
      return { cancel: () => void waiting.delete(f) };
    },
    run() {
      const due = [...waiting];
      waiting.clear();
      for (const f of due) f();
    },
    get waiting() {
      return waiting.size;
    },
  };
}

describe('a watch', () => {
  let folder: string;
  let path: string;
  let clock: ReturnType<typeof createHandClock>;
  let results: LoadResult[];
  let watch: ConfigWatch;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'thalweg-watch-'));
    path = join(folder, 'thalweg.yaml');
    writeFileSync(path, SOUND);
    clock = createHandClock();
    results = [];
    watch = start();
  });
  afterEach(() => {
    watch.close();
    rmSync(folder, { recursive: true });
  });

  function start(): ConfigWatch {
    return watchConfig(path, SOUND, {
      clock,
      load: (source) => loadConfig(source, language, portsOf()),
      onLoad: (result) => results.push(result),
    });
  }

  /** Waits until the change was noticed, then lets the quiet time pass. */
  async function settle(): Promise<void> {
    await vi.waitFor(() => expect(clock.waiting).toBe(1), { timeout: 5000, interval: 5 });
    clock.run();
  }

  it('loads what was written, good or bad', async () => {
    writeFileSync(path, `gateway: { grace: 5s }\n${SOUND}`);
    await settle();
    expect(results.map(({ ok }) => ok)).toEqual([true]);
    writeFileSync(path, 'backends: [');
    await settle();
    expect(results.map(({ ok }) => ok)).toEqual([true, false]);
  });

  it('sees editors that rename over the file', async () => {
    writeFileSync(join(folder, '.thalweg.yaml.swp'), `gateway: { grace: 6s }\n${SOUND}`);
    renameSync(join(folder, '.thalweg.yaml.swp'), path);
    await settle();
    const [result] = results;
    expect(result?.ok && result.whole.gateway.grace).toBe(6000);
  });

  it('sees the links of a volume move', async () => {
    watch.close();
    const [one, two] = ['..one', '..two'].map((name) => join(folder, name));
    writeFileSync(one!, SOUND);
    writeFileSync(two!, `gateway: { grace: 7s }\n${SOUND}`);
    unlinkSync(path);
    symlinkSync('..data', path);
    symlinkSync('..one', join(folder, '..data'));
    watch = start();
    symlinkSync('..two', join(folder, '..next'));
    renameSync(join(folder, '..next'), join(folder, '..data'));
    await settle();
    const result = results.at(-1);
    expect(result?.ok && result.whole.gateway.grace).toBe(7000);
  });

  it('does not care for a touch, nor for other files', async () => {
    writeFileSync(join(folder, 'other.yaml'), 'x');
    writeFileSync(path, SOUND);
    await settle();
    expect(results).toEqual([]);
  });

  it('says once that the file is gone, and takes it when it is back', async () => {
    unlinkSync(path);
    await settle();
    watch.reload();
    expect(results.map((result) => (result.ok ? 'ok' : result.findings[0]?.code))).toEqual([
      'unreadable-file',
      'unreadable-file',
    ]);
    writeFileSync(path, SOUND);
    await settle();
    expect(results.at(-1)?.ok).toBe(true);
  });

  it('reloads on request, changed or not, and closes without a timer left', async () => {
    watch.reload();
    expect(results.map(({ ok }) => ok)).toEqual([true]);
    writeFileSync(path, 'a: 1');
    await vi.waitFor(() => expect(clock.waiting).toBe(1), { timeout: 5000, interval: 5 });
    watch.close();
    expect(clock.waiting).toBe(0);
  });
});
