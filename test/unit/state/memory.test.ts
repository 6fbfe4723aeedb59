/** What the store in memory does beyond the common suite: it stays small. */
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/state/memory.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const ONE = new Uint8Array([1]);

describe('the store in memory', () => {
  it('holds a bounded number of entries and lets go of the one that was longest not touched', () => {
    const store = createMemoryStore({ clock: createManualClock(), maxEntries: 3 });
    for (const key of ['a', 'b', 'c']) store.put(key, ONE);
    store.get('a');
    store.put('d', ONE);
    expect(store.size).toBe(3);
    expect(['a', 'b', 'c', 'd'].filter((key) => store.get(key) !== null)).toEqual(['a', 'c', 'd']);
  });

  it('stays within its bound whatever comes', () => {
    const store = createMemoryStore({ clock: createManualClock(), maxEntries: 100 });
    for (let i = 0; i < 10_000; i++) store.put(`key-${i}`, ONE);
    expect(store.size).toBe(100);
    expect(store.get('key-9999')).toEqual(ONE);
  });

  it('drops a dead entry when it is asked for', () => {
    const clock = createManualClock();
    const store = createMemoryStore({ clock });
    store.put('a', ONE, 10);
    clock.advance(10);
    expect(store.get('a')).toBeNull();
    expect(store.size).toBe(0);
  });
});
