/** Where a worker is, as far as the runtime says. */
import { describe, expect, it } from 'vitest';
import { sealBuiltConfig } from '../../../src/config/built.ts';
import { COUNTRIES } from '../../../src/core/countries.ts';
import { COUNTRY_OF_COLO, placeOf } from '../../../src/server/web/colo.ts';
import { createWorker } from '../../../src/worker.ts';
import { wholeConfig } from '../../support/whole-config.ts';

const at = (cf: unknown): string | null => placeOf(Object.assign(new Request('https://a.test'), { cf }));

describe('placeOf', () => {
  it.each([
    [{ colo: 'FRA' }, 'DE'],
    [{ colo: 'IAD' }, 'US'],
    [{ colo: 'SJU' }, null],
    [{ colo: 'XXX' }, null],
    [{ colo: 'fra' }, null],
    [{ colo: 'constructor' }, null],
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
    // a code under two countries would count once
    expect(COUNTRY_OF_COLO.size).toBe(331);
  });
});

describe('a constraint on the place of a worker', () => {
  const constraints = [{ id: 'here', require: { 'gateway.countries': { subset: 'EU' } } }];
  const whole = wholeConfig({ constraints, telemetry: { log: 'off', metrics: false, content: 'never' } });
  const worker = createWorker(sealBuiltConfig({ ...whole, gateway: { ...whole.gateway, countries: ['DE'] } }));

  it.each([
    [{ colo: 'FRA' }, ['DE'], null],
    [{ colo: 'ZRH' }, ['CH'], 'wrong-gateway-region'],
    [{ colo: 'XXX' }, null, 'wrong-gateway-region'],
    [undefined, null, 'wrong-gateway-region'],
  ])('goes by the data centre of the request, %j, not by what the file says', async (cf, countries, code) => {
    const request = new Request('https://gateway.test/v1/explain', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'any', messages: [{ role: 'user', content: 'Hi' }] }),
    });
    const answer = await worker.fetch(Object.assign(request, { cf }), {}, { waitUntil: () => {} });
    const { gateway, refusal } = (await answer.json()) as { gateway: unknown; refusal: { code: string } | null };
    expect([gateway, refusal?.code ?? null]).toEqual([{ countries }, code]);
  });
});
