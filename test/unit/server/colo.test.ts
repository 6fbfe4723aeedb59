/** Where a worker is, as far as the runtime says. */
import { describe, expect, it } from 'vitest';
import { COUNTRIES } from '../../../src/core/countries.ts';
import { COUNTRY_OF_COLO, placeOf } from '../../../src/server/web/colo.ts';

const at = (cf: unknown): string | null => placeOf(Object.assign(new Request('https://a.test'), { cf }));

describe('placeOf', () => {
  it.each([
    [{ colo: 'FRA' }, 'DE'],
    [{ colo: 'IAD' }, 'US'],
    [{ colo: 'XXX' }, null],
    [{ colo: 7 }, null],
    [{ country: 'DE' }, null],
    [null, null],
  ])('%j is %s', (cf, country) => {
    expect(at(cf)).toBe(country);
  });

  it('knows nothing of requests outside of Cloudflare', () => {
    expect(placeOf(new Request('https://a.test'))).toBeNull();
  });

  it('has every data centre once, in a country that is there', () => {
    expect([...COUNTRY_OF_COLO.values()].filter((country) => !COUNTRIES.has(country))).toEqual([]);
    expect([...COUNTRY_OF_COLO.keys()].filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
    expect(COUNTRY_OF_COLO.size).toBeGreaterThan(150);
  });
});
