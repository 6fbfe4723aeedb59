/** In which country a Cloudflare data centre stands: what a worker can know of where it runs. */

/**
 * Country -> IATA codes of airports that data centres are named after (https://www.cloudflarestatus.com names them, 2026-11-23). A code
 * that is not here is not known, and an unknown place satisfies no constraint.
 */
const COLOS: Readonly<Record<string, string>> = {
  AE: 'DXB',
  AR: 'EZE COR',
  AT: 'VIE',
  AU: 'SYD MEL BNE PER ADL CBR HBA',
  BE: 'BRU',
  BG: 'SOF',
  BH: 'BAH',
  BR: 'GRU GIG FOR POA CNF CWB BSB SSA REC',
  CA: 'YYZ YUL YVR YYC YOW YWG YHZ YXE',
  CH: 'ZRH GVA',
  CL: 'SCL',
  CO: 'BOG MDE',
  CY: 'LCA',
  CZ: 'PRG',
  DE: 'FRA MUC HAM DUS TXL BER STR',
  DK: 'CPH',
  EE: 'TLL',
  EG: 'CAI',
  ES: 'MAD BCN',
  FI: 'HEL',
  FR: 'CDG MRS LYS BOD',
  GB: 'LHR MAN EDI',
  GR: 'ATH SKG',
  HK: 'HKG',
  HR: 'ZAG',
  HU: 'BUD',
  ID: 'CGK DPS',
  IE: 'DUB ORK',
  IL: 'TLV HFA',
  IN: 'BOM DEL MAA BLR HYD CCU AMD NAG KNU',
  IS: 'KEF',
  IT: 'MXP FCO PMO',
  JP: 'NRT KIX FUK OKA',
  KE: 'NBO MBA',
  KR: 'ICN',
  LT: 'VNO',
  LU: 'LUX',
  LV: 'RIX',
  MT: 'MLA',
  MX: 'MEX QRO GDL',
  MY: 'KUL JHB',
  NG: 'LOS',
  NL: 'AMS',
  NO: 'OSL',
  NZ: 'AKL CHC',
  PE: 'LIM',
  PH: 'MNL CEB',
  PL: 'WAW',
  PT: 'LIS',
  QA: 'DOH',
  RO: 'OTP',
  RS: 'BEG',
  SA: 'RUH JED DMM',
  SE: 'ARN GOT',
  SG: 'SIN',
  SI: 'LJU',
  SK: 'BTS',
  TH: 'BKK',
  TR: 'IST',
  TW: 'TPE KHH',
  UA: 'KBP',
  US: 'ATL BOS BUF CLT CMH DEN DFW DTW EWR HNL IAD IAH IND JAX LAS LAX MCI MEM MIA MSP OMA ORD PDX PHL PHX PIT RDU RIC SAN SEA SFO SJC SLC SMF STL TLH TPA ANC BNA AUS SAT',
  VN: 'SGN HAN DAD',
  ZA: 'JNB CPT DUR',
};

/** IATA code -> country. */
export const COUNTRY_OF_COLO: ReadonlyMap<string, string> = new Map(
  Object.entries(COLOS).flatMap(([country, codes]) =>
    codes.split(' ').map((code): [string, string] => [code, country]),
  ),
);

/** The country of the data centre that Cloudflare's runtime says a request is in (`request.cf.colo`); null = it does not say, or nobody knows. */
export function placeOf(request: Request): string | null {
  const cf = 'cf' in request ? request.cf : null;
  const colo = typeof cf === 'object' && cf !== null && 'colo' in cf ? cf.colo : null;
  return typeof colo === 'string' ? (COUNTRY_OF_COLO.get(colo) ?? null) : null;
}
