/** Which constraints hold for a request, and what they say of one candidate: the same for plans, rechecks and explanations. */
import type { Candidate } from '../src/core/backend.ts';
import type { CandidateTrace, Filter, Rejection, RequestFacts, StateView } from '../src/core/policy.ts';
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
  const fixed = isIn(parts.kept, index) ? NO_REJECTIONS : blockedAlways(parts, candidate, facts, state);
  let more: Rejection[] | null = null;
  for (let i = 0; i < active.length; i++) {
    const { filter, keeps } = active[i]!;
    if (!isIn(keeps, index)) more = append(more, filter.reject(candidate, facts, state));
  }
  const dynamic = facts.preference === undefined ? parts.dynamic : parts.wishing;
  for (let i = 0; i < dynamic.length; i++) {
    const filter = dynamic[i]!;
    if (isActive(filter, facts, state)) more = append(more, filter.reject(candidate, facts, state));
  }
  if (more === null) return fixed;
  return fixed.length === 0 ? more : [...fixed, ...more];
}

/** Most lists hold one rejection: a literal of one is the smallest there is. */
function append(list: Rejection[] | null, rejection: Rejection | null): Rejection[] | null {
  if (rejection === null) return list;
  if (list === null) return [rejection];
  list.push(rejection);
  return list;
}

function blockedAlways(
  { always, backends, blocked }: PolicyParts,
  candidate: Candidate,
  facts: RequestFacts,
  state: StateView,
): readonly Rejection[] {
  const { backend } = candidate;
  const isOwn = backends[backend.index] === backend;
  const known = isOwn ? blocked[backend.index] : null;
  if (known != null) return known;
  const found = always
    .filter(({ keeps }) => !isIn(keeps, backend.index))
    .map(({ filter }) => filter.reject(candidate, facts, state))
    .filter((rejection) => rejection !== null);
  if (isOwn) blocked[backend.index] = found;
  return found;
}

/** The trace of a candidate with the waivers but for which a constraint that holds would have kept it out. */
export function withWaivers(
  { always }: PolicyParts,
  active: readonly StaticFilter[],
  one: CandidateTrace,
): CandidateTrace {
  const { index } = one.candidate.backend;
  const waived = [...always, ...active].flatMap((filter) => filter.waived?.get(index) ?? []);
  return waived.length === 0 ? one : { ...one, waived };
}
