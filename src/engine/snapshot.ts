/** What one loaded configuration becomes: an immutable snapshot. */
import type { Backend, ModelAlias } from '../core/backend.ts';
import type { EvidenceConfig } from '../core/config.ts';
import type { PolicySnapshot } from '../core/policy.ts';
import type { PoolLimits } from './slot-pool.ts';

/** A client key as the engine knows it, without the key. */
export interface KeyEntry {
  readonly id: string;
  readonly tenant: string | null;
  /** Aliases it may use; null = all. */
  readonly models: ReadonlySet<string> | null;
  /** Whether it sees the details of backends in decisions and errors. */
  readonly explain: boolean;
}

/** The compiled configuration, as the engine reads it. */
export interface Snapshot {
  /** `sha256:` and 64 hexadecimal digits over the whole validated configuration. */
  readonly digest: string;
  readonly backends: readonly Backend[];
  /** By `Backend.pool`. */
  readonly pools: readonly PoolLimits[];
  readonly aliases: ReadonlyMap<string, ModelAlias>;
  /** By SHA-256 of the key, hexadecimal; null = open gateway. */
  readonly keys: ReadonlyMap<string, KeyEntry> | null;
  readonly policy: PolicySnapshot;
  /** Largest whole answer and largest stream event, bytes. */
  readonly answerBytes: number;
  readonly eventBytes: number;
  /** Origins that browsers may call from; null = CORS off. */
  readonly origins: ReadonlySet<string> | null;
  /** Which decisions are recorded. */
  readonly decisions: EvidenceConfig['decisions'];
}
