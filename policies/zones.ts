/** Named sets of countries: the ones that come with the house, and the ones of the file over them. */
import type { ZoneConfig } from '../src/core/config.ts';
import { COUNTRIES } from '../src/core/countries.ts';

/** Zone name -> country codes. */
export type Zones = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Member states of the European Union, 27 since 2020-02-01.
 * Source: Treaty on European Union, Article 52, less the United Kingdom (withdrawal agreement, OJ L 29, 2020-01-31).
 */
const EU = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK';

/**
 * The European Economic Area: the Union with Iceland, Liechtenstein and Norway, unchanged since Croatia joined in 2014.
 * Source: Agreement on the European Economic Area, OJ L 1, 1994-01-03, and its enlargement of 2014-04-11.
 */
const EEA = `${EU} IS LI NO`;

/** The zones that need no definition; a file may define them otherwise. */
export const BUILTIN_ZONES: Readonly<Record<string, readonly string[]>> = Object.freeze({
  EU: Object.freeze(EU.split(' ')),
  EEA: Object.freeze(EEA.split(' ')),
});

/** The built-in zones with those of the file over them; the perimeter has addresses and no countries. */
export function zonesOf(own: Readonly<Record<string, ZoneConfig>>): Zones {
  const zones = new Map<string, ReadonlySet<string>>();
  for (const [name, zone] of Object.entries({ ...BUILTIN_ZONES, ...own })) {
    if (!('cidr' in zone)) zones.set(name, new Set(zone));
  }
  return zones;
}

/** The countries that zone names and country codes stand for; null when one of them is neither. */
export function expandPlaces(places: string | readonly string[], zones: Zones): ReadonlySet<string> | null {
  const all = new Set<string>();
  for (const place of typeof places === 'string' ? [places] : places) {
    const zone = zones.get(place);
    if (zone === undefined && !COUNTRIES.has(place)) return null;
    if (zone === undefined) all.add(place);
    else for (const country of zone) all.add(country);
  }
  return all;
}
