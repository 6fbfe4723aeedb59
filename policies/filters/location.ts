/** Where this gateway stands, as a constraint: a place that is not known satisfies nothing. */
import type { Candidate } from '../../src/core/backend.ts';
import type { RequirementConfig } from '../../src/core/config.ts';
import type { Filter, Rejection, RequestFacts } from '../../src/core/policy.ts';
import type { Expression } from '../expressions.ts';
import { expandPlaces, type Zones } from '../zones.ts';
import { isEqual, isForm, placeRequirement, textOf } from './sovereignty.ts';

/** The fact of the gateway that constraints may speak of. */
export const LOCATION_KEY = 'gateway.countries';

/** A constraint on the place of the gateway. */
export interface LocationFilter extends Filter {
  /** Whether a gateway in these countries may serve. */
  admits(countries: readonly string[]): boolean;
}

/** What the filter is made from, besides the requirement. */
export interface LocationTerms {
  readonly id: string;
  readonly scope: string;
  readonly when: Expression | null;
  readonly zones: Zones;
  /** Where the file says that the gateway stands; empty = not said. */
  readonly countries: readonly string[];
}

/** Makes the filter. Which place a request is handled at the runtime may know better than the file. */
export function locationFilter(wanted: RequirementConfig, terms: LocationTerms): LocationFilter {
  const { id, scope, when, zones, countries } = terms;
  const { want, satisfies } = readLocation(wanted, zones);
  const admits = (places: readonly string[]): boolean => places.length > 0 && satisfies(places);
  const said = admits(countries);
  const refusal = (got: string): Rejection =>
    Object.freeze({ id, kind: 'location', key: LOCATION_KEY, want, got, scope, retryAfterMs: null });
  const saidNo = refusal(countries.length === 0 ? 'unknown' : textOf(countries));
  const unknown = refusal('unknown');
  const filter: LocationFilter = {
    id,
    admits,
    reject(_candidate: Candidate, { place }: RequestFacts) {
      if (place === undefined) return said ? null : saidNo;
      if (place === null) return unknown;
      return admits([place]) ? null : refusal(place);
    },
  };
  return Object.freeze(when === null ? filter : { ...filter, active: (facts) => when.holds(facts) !== false });
}

function readLocation(wanted: RequirementConfig, zones: Zones): ReturnType<typeof placeRequirement> {
  if (!isForm(wanted)) return { want: textOf(wanted), satisfies: (value) => isEqual(value, wanted) };
  if ('subset' in wanted || 'in' in wanted || 'not_in' in wanted) {
    return placeRequirement(wanted, (named) => expandPlaces(named, zones));
  }
  return { want: 'a place', satisfies: () => false };
}
