/** What one caller is judged by from a moment on: constraints as masks over the backends, waivers among them. */
import type { Backend } from '../src/core/backend.ts';
import type { WaiverConfig } from '../src/core/config.ts';
import type { Filter, Waived } from '../src/core/policy.ts';
import { endOfDay } from '../src/core/units.ts';
import type { Expression } from './expressions.ts';
import { locationFilter, LOCATION_KEY, type LocationFilter } from './filters/location.ts';
import { preference } from './filters/preference.ts';
import { sovereigntyFilter } from './filters/sovereignty.ts';
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

/** Compiles what `caller` is judged by at `at` (ms since the epoch). */
export function compileParts(common: CommonParts, caller: Caller, at: number): PolicyParts {
  const { backends, aliases, rules, pickers, countries, regions, reads, zones } = common;
  const mine = common.constraints.filter((one) => appliesTo(one, caller)).sort(byId);
  const waivers = common.waivers.filter((waiver) => isFor(waiver, caller) && at < endOfDay(waiver.expires));
  const constraints = mine.map(({ config, when, scope }) =>
    sovereigntyFilter(config, when, zones, backends, { scope, at }),
  );
  const fixed = constraints.map((filter) => {
    const waived = waivedBy(filter.id, waivers, backends);
    return fixedFilter(filter, waived, backends);
  });
  const always = fixed.filter(({ filter }) => filter.active === undefined);
  const locations = mine.flatMap((one) => locationsOf(one, waivers, common));
  const dynamic = [...locations, ...common.builtin].map((filter) => dynamicFilter(filter, backends));
  return {
    backends,
    aliases,
    rules,
    pickers,
    countries,
    regions,
    reads,
    constraints,
    always,
    conditional: fixed.filter(({ filter }) => filter.active !== undefined),
    dynamic,
    wishing: [...dynamic, dynamicFilter(preference, backends)],
    locations,
    waives: fixed.some(({ waived }) => waived !== null),
    verdicts: new Map(),
  };
}

/** False where a filter keeps a backend whatever is asked. */
export function mayReject(filter: Filter, backend: Backend): boolean {
  return filter.compile?.({ backend, weight: 1 }) !== true;
}

function dynamicFilter(filter: Filter, backends: readonly Backend[]): DynamicFilter {
  return { filter, concerns: maskOf(backends.length, (index) => mayReject(filter, backends[index]!)) };
}

function fixedFilter(
  filter: Filter,
  waivers: ReadonlyMap<string, readonly Waived[]>,
  backends: readonly Backend[],
): StaticFilter {
  const waived = new Map<number, readonly Waived[]>();
  const keeps = maskOf(backends.length, (index) => {
    const backend = backends[index]!;
    if (filter.compile?.({ backend, weight: 1 }) === true) return true;
    const by = waivers.get(backend.id);
    if (by !== undefined) waived.set(index, by);
    return by !== undefined;
  });
  return { filter, keeps, waived: waived.size === 0 ? null : waived };
}

/** Id of a backend -> what waives the constraint there. */
function waivedBy(
  constraint: string,
  waivers: readonly WaiverConfig[],
  backends: readonly Backend[],
): ReadonlyMap<string, readonly Waived[]> {
  const mine = waivers.filter((waiver) => waiver.constraint === constraint).sort(byWaiverId);
  if (mine.length === 0) return NO_WAIVERS;
  const entries = backends.map(({ id }): [string, readonly Waived[]] => [
    id,
    mine.filter((waiver) => waiver.backends.includes(id)).map(waivedOf),
  ]);
  return new Map(entries.filter(([, list]) => list.length > 0));
}

const NO_WAIVERS: ReadonlyMap<string, readonly Waived[]> = new Map();

function waivedOf({ id, constraint, reason, approver, expires }: WaiverConfig): Waived {
  return Object.freeze({ id, constraint, reason, approver, expires });
}

function locationsOf(
  { config, scope, when }: ReadyConstraint,
  waivers: readonly WaiverConfig[],
  { backends, zones, countries }: CommonParts,
): readonly LocationFilter[] {
  const wanted = config.require[LOCATION_KEY];
  if (wanted === undefined) return [];
  const waived = waivedBy(config.id, waivers, backends);
  const isWaived = (index: number) => waived.size > 0 && waived.has(backends[index]?.id ?? '');
  return [locationFilter(wanted, { id: config.id, scope, when, zones, countries, isWaived })];
}

function byId(a: ScopedConstraint, b: ScopedConstraint): number {
  return a.config.id < b.config.id ? -1 : 1;
}

function byWaiverId(a: WaiverConfig, b: WaiverConfig): number {
  return a.id < b.id ? -1 : 1;
}
