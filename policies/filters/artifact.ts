/** A backend whose model must be signed is out unless its files are verified now and its server says enough of what it has loaded. */
import { isAtLeast, type ArtifactState, type TrustLevel } from '../../src/core/artifact.ts';
import type { Filter, Rejection } from '../../src/core/policy.ts';

/** Rejects candidates whose artifact has no lease at this moment. Where nobody looks after an artifact, nobody vouches for it. */
export const artifact: Filter = Object.freeze({
  id: 'artifact',
  compile: ({ backend }) => (backend.artifact == null ? true : null),
  reject({ backend }, _facts, { artifacts, tick }) {
    if (backend.artifact == null) return null;
    const state = artifacts?.[backend.index] ?? null;
    if (state === null || state.untilTick <= tick) return rejection('files', 'verified', gotOfFiles(state));
    const { level: least } = backend.artifact;
    if (least === 'T0' || isAtLeast(levelAt(state, tick), least)) return null;
    return rejection('level', `>= ${least}`, gotOfLevel(state, tick));
  },
} satisfies Filter);

/** Why files count as not verified, in words; null = nobody here verifies any. */
export function gotOfFiles(state: ArtifactState | null): string {
  if (state === null) return 'not-verified: nothing here verifies files';
  const { fault } = state;
  return fault === null ? 'lease-expired: it was not renewed in time' : `${fault.rule}: ${fault.what}`;
}

/** What a server's word is worth at a moment (monotonic ms): nothing once it is too old. */
export function levelAt(state: ArtifactState | null, tick: number): TrustLevel {
  return state !== null && state.levelUntilTick > tick ? state.level : 'T0';
}

/** The same with the reason. */
export function gotOfLevel(state: ArtifactState | null, tick: number): string {
  return `${levelAt(state, tick)}: ${state?.levelWhat ?? 'nothing here asks its server'}`;
}

function rejection(key: 'files' | 'level', want: string, got: string): Rejection {
  return Object.freeze({ id: 'artifact', kind: 'artifact', key: `artifact.${key}`, want, got, retryAfterMs: null });
}
