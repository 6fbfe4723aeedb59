/** Which constraints hold for a request, and what they say of one candidate: the same for plans, rechecks and explanations. */
import type { Candidate } from '../src/core/backend.ts';
import type { CandidateTrace, Filter, Rejection, RequestFacts, StateView } from '../src/core/policy.ts';
import { isIn } from './mask.ts';
import type { DynamicFilter, FixedVerdicts, PolicyParts, StaticFilter } from './snapshot.ts';

/** Every rejection of a candidate that is in. */
export const NO_REJECTIONS: readonly Rejection[] = Object.freeze([]);

/** Combinations of conditions whose verdicts are kept. */
const MAX_COMBINATIONS = 64;

/** What holds for a request. */
export interface Active {
  readonly fixed: FixedVerdicts;
  /** The filters that look at the request or at the state, as far as they apply. */
  readonly dynamic: readonly DynamicFilter[];
}

/** Asks every condition once. */
export function activeConditions(parts: PolicyParts, facts: RequestFacts, state: StateView): Active {
  const dynamic = facts.preference === undefined ? parts.dynamic : parts.wishing;
  return { fixed: verdictsUnder(parts, facts, state), dynamic: applying(dynamic, facts, state) };
}

function verdictsUnder(
  { backends, conditional, verdicts }: PolicyParts,
  facts: RequestFacts,
  state: StateView,
): FixedVerdicts {
  const active = applying(conditional, facts, state);
  const key = keyOf(conditional, active);
  const known = verdicts.get(key);
  if (known !== undefined) return known;
  const fresh = { active, said: backends.map(() => null) };
  if (verdicts.size === MAX_COMBINATIONS) verdicts.clear();
  verdicts.set(key, fresh);
  return fresh;
}

/** Bits where there are few conditions, text where they are too many for one number. */
function keyOf(all: readonly StaticFilter[], active: readonly StaticFilter[]): string | number {
  if (all.length > 31) return active.map(({ filter }) => JSON.stringify(filter.id)).join();
  let bits = 0;
  // both are in one order
  for (let i = 0, k = 0; k < active.length; i++) {
    if (all[i] !== active[k]) continue;
    bits |= 1 << i;
    k++;
  }
  return bits;
}

/** Those that apply; where all do it costs no list. */
function applying<T extends { readonly filter: Filter }>(
  all: readonly T[],
  facts: RequestFacts,
  state: StateView,
): readonly T[] {
  let some: T[] | null = null;
  for (let i = 0; i < all.length; i++) {
    const one = all[i]!;
    const applies = isActive(one.filter, facts, state);
    if (!applies) some ??= all.slice(0, i);
    else if (some !== null) some.push(one);
  }
  return some ?? all;
}

/** True when a filter applies to the request. */
export function isActive(filter: Filter, facts: RequestFacts, state: StateView): boolean {
  return filter.active === undefined || filter.active(facts, state);
}

/** Everything that speaks against a candidate, in the order of the filters; empty = eligible. */
export function rejectionsOf(
  parts: PolicyParts,
  { fixed, dynamic }: Active,
  candidate: Candidate,
  facts: RequestFacts,
  state: StateView,
): readonly Rejection[] {
  const { index } = candidate.backend;
  const word = index >>> 5;
  const bit = 1 << (index & 31);
  const said = saidOf(parts, fixed, candidate, facts, state);
  let more: Rejection[] | null = null;
  for (let i = 0; i < dynamic.length; i++) {
    const { filter, concerns, waived } = dynamic[i]!;
    if ((concerns[word]! & bit) === 0) continue;
    const rejection = filter.reject(candidate, facts, state);
    if (rejection !== null && waived?.has(index) !== true) more = append(more, rejection);
  }
  if (more === null) return said;
  return said.length === 0 ? more : [...said, ...more];
}

/** Most lists hold one rejection: a literal of one is the smallest there is. */
function append(list: Rejection[] | null, rejection: Rejection): Rejection[] {
  if (list === null) return [rejection];
  list.push(rejection);
  return list;
}

function saidOf(
  parts: PolicyParts,
  { active, said }: FixedVerdicts,
  candidate: Candidate,
  facts: RequestFacts,
  state: StateView,
): readonly Rejection[] {
  const { backend } = candidate;
  const isOwn = parts.backends[backend.index] === backend;
  const known = isOwn ? said[backend.index] : null;
  if (known != null) return known;
  const found = [...parts.always, ...active]
    .filter(({ keeps }) => !isIn(keeps, backend.index))
    .map(({ filter }) => filter.reject(candidate, facts, state))
    .filter((rejection) => rejection !== null);
  const kept = found.length === 0 ? NO_REJECTIONS : found;
  if (isOwn) said[backend.index] = kept;
  return kept;
}

/** The trace of a candidate with the waivers but for which a constraint that holds would have kept it out. */
export function withWaivers(
  { always }: PolicyParts,
  { fixed, dynamic }: Active,
  one: CandidateTrace,
  facts: RequestFacts,
  state: StateView,
): CandidateTrace {
  const { candidate } = one;
  const { index } = candidate.backend;
  const moving = dynamic.filter(
    ({ filter, waived }) => waived?.has(index) === true && filter.reject(candidate, facts, state) !== null,
  );
  const waived = new Set([...always, ...fixed.active, ...moving].flatMap((filter) => filter.waived?.get(index) ?? []));
  return waived.size === 0 ? one : { ...one, waived: [...waived] };
}
