/** Zones and places: every country exists, and every zone that is named is defined. */
import type { ConfigPath, ConfigReport, WholeConfig } from '../../src/core/config.ts';
import { COUNTRIES, countryFault } from '../../src/core/countries.ts';
import { parseRange } from '../../src/core/ip-address.ts';
import { zonesOf } from '../zones.ts';

/** Checks the members of every zone; a zone may not have the name of a country. */
export function checkZones({ zones }: WholeConfig, report: ConfigReport): void {
  for (const [name, members] of Object.entries(zones)) {
    if (COUNTRIES.has(name)) {
      report.add({
        at: ['zones', name],
        onKey: true,
        code: 'zone-is-country',
        message: `"${name}" is the code of a country`,
        fix: 'give the zone another name',
      });
    }
    if ('cidr' in members) {
      checkRanges(name, members.cidr, report);
      continue;
    }
    for (const [i, member] of members.entries()) {
      const fault = countryFault(member);
      if (fault !== null) report.add({ at: ['zones', name, i], code: 'unknown-country', ...fault });
    }
  }
}

/** Addresses belong to the perimeter alone. */
function checkRanges(name: string, cidr: readonly string[], report: ConfigReport): void {
  if (name !== 'perimeter') {
    report.add({
      at: ['zones', name],
      code: 'zone-of-addresses',
      message: 'only the zone perimeter has addresses',
      fix: 'name it perimeter, or list countries',
    });
  }
  for (const [i, text] of cidr.entries()) {
    if (parseRange(text) !== null) continue;
    report.add({
      at: ['zones', name, 'cidr', i],
      code: 'bad-range',
      message: `"${text}" is not a range of addresses whose bits beyond the prefix are zero`,
      fix: 'write it like 10.20.0.0/16 or fd00:20::/48',
    });
  }
}

/** Checks that a place is a zone or a country. @param own the zones of the file whose form is right */
export function checkPlace(at: ConfigPath, place: string, own: WholeConfig['zones'], report: ConfigReport): void {
  const zones = zonesOf(own);
  if (zones.has(place) || COUNTRIES.has(place)) return;
  const declared = report.names('zones');
  // a zone whose form is wrong is there all the same
  if (!Object.hasOwn(own, place) && (declared === null || declared.includes(place))) return;
  const names = [...zones.keys(), ...(declared ?? []).filter((name) => !Object.hasOwn(own, name))];
  const zone = report.nearest(place, names);
  if (place.length !== 2 || zone !== null) {
    report.add({
      at,
      code: 'unknown-zone',
      message: `"${place}" is neither a zone nor a country`,
      fix: zone === null ? `define it under zones, or use one of ${names.join(', ')}` : `did you mean "${zone}"?`,
    });
    return;
  }
  const fault = countryFault(place);
  if (fault !== null) report.add({ at, code: 'unknown-country', ...fault });
}
