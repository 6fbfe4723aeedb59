/** Constraints over what is known of a backend: who operates it, where it computes, what it keeps; unknown never satisfies. */
import type { Backend, Candidate, FactKey } from '../../src/core/backend.ts';
import type { ConstraintConfig, FactValue, RequirementConfig } from '../../src/core/config.ts';
import type { Filter, Rejection } from '../../src/core/policy.ts';
import type { Expression } from '../expressions.ts';
import { FACT_KEYS, isPlaceKey } from '../facts.ts';
import { expandPlaces, type Zones } from '../zones.ts';

/** What a constraint asks of one fact. */
export interface Requirement {
  readonly key: FactKey;
  /** In words, for traces: `subset of EEA`. */
  readonly want: string;
  /** Judges a known value; a value of the wrong type never satisfies. */
  satisfies(value: FactValue): boolean;
}

/** A filter that can also name everything that fails, not only the first. */
export interface SovereigntyFilter extends Filter {
  /** One rejection per requirement that the backend fails. */
  failures(backend: Backend): readonly Rejection[];
}

/** Makes the one filter of a constraint; `when` is null for a constraint that always holds. */
export function sovereigntyFilter(
  { id, require }: ConstraintConfig,
  when: Expression | null,
  zones: Zones,
  backends: readonly Backend[],
): SovereigntyFilter {
  const requirements = readRequirements(require, zones);
  const failures = (backend: Backend): readonly Rejection[] =>
    requirements.filter((requirement) => !holds(requirement, backend)).map((failed) => rejection(id, failed, backend));
  const firstFailures = backends.map((backend) => failures(backend)[0] ?? null);
  const reject = ({ backend }: Candidate): Rejection | null => {
    const known = backends[backend.index] === backend ? firstFailures[backend.index] : undefined;
    return known === undefined ? (failures(backend)[0] ?? null) : known;
  };
  const filter: SovereigntyFilter = { id, failures, reject, compile: (candidate) => reject(candidate) === null };
  // A condition that cannot be decided counts as met: the constraint holds.
  return Object.freeze(when === null ? filter : { ...filter, active: (facts) => when.holds(facts) !== false });
}

/** The requirements of a constraint in the order of the fact keys, so that no trace depends on the order in the file. */
export function readRequirements(require: ConstraintConfig['require'], zones: Zones): readonly Requirement[] {
  return FACT_KEYS.flatMap((key) => {
    const wanted = require[key];
    return wanted === undefined ? [] : [readRequirement(key, wanted, zones)];
  });
}

function holds({ key, satisfies }: Requirement, backend: Backend): boolean {
  const fact = backend.facts.get(key);
  return fact !== undefined && satisfies(fact.value);
}

function rejection(id: string, { key, want }: Requirement, backend: Backend): Rejection {
  const fact = backend.facts.get(key);
  const got = fact === undefined ? 'unknown' : textOf(fact.value);
  return Object.freeze({ id, kind: 'policy', key, want, got, retryAfterMs: null });
}

function readRequirement(key: FactKey, wanted: RequirementConfig, zones: Zones): Requirement {
  if (!isForm(wanted)) return { key, want: textOf(wanted), satisfies: (value) => isEqual(value, wanted) };
  if ('max' in wanted)
    return { key, want: `<= ${wanted.max}`, satisfies: (v) => typeof v === 'number' && v <= wanted.max };
  if ('min' in wanted)
    return { key, want: `>= ${wanted.min}`, satisfies: (v) => typeof v === 'number' && v >= wanted.min };
  const [words, named] =
    'subset' in wanted ? ['subset of', wanted.subset] : 'in' in wanted ? ['in', wanted.in] : ['not in', wanted.not_in];
  const members = membersOf(key, named, zones);
  const inside = !('not_in' in wanted);
  return {
    key,
    want: `${words} ${textOf(named)}`,
    satisfies: (value) => members !== null && isEvery(value, (item) => members.has(item) === inside),
  };
}

/** Which values a list or a zone name stands for; null = a name that means nothing, which no backend satisfies. */
function membersOf(key: FactKey, named: string | readonly string[], zones: Zones): ReadonlySet<string> | null {
  if (isPlaceKey(key)) return expandPlaces(named, zones);
  return new Set(typeof named === 'string' ? [named] : named);
}

/** True for `{ subset: … }` and the like, false for a bare value. */
export function isForm(wanted: RequirementConfig): wanted is Exclude<RequirementConfig, FactValue> {
  return typeof wanted === 'object' && !Array.isArray(wanted);
}

/** Every item of a list, or the one word itself; an empty list says nothing and satisfies nothing. */
function isEvery(value: FactValue, holdsFor: (item: string) => boolean): boolean {
  const items = typeof value === 'string' ? [value] : value;
  return typeof items === 'object' && items.length > 0 && items.every(holdsFor);
}

function isEqual(value: FactValue, wanted: FactValue): boolean {
  if (typeof wanted !== 'object' && typeof value !== 'object') return value === wanted;
  const [a, b] = [new Set(listOf(value)), new Set(listOf(wanted))];
  return a.size > 0 && a.size === b.size && [...a].every((item) => b.has(item));
}

function listOf(value: FactValue): readonly FactValue[] {
  return typeof value === 'object' ? value : [value];
}

function textOf(value: FactValue): string {
  return typeof value === 'object' ? `[${value.join(', ')}]` : String(value);
}
