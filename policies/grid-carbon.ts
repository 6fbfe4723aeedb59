/** How much carbon dioxide electricity costs, country by country: what ties between backends may be broken by. */
import type { Backend } from '../src/core/backend.ts';
import { valueAt } from './facts.ts';

/**
 * Grams of CO2 equivalent per kWh, whole life cycle, mean of the year, by place of generation; rounded, in order of the countries.
 * Source: Ember; Energy Institute; processed by Our World in Data (CC BY 4.0), carbon intensity of electricity, as of codecarbon
 * commit b05965e (MIT; Mila, BCG Gamma, CometML, Haverford College; Code Carbon NGO). A ranking, not an account: it knows neither
 * hours nor contracts for green power.
 */
const IN_2023 =
  'AR354 AT111 AU549 BD691 BE138 BG335 BR98 CA170 CH35 CL291 CN582 CO260 CY534 CZ450 DE381 DK152 EE417 EG570 ES174 FI79 ' +
  'FR56 GB238 GR337 HR205 HU204 IE291 IN713 IT331 JP485 KE70 KR431 KZ821 LT160 LU105 LV123 MA630 MT459 MX507 NG523 NL268 ' +
  'NO30 NZ113 PH611 PK441 PL662 PT166 QA602 RO241 RS636 RU441 SE41 SG471 SI231 SK117 TH550 TR465 TW642 US369 VN475 ZA708';
const IN_2022 = 'AE561 BH905 HK699 ID676 IL583 IS28 LK510 MY606 SA707 UA260';

/** Where the figures come from, as explanations say it. */
export const GRID_SOURCE = 'Ember; Energy Institute; Our World in Data (CC BY 4.0)';

/** The electricity of a place. */
export interface Grid {
  readonly gramsPerKwh: number;
  readonly year: number;
}

const GRIDS: ReadonlyMap<string, Grid> = new Map([...read(IN_2022, 2022), ...read(IN_2023, 2023)]);

function read(rows: string, year: number): readonly (readonly [string, Grid])[] {
  return rows.split(' ').map((row) => [row.slice(0, 2), Object.freeze({ gramsPerKwh: Number(row.slice(2)), year })]);
}

/**
 * The electricity that a backend computes with at a moment (ms since the epoch): of several countries the dirtiest, since the request
 * may run in any of them. null = not every one is known.
 */
export function gridOf({ facts }: Backend, at: number): Grid | null {
  const places = valueAt(facts.get('compute.countries'), at);
  if (typeof places !== 'object' || places.length === 0) return null;
  let worst: Grid | null = null;
  for (const place of places) {
    const grid = GRIDS.get(place);
    if (grid === undefined) return null;
    if (worst === null || grid.gramsPerKwh > worst.gramsPerKwh) worst = grid;
  }
  return worst;
}
