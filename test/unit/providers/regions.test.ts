/** Every place that the rows let one choose is brought about by something, and claims that nothing brings about are refused. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../providers/index.ts';
import { COUNTRIES } from '../../../src/core/countries.ts';
import { createLanguage } from '../../../src/sections.ts';
import { findingsOf, load, portsOf } from '../config/fixture.ts';

const rows = [...catalogue.values()];
const regions = rows.flatMap(({ id, place }) => (place?.regions ?? []).map((region) => ({ row: id, region })));
const language = createLanguage(catalogue);

function codes(backend: string): string[] {
  const text = `backends: { up: { model: m, key: k, ${backend} } }\nmodels: { chat: { backends: [up] } }\n`;
  return findingsOf(load(text, portsOf(), language)).map(
    ({ code, message, fix }) => `${code}: ${message} (${fix ?? ''})`,
  );
}

describe('the regions of vendors', () => {
  it('are those that vendors offer, by what chooses them', () => {
    expect(regions.map(({ row, region }) => `${row} ${region.id}: ${region.select.by}`).toSorted()).toEqual([
      'anthropic us: field',
      'azure-openai datazone-eu: word',
      'azure-openai datazone-us: word',
      'azure-openai global: word',
      'azure-openai standard: word',
      'dashscope cn: url',
      'dashscope intl: url',
      'fireworks account: word',
      'mistral eu: url',
      'mistral us: url',
      ...['ae', 'au', 'eu', 'in', 'jp', 'us'].map((id) => `openai ${id}: url`),
      ...['ae', 'au', 'eu', 'in', 'jp', 'us'].map((id) => `openai-responses ${id}: url`),
      'openrouter eu: url',
      'openrouter us: url',
    ]);
  });

  it.each(regions)('$row $region.id says no more than it may', ({ region }) => {
    const { within, facts, select, proof } = region;
    expect((within ?? []).filter((country) => !COUNTRIES.has(country))).toEqual([]);
    expect([undefined, within]).toContainEqual(facts['compute.countries']);
    const isWhole = select.by !== 'url' || /^https:\/\/[^/]+\/.*[^/]$/.test(select.url);
    expect([isWhole, proof === undefined || select.by === 'field']).toEqual([true, true]);
  });

  it.each(regions.filter(({ region }) => region.select.by === 'url'))(
    '$row $region.id is not another address',
    ({ row, region }) => {
      expect(codes(`provider: ${row}, region: ${region.id}`)).toEqual([]);
      const elsewhere = `provider: ${row}, region: ${region.id}, url: 'https://elsewhere.example/v1'`;
      expect(codes(elsewhere)).toEqual([expect.stringContaining('region-mismatch')]);
    },
  );
});

describe('the type of a deployment', () => {
  const azure = `provider: azure-openai, url: 'https://corp.openai.azure.com/openai/v1'`;

  it('must be named before a place can be claimed: the address does not show it', () => {
    expect(codes(azure)).toEqual([]);
    expect(codes(`${azure}, facts: { compute.countries: [SE] }`)).toEqual([
      expect.stringMatching(/^region-mismatch: .*\[SE\] cannot be claimed \(add region: standard\)/),
    ]);
    expect(codes(`${azure}, region: standard, facts: { compute.countries: [SE] }`)).toEqual([]);
  });

  it('bounds the claim: a data zone is all of it, a global one is anywhere', () => {
    expect(codes(`${azure}, region: datazone-eu`)).toEqual([]);
    expect(codes(`${azure}, region: datazone-eu, facts: { compute.countries: [SE] }`)).toEqual([
      expect.stringMatching(/^region-mismatch: the region "datazone-eu" may compute in AT, BE/),
    ]);
    expect(codes(`${azure}, region: datazone-us, facts: { compute.countries: [US] }`)).toEqual([]);
    expect(codes(`${azure}, region: global`)).toEqual([]);
    expect(codes(`${azure}, region: global, facts: { compute.countries: [SE] }`)).toEqual([
      expect.stringMatching(/^region-mismatch: "global" promises no place/),
    ]);
  });

  it('has an address of its own only from the operator', () => {
    expect(codes('provider: azure-openai, region: standard')).toEqual([expect.stringContaining('missing-url')]);
  });
});
