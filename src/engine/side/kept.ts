/** The map that remembers who keeps a response or conversation, and for whom; ids are the upstream's own. */
import type { Backend } from '../../core/backend.ts';
import type { Awaitable } from '../../core/credential.ts';
import type { KeyValue } from '../../core/stores.ts';
import { decodeUtf8 } from '../../wire/utf8.ts';
import type { KeyEntry } from '../snapshot.ts';
import type { KeptKind } from './operations.ts';

/** Who keeps one thing. */
export interface Kept {
  /** Id of the backend that answered. */
  readonly backend: string;
  /** Its account: backends of the same one see the same ids. */
  readonly account: string;
  /** The model name that was asked for: its permission holds for what follows. */
  readonly model: string;
}

/** What a request refers to. `where`: the field that says so; null = the path. */
export interface Reference {
  readonly kind: KeptKind;
  readonly id: string;
  readonly where: 'previous_response_id' | 'conversation' | null;
}

/** One thing as a caller names it. */
export interface KeptName {
  readonly caller: KeyEntry | null;
  readonly kind: KeptKind;
  readonly id: string;
}

/** Ids that can stand in a path and in a key. */
const ID = /^[A-Za-z0-9_-]{1,256}$/;

/** OpenAI keeps responses for 30 days; a conversation stays for as long as it is used within them. */
const TTL_MS = 30 * 86_400_000;

const encoder = new TextEncoder();

/** True when an id is worth looking for. */
export function isKeptId(id: string): boolean {
  return ID.test(id);
}

/** Remembers that `backend` keeps something. An id that no path could carry is not remembered. */
export function keep(store: KeyValue, name: KeptName, backend: Backend, model: string): Awaitable<void> {
  if (isKeptId(name.id)) return store.put(keyOf(name), recordOf(backend, model), TTL_MS);
}

/** Many things of one backend and model: one array for all of them. */
const records = new WeakMap<Backend, { readonly model: string; readonly bytes: Uint8Array }>();

function recordOf(backend: Backend, model: string): Uint8Array {
  const known = records.get(backend);
  if (known?.model === model) return known.bytes;
  const bytes = encoder.encode(JSON.stringify([backend.id, backend.account, model]));
  records.set(backend, { model, bytes });
  return bytes;
}

/** Who keeps it; null when it is unknown, forgotten or somebody else's, which all look alike: the caller is part of the key. */
export function recall(store: KeyValue, name: KeptName): Awaitable<Kept | null> {
  if (!isKeptId(name.id)) return null;
  const found = store.get(keyOf(name));
  return found instanceof Promise ? found.then((bytes) => use(store, name, bytes)) : use(store, name, found);
}

/** Forgets what was deleted. */
export function forget(store: KeyValue, name: KeptName): Awaitable<void> {
  return store.remove(keyOf(name));
}

function use(store: KeyValue, name: KeptName, bytes: Uint8Array | null): Awaitable<Kept | null> {
  const kept = bytes === null ? null : parse(bytes);
  if (kept === null || bytes === null || name.kind === 'response') return kept;
  const renewed = store.put(keyOf(name), bytes, TTL_MS);
  return renewed instanceof Promise ? renewed.then(() => kept) : kept;
}

function parse(bytes: Uint8Array): Kept | null {
  const value: unknown = JSON.parse(decodeUtf8(bytes));
  if (!Array.isArray(value)) return null;
  const [backend, account, model] = value as readonly unknown[];
  if (typeof backend !== 'string' || typeof account !== 'string' || typeof model !== 'string') return null;
  return { backend, account, model };
}

/** An open gateway has one caller: everybody. */
function keyOf({ caller, kind, id }: KeptName): string {
  return `kept/${kind}/${caller === null ? 'open' : `key:${encodeURIComponent(caller.id)}`}/${id}`;
}
