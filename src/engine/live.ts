/** A snapshot in service, with the figures and memories that belong to it. */
import type { Board } from './board.ts';
import type { Keyring } from './keyring.ts';
import type { OriginMemory } from './origins.ts';
import type { Snapshot } from './snapshot.ts';

/** A snapshot in service. A request keeps the one that it started with. */
export interface Live {
  readonly snapshot: Snapshot;
  readonly board: Board;
  /** null = open gateway. */
  readonly keyring: Keyring | null;
  /** Where sealed reasoning was made; outlives snapshots. */
  readonly seals: OriginMemory;
}
