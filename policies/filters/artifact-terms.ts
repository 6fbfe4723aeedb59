/** What constraints ask of the signed files behind a backend at this moment: that they are verified, that its server says enough. */
import type { ArtifactState } from '../../src/core/artifact.ts';
import type { FactKey, FactValue } from '../../src/core/backend.ts';
import type { Filter, Rejection } from '../../src/core/policy.ts';
import type { Expression } from '../expressions.ts';
import { gotOfFiles, gotOfLevel, levelAt } from './artifact.ts';
import type { Requirement } from './sovereignty.ts';

/** What the filter is made from, besides the requirements. */
export interface ArtifactTerms {
  readonly id: string;
  readonly scope: string;
  readonly when: Expression | null;
}

/**
 * Makes the filter of one constraint. Backends without an artifact are not its business: what they lack never changes, so the
 * constraint itself rejects them.
 */
export function artifactTermsFilter(requirements: readonly Requirement[], { id, scope, when }: ArtifactTerms): Filter {
  const filter: Filter = {
    id,
    compile: ({ backend }) => (backend.artifact == null ? true : null),
    reject({ backend }, _facts, { artifacts, tick }) {
      if (backend.artifact == null) return null;
      const state = artifacts?.[backend.index] ?? null;
      for (let i = 0; i < requirements.length; i++) {
        const { key, want, satisfies } = requirements[i]!;
        const value = valueNow(key, state, tick);
        if (value === null || !satisfies(value)) return failure(id, scope, key, want, gotNow(key, state, tick));
      }
      return null;
    },
  };
  return Object.freeze(when === null ? filter : { ...filter, active: (facts) => when.holds(facts) !== false });
}

function valueNow(key: FactKey, state: ArtifactState | null, tick: number): FactValue | null {
  if (key === 'artifact.level') return levelAt(state, tick);
  return state !== null && state.untilTick > tick ? 'verified' : null;
}

function gotNow(key: FactKey, state: ArtifactState | null, tick: number): string {
  return key === 'artifact.level' ? gotOfLevel(state, tick) : gotOfFiles(state);
}

function failure(id: string, scope: string, key: FactKey, want: string, got: string): Rejection {
  return { id, kind: 'artifact', key, want, got, scope, retryAfterMs: null };
}
