/** What the store in memory does beyond the common suite: it stays small, and what is used stays in it. */
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/state/memory.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const ONE = new Uint8Array([1]);

describe('the store in memory', () => {
  it('holds a bounded number of entries, whatever comes, and always the newest half', () => {
    const store = createMemoryStore({ clock: createManualClock(), maxEntries: 100 });
    for (let i = 0; i < 10_000; i++) {
      store.put(`key-${i}`, ONE);
      expect(store.size).toBeLessThanOrEqual(100);
    }
    for (let i = 9_950; i < 10_000; i++) expect(store.get(`key-${i}`)).toEqual(ONE);
    expect(store.get('key-9000')).toBeNull();
  });

  it('keeps what is read, and counts it once', () => {
    const store = createMemoryStore({ clock: createManualClock(), maxEntries: 100 });
    store.put('used', ONE);
    for (let i = 0; i < 1_000; i++) {
      store.put(`key-${i}`, ONE);
      if (i % 40 === 0) store.get('used');
    }
    expect(store.get('used')).toEqual(ONE);
    store.remove('used');
    expect(store.get('used')).toBeNull();
  });

  it('a value that is put again replaces the older one wherever that lies', () => {
    const store = createMemoryStore({ clock: createManualClock(), maxEntries: 4 });
    for (const [key, value] of [
      ['a', 1],
      ['b', 1],
      ['a', 2],
      ['c', 1],
    ] as const)
      store.put(key, new Uint8Array([value]));
    expect(store.get('a')).toEqual(new Uint8Array([2]));
    expect(store.size).toBeLessThanOrEqual(4);
  });

  it('drops a dead entry when it is asked for', () => {
    const clock = createManualClock();
    const store = createMemoryStore({ clock, maxEntries: 10 });
    store.put('a', ONE, 10);
    clock.advance(10);
    expect(store.get('a')).toBeNull();
    expect(store.size).toBe(0);
  });
});
