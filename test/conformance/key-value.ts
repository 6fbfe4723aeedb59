/** What every KeyValue must do, whatever it keeps its bytes in. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyValue } from '../../src/core/stores.ts';

/** A fresh store, and the way to let its time pass. */
export interface KeyValueSetting {
  readonly store: KeyValue;
  /** Lets `ms` pass for the store. */
  pass(ms: number): void | Promise<void>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);

/** Runs the suite over stores that `open` makes empty. */
export function keyValueSuite(name: string, open: () => KeyValueSetting | Promise<KeyValueSetting>): void {
  const textAt = async (store: KeyValue, key: string): Promise<string | null> => {
    const found = await store.get(key);
    return found === null ? null : decoder.decode(found);
  };

  describe(`KeyValue: ${name}`, () => {
    it('gives back what was put, and nothing for other keys', async () => {
      const { store } = await open();
      await store.put('a', bytes('one'));
      expect(await textAt(store, 'a')).toBe('one');
      expect(await textAt(store, 'b')).toBeNull();
      expect(await textAt(store, 'A')).toBeNull();
    });

    it('keeps the last value, and an empty one is a value', async () => {
      const { store } = await open();
      await store.put('a', bytes('one'));
      await store.put('a', bytes(''));
      expect(await textAt(store, 'a')).toBe('');
    });

    it('puts only where nothing is', async () => {
      const { store, pass } = await open();
      expect(await store.putIfAbsent('a', bytes('one'), 50)).toBe(true);
      expect(await store.putIfAbsent('a', bytes('two'))).toBe(false);
      expect(await textAt(store, 'a')).toBe('one');
      await pass(60);
      expect(await store.putIfAbsent('a', bytes('three'))).toBe(true);
      expect(await textAt(store, 'a')).toBe('three');
    });

    it('removes, and removing what is not there is fine', async () => {
      const { store } = await open();
      await store.put('a', bytes('one'));
      await store.remove('a');
      await store.remove('a');
      expect(await textAt(store, 'a')).toBeNull();
    });

    it('forgets after the lifetime; a later put begins a new one, and one without keeps for good', async () => {
      const { store, pass } = await open();
      await store.put('short', bytes('x'), 100);
      await store.put('renewed', bytes('x'), 100);
      await store.put('kept', bytes('x'), 100);
      await store.put('kept', bytes('y'));
      await pass(60);
      expect(await textAt(store, 'short')).toBe('x');
      await store.put('renewed', bytes('y'), 100);
      await pass(60);
      expect(await textAt(store, 'short')).toBeNull();
      expect(await textAt(store, 'renewed')).toBe('y');
      expect(await textAt(store, 'kept')).toBe('y');
    });

    it('takes any key and any bytes', async () => {
      const { store } = await open();
      await fc.assert(
        fc.asyncProperty(
          fc.string({ minLength: 1, maxLength: 80 }),
          fc.uint8Array({ maxLength: 300 }),
          async (key, value) => {
            await store.put(key, value);
            expect(await store.get(key)).toEqual(value);
          },
        ),
        { numRuns: 100 },
      );
    });
  });
}
