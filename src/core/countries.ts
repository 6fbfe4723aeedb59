/** The countries of the world as their ISO 3166-1 alpha-2 codes. */

/** Every officially assigned code (ISO 3166-1, 249 entries), upper case. */
export const COUNTRIES: ReadonlySet<string> = new Set(
  (
    'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ ' +
    'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR ' +
    'GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO ' +
    'JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR ' +
    'MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO ' +
    'RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV ' +
    'TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'
  ).split(' '),
);

/** Codes that people write for a country and ISO 3166-1 does not assign, with the assigned one. */
const MISTAKEN: ReadonlyMap<string, string> = new Map([
  ['UK', 'GB'],
  ['EL', 'GR'],
]);

/**
 * Why a value is not a country code, with how to mend it; null when it is one. A `false` is Norway: YAML 1.1 reads a bare
 * `NO` that way.
 */
export function countryFault(value: unknown): { readonly message: string; readonly fix: string } | null {
  if (value === false) {
    return {
      message: 'false is not a country: tools of YAML 1.1 read a bare NO that way',
      fix: 'write "NO" in quotes',
    };
  }
  if (typeof value !== 'string') {
    return { message: 'a country must be a two-letter code', fix: 'write the ISO 3166-1 code in capitals, like DE' };
  }
  if (COUNTRIES.has(value)) return null;
  const upper = value.trim().toUpperCase();
  const meant = MISTAKEN.get(upper) ?? (COUNTRIES.has(upper) ? upper : null);
  return {
    message: `"${value}" is not an ISO 3166-1 country code`,
    fix: meant === null ? 'write the two-letter code in capitals, like DE' : `did you mean "${meant}"?`,
  };
}
