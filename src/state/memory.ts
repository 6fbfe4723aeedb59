/** Bytes by key in the memory of this process or isolate: bounded, with a lifetime per entry, gone with a restart. */
import type { Clock } from '../core/clock.ts';
import type { KeyValue } from '../core/stores.ts';

/** How a store is made. */
export interface MemoryOptions {
  readonly clock: Clock;
  /** Entries at most; the one that was longest not read or written makes room. 50,000 when absent. */
  readonly maxEntries?: number;
}

interface Entry {
  readonly bytes: Uint8Array;
  /** Monotonic ms; Infinity = for good. */
  readonly diesAtTick: number;
}

/** A store that answers at once. Values are copied on their way in and out. */
export interface MemoryStore extends KeyValue {
  get(key: string): Uint8Array | null;
  put(key: string, value: Uint8Array, ttlMs?: number): void;
  putIfAbsent(key: string, value: Uint8Array, ttlMs?: number): boolean;
  remove(key: string): void;
  /** Entries held, dead ones among them until they are touched. */
  readonly size: number;
}

/** Makes an empty store. */
export function createMemoryStore({ clock, maxEntries = 50_000 }: MemoryOptions): MemoryStore {
  // a Map keeps the order of insertion: what is touched goes to the end, so that the first is the one to go
  const entries = new Map<string, Entry>();

  function live(key: string): Entry | null {
    const entry = entries.get(key);
    if (entry === undefined) return null;
    entries.delete(key);
    if (entry.diesAtTick <= clock.tick()) return null;
    entries.set(key, entry);
    return entry;
  }

  function put(key: string, value: Uint8Array, ttlMs?: number): void {
    entries.delete(key);
    entries.set(key, { bytes: value.slice(), diesAtTick: ttlMs === undefined ? Infinity : clock.tick() + ttlMs });
    if (entries.size <= maxEntries) return;
    for (const oldest of entries.keys()) {
      entries.delete(oldest);
      return;
    }
  }

  return {
    get: (key) => live(key)?.bytes.slice() ?? null,
    put,
    putIfAbsent(key, value, ttlMs) {
      if (live(key) !== null) return false;
      put(key, value, ttlMs);
      return true;
    },
    remove: (key) => void entries.delete(key),
    get size() {
      return entries.size;
    },
  };
}
