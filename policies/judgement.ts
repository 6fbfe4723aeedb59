/** Which constraints hold for a request, and what they say of one candidate: the same for plans, rechecks and explanations. */
import type { Candidate } from '../src/core/backend.ts';
import type { Filter, Rejection, RequestFacts, StateView } from '../src/core/policy.ts';
import { isIn } from './mask.ts';
import type { PolicyParts, StaticFilter } from './snapshot.ts';

/** Every rejection of a candidate that is in. */
export const NO_REJECTIONS: readonly Rejection[] = Object.freeze([]);

/** The conditional constraints that hold for a request; none is `NONE_ACTIVE`, without allocation. */
export function activeConditions(
  { conditional }: PolicyParts,
  facts: RequestFacts,
  state: StateView,
): readonly StaticFilter[] {
  let active: StaticFilter[] | null = null;
  for (const one of conditional) {
    if (isActive(one.filter, facts, state)) (active ??= []).push(one);
  }
  return active ?? NONE_ACTIVE;
}

const NONE_ACTIVE: readonly StaticFilter[] = Object.freeze([]);

/** True when a filter applies to the request. */
export function isActive(filter: Filter, facts: RequestFacts, state: StateView): boolean {
  return filter.active === undefined || filter.active(facts, state);
}

/** Everything that speaks against a candidate, in the order of the filters; empty = eligible. */
export function rejectionsOf(
  parts: PolicyParts,
  active: readonly StaticFilter[],
  candidate: Candidate,
  facts: RequestFacts,
  state: StateView,
): readonly Rejection[] {
  const { index } = candidate.backend;
  let found: Rejection[] | null = null;
  if (!isIn(parts.kept, index)) found = addBlocked(found, parts.always, candidate, facts, state);
  if (active.length > 0) found = addBlocked(found, active, candidate, facts, state);
  for (const filter of parts.dynamic) {
    if (!isActive(filter, facts, state)) continue;
    const rejection = filter.reject(candidate, facts, state);
    if (rejection !== null) (found ??= []).push(rejection);
  }
  return found ?? NO_REJECTIONS;
}

function addBlocked(
  before: Rejection[] | null,
  filters: readonly StaticFilter[],
  candidate: Candidate,
  facts: RequestFacts,
  state: StateView,
): Rejection[] | null {
  let found = before;
  for (const { filter, keeps } of filters) {
    if (isIn(keeps, candidate.backend.index)) continue;
    const rejection = filter.reject(candidate, facts, state);
    if (rejection !== null) (found ??= []).push(rejection);
  }
  return found;
}
