/** Keeps the artifacts of the configuration in service: one guard each, and for every backend what is known right now. */
import { join, resolve } from 'node:path';
import type { ArtifactLeases, ArtifactState } from '../../core/artifact.ts';
import type { Backend } from '../../core/backend.ts';
import type { Clock } from '../../core/clock.ts';
import type { ArtifactRecord } from '../../core/recorder.ts';
import { createServerWatch, type AskServer, type ServerWatch } from '../server-watch.ts';
import type { ArtifactTerms } from '../terms.ts';
import { describeArtifact, type ArtifactStatus } from '../status.ts';
import { ArtifactGuard } from './artifact-guard.ts';
import { createMemoryDigests, openDigestCache } from './digest-cache.ts';
import type { DigestCache } from './hash-model.ts';
import { isInside, placeOf, verifyArtifact } from './verify-artifact.ts';
import { watchModel, type ModelWatch } from './watch-model.ts';

/** What a keeper needs from outside. */
export interface KeeperPorts {
  readonly clock: Clock;
  /** Asks a server about itself. */
  readonly ask: AskServer;
  /** Hears of every lease that begins or ends. Never throws. */
  readonly record: (event: ArtifactRecord) => void;
  /** Told in one sentence what makes verifying slower; nothing is wrong. */
  readonly onWarning: (message: string) => void;
}

/** What is kept. */
export interface KeptArtifacts {
  readonly terms: readonly ArtifactTerms[];
  readonly backends: readonly Backend[];
  /** Where relative paths start. */
  readonly folder: string;
  /** Folder that remembers digests; null = none. */
  readonly cache: string | null;
  readonly bytesPerSecond: number | null;
}

/** A keeper that runs. */
export interface ArtifactKeeper extends ArtifactLeases {
  /** Puts other artifacts under guard; those whose terms did not change go on with their leases. */
  install(kept: KeptArtifacts): void;
  /** Resolves when every artifact was verified once, or was not. */
  settled(): Promise<void>;
  status(): readonly ArtifactStatus[];
  close(): void;
}

interface Entry {
  /** Everything that a lease depends on, as one text. */
  readonly key: string;
  readonly guard: ArtifactGuard;
  first: Promise<void>;
}

/** A keeper that keeps nothing yet. */
export function createArtifactKeeper(ports: KeeperPorts): ArtifactKeeper {
  let kept: KeptArtifacts = { terms: [], backends: [], folder: '.', cache: null, bytesPerSecond: null };
  let entries = new Map<string, Entry>();
  let servers = new Map<string, ServerWatch>();

  const guardOf = (terms: ArtifactTerms, key: string): Entry => {
    const guard = new ArtifactGuard(terms, guardPorts(terms, kept, ports));
    return { key, guard, first: guard.verify() };
  };

  return {
    install(next) {
      kept = next;
      const before = entries;
      entries = new Map();
      for (const terms of next.terms) {
        const key = JSON.stringify([terms, resolve(next.folder), next.cache, next.bytesPerSecond]);
        const known = before.get(terms.id);
        entries.set(terms.id, known?.key === key ? known : guardOf(terms, key));
      }
      for (const [id, { guard }] of before) if (entries.get(id)?.guard !== guard) guard.close();
      servers = watchServers(next.backends, entries, servers, ports);
    },
    stateOf(backend) {
      const guard = entries.get(backend.artifact?.id ?? '')?.guard;
      return guard === undefined ? null : new BackendArtifact(guard, servers.get(backend.id) ?? null);
    },
    async settled() {
      await Promise.all([...entries.values()].map(({ first }) => first));
      await Promise.all([...servers.values()].map((server) => server.ask()));
    },
    status: () => {
      const at = ports.clock.tick();
      return [...entries.values()].map(({ guard }) => {
        const backends = kept.backends.filter(({ artifact }) => artifact?.id === guard.terms.id);
        return describeArtifact(guard, backends, servers, at);
      });
    },
    close() {
      for (const { guard } of entries.values()) guard.close();
      for (const server of servers.values()) server.close();
    },
  };
}

/** Reads through to guard and server, so that a decision sees them as they are. */
class BackendArtifact implements ArtifactState {
  readonly #guard: ArtifactGuard;
  readonly #server: ServerWatch | null;

  constructor(guard: ArtifactGuard, server: ServerWatch | null) {
    this.#guard = guard;
    this.#server = server;
  }

  get untilTick(): number {
    return this.#guard.untilTick;
  }

  get fault(): ArtifactState['fault'] {
    return this.#guard.fault;
  }

  get level(): ArtifactState['level'] {
    return this.#server?.grade.level ?? 'T0';
  }

  get levelWhat(): string {
    return this.#server?.grade.what ?? 'the server is not asked';
  }

  get levelUntilTick(): number {
    return this.#server?.untilTick ?? 0;
  }
}

/** A server is asked again as before unless it, or what it should say, is another. */
function watchServers(
  backends: readonly Backend[],
  entries: ReadonlyMap<string, Entry>,
  before: ReadonlyMap<string, ServerWatch>,
  { clock, ask }: KeeperPorts,
): Map<string, ServerWatch> {
  const servers = new Map<string, ServerWatch>();
  for (const backend of backends) {
    const guard = entries.get(backend.artifact?.id ?? '')?.guard;
    if (guard === undefined) continue;
    const known = before.get(backend.id);
    const isSame = known !== undefined && known.isOf(backend, guard);
    servers.set(backend.id, isSame ? known : createServerWatch({ backend, guard, clock, ask }));
  }
  for (const [id, server] of before) if (servers.get(id) !== server) server.close();
  return servers;
}

function guardPorts(
  terms: ArtifactTerms,
  kept: KeptArtifacts,
  ports: KeeperPorts,
): ConstructorParameters<typeof ArtifactGuard>[1] {
  const { clock, onWarning } = ports;
  const now = (): number => clock.now();
  let cache: Promise<DigestCache> | null = null;
  const openCache = async (): Promise<DigestCache> => {
    // Digests are forgotten before the last verification of their time, so that no file goes unread for longer.
    const options = { now, onWarning, maxAgeMs: terms.maxAgeMs * 0.875 };
    if (kept.cache === null) return createMemoryDigests(options);
    return openDigestCache({ ...options, folder: join(resolve(kept.folder, kept.cache), terms.id) });
  };
  return {
    clock,
    async verify() {
      cache ??= openCache();
      const hashing = { cache: await cache, bytesPerSecond: kept.bytesPerSecond };
      return verifyArtifact(terms, { folder: kept.folder, now, hashing });
    },
    async watch({ seen }, onChange) {
      const place = await placeOf(terms, kept.folder);
      const options = { clock, onChange, pollMs: terms.leaseMs };
      const files = watchModel(place.root, seen.fingerprint, { ...options, skip: seen.skip });
      if (isInside(place)) return files;
      return together(files, watchModel(place.signature, seen.beside, { ...options, skip: () => false }));
    },
    onTurn(guard) {
      const { fault } = guard;
      const message =
        fault === null ? `the files are verified; its routes are open` : `${fault.what}; its routes are closed`;
      const isVerified = fault === null;
      ports.record({ type: 'artifact', at: now(), artifact: terms.id, isVerified, rule: fault?.rule ?? null, message });
    },
  };
}

function together(...watches: readonly ModelWatch[]): ModelWatch {
  return {
    async check() {
      await Promise.all(watches.map((watch) => watch.check()));
    },
    close() {
      for (const watch of watches) watch.close();
    },
  };
}
