/** A backend whose model must be signed is out unless its files are verified now and its server says enough of what it has loaded. */
import { isAtLeast, type ArtifactState } from '../../src/core/artifact.ts';
import type { Filter, Rejection } from '../../src/core/policy.ts';

/** Rejects candidates whose artifact has no lease at this moment. Where nobody looks after an artifact, nobody vouches for it. */
export const artifact: Filter = Object.freeze({
  id: 'artifact',
  compile: ({ backend }) => (backend.artifact == null ? true : null),
  reject({ backend }, _facts, { artifacts, tick }) {
    if (backend.artifact == null) return null;
    const state = artifacts?.[backend.index] ?? null;
    return state === null ? UNWATCHED : judge(state, backend.artifact.level, tick);
  },
} satisfies Filter);

const UNWATCHED = rejection('files', 'verified', 'not-verified: nothing here verifies files');

function judge(state: ArtifactState, least: ArtifactState['level'], tick: number): Rejection | null {
  if (state.untilTick <= tick) {
    const { fault } = state;
    const got = fault === null ? 'lease-expired: it was not renewed in time' : `${fault.rule}: ${fault.what}`;
    return rejection('files', 'verified', got);
  }
  if (least === 'T0') return null;
  const level = state.levelUntilTick > tick ? state.level : 'T0';
  return isAtLeast(level, least) ? null : rejection('level', `>= ${least}`, `${level}: ${state.levelWhat}`);
}

function rejection(key: 'files' | 'level', want: string, got: string): Rejection {
  return Object.freeze({ id: 'artifact', kind: 'artifact', key: `artifact.${key}`, want, got, retryAfterMs: null });
}
