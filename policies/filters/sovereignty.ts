/** Constraints over what is known of a backend: who operates it, where it computes, what it keeps; unknown never satisfies. */
import {
  EVIDENCE_GRADES,
  type Backend,
  type Candidate,
  type EvidenceGrade,
  type FactKey,
  type FactValue,
} from '../../src/core/backend.ts';
import { isAtLeast, TRUST_LEVELS, type TrustLevel } from '../../src/core/artifact.ts';
import type { ConstraintConfig, RequirementConfig } from '../../src/core/config.ts';
import type { Filter, Rejection } from '../../src/core/policy.ts';
import type { Expression } from '../expressions.ts';
import { FACT_KEYS, isPlaceKey, LIVE_GRADES, valueAt } from '../facts.ts';
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
  /** Whose constraint it is: `gateway`, `tenant acme`, `key app`. */
  readonly scope: string;
  readonly requirements: readonly Requirement[];
  /** One rejection per requirement that the backend fails. */
  failures(backend: Backend): readonly Rejection[];
}

/** Whose constraint it is, and the moment (ms since the epoch) at which facts are looked at. */
export interface Standing {
  readonly scope: string;
  readonly at: number;
}

const GATEWAY_BEFORE_ANY_END: Standing = Object.freeze({ scope: 'gateway', at: -Infinity });

/** Makes the one filter of a constraint; `when` is null for a constraint that always holds. */
export function sovereigntyFilter(
  { id, require, min_grade: minGrade = 'declared' }: ConstraintConfig,
  when: Expression | null,
  zones: Zones,
  backends: readonly Backend[],
  { scope, at }: Standing = GATEWAY_BEFORE_ANY_END,
): SovereigntyFilter {
  const requirements = readRequirements(require, zones);
  const judge = { id, scope, at, minGrade };
  const failures = (backend: Backend): readonly Rejection[] =>
    requirements.map((one) => failureOf(one, backend, judge)).filter((failure) => failure !== null);
  const firstFailures = backends.map((backend) => failures(backend)[0] ?? null);
  const reject = ({ backend }: Candidate): Rejection | null => {
    const known = backends[backend.index] === backend ? firstFailures[backend.index] : undefined;
    return known === undefined ? (failures(backend)[0] ?? null) : known;
  };
  const filter: SovereigntyFilter = {
    id,
    scope,
    requirements,
    failures,
    reject,
    compile: (candidate) => reject(candidate) === null,
  };
  // A condition that cannot be decided counts as met: the constraint holds.
  return Object.freeze(when === null ? filter : { ...filter, active: (facts) => when.holds(facts) !== false });
}

/** The requirements of a constraint on backends in the order of the fact keys, so that no trace depends on the order in the file. */
export function readRequirements(require: ConstraintConfig['require'], zones: Zones): readonly Requirement[] {
  return FACT_KEYS.flatMap((key) => {
    const wanted = require[key];
    return wanted === undefined ? [] : [readRequirement(key, wanted, zones)];
  });
}

interface Judge extends Standing {
  readonly id: string;
  readonly minGrade: EvidenceGrade;
}

function failureOf({ key, want, satisfies }: Requirement, backend: Backend, judge: Judge): Rejection | null {
  const { minGrade } = judge;
  const isGood = (grade: EvidenceGrade): boolean => EVIDENCE_GRADES.indexOf(grade) >= EVIDENCE_GRADES.indexOf(minGrade);
  const live = backend.artifact == null ? undefined : LIVE_GRADES[key];
  // whether it holds is asked at each moment (artifact-terms.ts)
  if (live !== undefined && isGood(live)) return null;
  const fact = backend.facts.get(key);
  const value = valueAt(fact, judge.at);
  if (value !== undefined && fact !== undefined && isGood(fact.grade) && satisfies(value)) return null;
  return Object.freeze({
    id: judge.id,
    kind: 'policy',
    key,
    want: minGrade === 'declared' ? want : `${want}, ${minGrade} or better`,
    got: value === undefined ? (live ?? (fact === undefined ? 'unknown' : 'expired')) : textOf(value),
    ...(value === undefined || fact === undefined ? {} : { grade: fact.grade }),
    scope: judge.scope,
    retryAfterMs: null,
  });
}

function readRequirement(key: FactKey, wanted: RequirementConfig, zones: Zones): Requirement {
  if (!isForm(wanted)) return { key, want: textOf(wanted), satisfies: (value) => isEqual(value, wanted) };
  if ('max' in wanted)
    return { key, want: `<= ${wanted.max}`, satisfies: (v) => typeof v === 'number' && v <= wanted.max };
  if ('min' in wanted) return { key, want: `>= ${wanted.min}`, satisfies: atLeast(wanted.min) };
  if ('all' in wanted || 'any' in wanted) return listRequirement(key, wanted);
  const { want, satisfies } = placeRequirement(wanted, (named) => membersOf(key, named, zones));
  return { key, want, satisfies };
}

function atLeast(min: number | TrustLevel): Requirement['satisfies'] {
  if (typeof min === 'number') return (value) => typeof value === 'number' && value >= min;
  return (value) => isLevel(value) && isAtLeast(value, min);
}

function isLevel(value: FactValue): value is TrustLevel {
  return TRUST_LEVELS.some((level) => level === value);
}

/** What `subset`, `in` and `not_in` mean. @param members what a name stands for; null = it means nothing, which nothing satisfies */
export function placeRequirement(
  wanted: Extract<
    RequirementConfig,
    { readonly subset: unknown } | { readonly in: unknown } | { readonly not_in: unknown }
  >,
  members: (named: string | readonly string[]) => ReadonlySet<string> | null,
): Pick<Requirement, 'want' | 'satisfies'> {
  const [words, named] =
    'subset' in wanted ? ['subset of', wanted.subset] : 'in' in wanted ? ['in', wanted.in] : ['not in', wanted.not_in];
  const all = members(named);
  const inside = !('not_in' in wanted);
  return {
    want: `${words} ${textOf(named)}`,
    satisfies: (value) => all !== null && isEvery(value, (item) => all.has(item) === inside),
  };
}

function listRequirement(
  key: FactKey,
  wanted: Extract<RequirementConfig, { readonly all: unknown } | { readonly any: unknown }>,
): Requirement {
  const [words, named] = 'all' in wanted ? ['all of', wanted.all] : ['any of', wanted.any];
  const names = typeof named === 'string' ? [named] : named;
  const isIn = (value: FactValue) => (name: string) => typeof value === 'object' && value.includes(name);
  return {
    key,
    want: `${words} ${textOf(named)}`,
    satisfies: (value) => ('all' in wanted ? names.every(isIn(value)) : names.some(isIn(value))),
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

/** Equal as sets: the order of a list says nothing. */
export function isEqual(value: FactValue, wanted: FactValue): boolean {
  if (typeof wanted !== 'object' && typeof value !== 'object') return value === wanted;
  const [a, b] = [new Set(listOf(value)), new Set(listOf(wanted))];
  return a.size > 0 && a.size === b.size && [...a].every((item) => b.has(item));
}

function listOf(value: FactValue): readonly FactValue[] {
  return typeof value === 'object' ? value : [value];
}

/** A value in words. */
export function textOf(value: FactValue): string {
  return typeof value === 'object' ? `[${value.join(', ')}]` : String(value);
}
