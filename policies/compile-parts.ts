/** What one caller is judged by from a moment on: constraints as masks over the backends, waivers among them. */
import type { Backend } from '../src/core/backend.ts';
import type { WaiverConfig } from '../src/core/config.ts';
import type { Filter, Waived } from '../src/core/policy.ts';
import { endOfDay } from '../src/core/units.ts';
import type { Expression } from './expressions.ts';
import { artifactTermsFilter } from './filters/artifact-terms.ts';
import { locationFilter, LOCATION_KEY, type LocationFilter } from './filters/location.ts';
import { preference } from './filters/preference.ts';
import { readRequirements, sovereigntyFilter } from './filters/sovereignty.ts';
import { LIVE_GRADES } from './facts.ts';
import { maskOf } from './mask.ts';
import { appliesTo, isFor, type Caller, type ScopedConstraint } from './scopes.ts';
import type { DynamicFilter, PolicyParts, StaticFilter } from './snapshot.ts';
import type { Zones } from './zones.ts';

/** A constraint with its condition compiled; null = it always holds. */
export interface ReadyConstraint extends ScopedConstraint {
  readonly when: Expression | null;
}

/** What the parts of all callers have in common. */
export interface CommonParts extends Pick<
  PolicyParts,
  'backends' | 'aliases' | 'rules' | 'pickers' | 'countries' | 'regions' | 'reads'
> {
  readonly constraints: readonly ReadyConstraint[];
  readonly waivers: readonly WaiverConfig[];
  readonly zones: Zones;
  /** Filters that are not constraints. */
  readonly builtin: readonly Filter[];
}

/** A constraint of the caller with what waives it. */
interface OwnConstraint extends ReadyConstraint {
  /** By index of the backend; null = nothing is waived. */
  readonly waived: Waivers;
}

type Waivers = ReadonlyMap<number, readonly Waived[]> | null;

/** Compiles what `caller` is judged by at `at` (ms since the epoch). */
export function compileParts(common: CommonParts, caller: Caller, at: number): PolicyParts {
  const { backends, aliases, rules, pickers, countries, regions, reads, zones } = common;
  const waivers = common.waivers.filter((waiver) => isFor(waiver, caller) && at < endOfDay(waiver.expires));
  const mine = common.constraints
    .filter((one) => appliesTo(one, caller))
    .sort(byId)
    .map((one): OwnConstraint => ({ ...one, waived: waivedBy(one.config.id, waivers, backends) }));
  const constraints = mine.map(({ config, when, scope }) =>
    sovereigntyFilter(config, when, zones, backends, { scope, at }),
  );
  const fixed = constraints.map((filter, i) => fixedFilter(filter, mine[i]!.waived, backends));
  const located = mine.flatMap((one) => locationOf(one, common));
  const dynamic = [
    ...located.map(([filter, waived]) => dynamicFilter(filter, waived, backends)),
    ...mine.flatMap((one) => artifactTermsOf(one, common)),
    ...common.builtin.map((filter) => dynamicFilter(filter, null, backends)),
  ];
  return {
    backends,
    aliases,
    rules,
    pickers,
    countries,
    regions,
    reads,
    constraints,
    always: fixed.filter(({ filter }) => filter.active === undefined),
    conditional: fixed.filter(({ filter }) => filter.active !== undefined),
    dynamic,
    wishing: [...dynamic, dynamicFilter(preference, null, backends)],
    locations: located.map(([filter]) => filter),
    waives: [...fixed, ...dynamic].some(({ waived }) => waived !== null),
    verdicts: new Map(),
  };
}

/** False where a filter keeps a backend whatever is asked. */
export function mayReject(filter: Filter, backend: Backend): boolean {
  return filter.compile?.({ backend, weight: 1 }) !== true;
}

function dynamicFilter(filter: Filter, waived: Waivers, backends: readonly Backend[]): DynamicFilter {
  return { filter, waived, concerns: maskOf(backends.length, (index) => mayReject(filter, backends[index]!)) };
}

function fixedFilter(filter: Filter, waivers: Waivers, backends: readonly Backend[]): StaticFilter {
  const waived = new Map<number, readonly Waived[]>();
  const keeps = maskOf(backends.length, (index) => {
    if (!mayReject(filter, backends[index]!)) return true;
    const by = waivers?.get(index);
    if (by !== undefined) waived.set(index, by);
    return by !== undefined;
  });
  return { filter, keeps, waived: waived.size === 0 ? null : waived };
}

function waivedBy(constraint: string, waivers: readonly WaiverConfig[], backends: readonly Backend[]): Waivers {
  const mine = waivers.filter((waiver) => waiver.constraint === constraint).sort(byWaiverId);
  if (mine.length === 0) return null;
  const entries = backends.map(({ id, index }): [number, readonly Waived[]] => [
    index,
    mine.filter((waiver) => waiver.backends.includes(id)).map(waivedOf),
  ]);
  return new Map(entries.filter(([, list]) => list.length > 0));
}

function waivedOf({ id, constraint, reason, approver, expires }: WaiverConfig): Waived {
  return Object.freeze({ id, constraint, reason, approver, expires });
}

function locationOf(
  { config, scope, when, waived }: OwnConstraint,
  { zones, countries }: CommonParts,
): readonly [LocationFilter, Waivers][] {
  const wanted = config.require[LOCATION_KEY];
  return wanted === undefined
    ? []
    : [[locationFilter(wanted, { id: config.id, scope, when, zones, countries }), waived]];
}

function artifactTermsOf(
  { config, scope, when, waived }: OwnConstraint,
  { backends, zones }: CommonParts,
): readonly DynamicFilter[] {
  const live = readRequirements(config.require, zones).filter(({ key }) => LIVE_GRADES[key] !== undefined);
  if (live.length === 0) return [];
  return [dynamicFilter(artifactTermsFilter(live, { id: config.id, scope, when }), waived, backends)];
}

function byId(a: ScopedConstraint, b: ScopedConstraint): number {
  return a.config.id < b.config.id ? -1 : 1;
}

function byWaiverId(a: WaiverConfig, b: WaiverConfig): number {
  return a.id < b.id ? -1 : 1;
}
