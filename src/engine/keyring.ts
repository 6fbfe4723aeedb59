/** Tells whose key it is: by its digest, and without hashing it again once it was recognised. */
import type { Awaitable } from '../core/credential.ts';
import type { Digest } from '../core/digest.ts';
import type { KeyEntry, Snapshot } from './snapshot.ts';

/** Keys that are remembered; more than most gateways have. */
const MAX_REMEMBERED = 4096;

/** The keys of one snapshot. */
export interface Keyring {
  /** Who presents `key`; undefined = nobody we know. */
  find(key: string, digest: Digest): Awaitable<KeyEntry | undefined>;
}

/**
 * The keyring of a snapshot, or null where it has no keys. What a snapshot holds is digests alone; valid keys that were presented stay
 * in memory until the next reload, as they do in the headers of every request that carries them. The table is keyed by digest, and V8
 * seeds the hash of the other: neither lookup tells by its time how much of a wrong key was right.
 */
export function createKeyring({ keys }: Snapshot): Keyring | null {
  if (keys === null) return null;
  const remembered = new Map<string, KeyEntry>();
  const recognise = (key: string, hash: string): KeyEntry | undefined => {
    const entry = keys.get(hash);
    if (entry !== undefined && remembered.size < MAX_REMEMBERED) remembered.set(key, entry);
    return entry;
  };
  return {
    find(key, digest) {
      const entry = remembered.get(key);
      if (entry !== undefined) return entry;
      const hash = digest.sha256(key);
      return typeof hash === 'string' ? recognise(key, hash) : hash.then((text) => recognise(key, text));
    },
  };
}
