/** Named sets of countries, the ones that come with the house and the ones of the file, and the list of countries there are. */

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

/** The 249 officially assigned codes of ISO 3166-1 alpha-2, unchanged since 2011-08 (SS). Source: https://www.iso.org/obp/ui/ */
export const COUNTRIES: ReadonlySet<string> = new Set(
  (
    'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC ' +
    'CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD ' +
    'GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH ' +
    'KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW ' +
    'MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC ' +
    'SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY ' +
    'UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'
  ).split(' '),
);

/** The built-in zones with those of the file over them. */
export function zonesOf(own: Readonly<Record<string, readonly string[]>>): Zones {
  return new Map(Object.entries({ ...BUILTIN_ZONES, ...own }).map(([name, list]) => [name, new Set(list)]));
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
