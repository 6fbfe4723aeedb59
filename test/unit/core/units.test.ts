/** Durations, sizes and country codes as people write them. */
import { describe, expect, it } from 'vitest';
import { COUNTRIES, countryFault } from '../../../src/core/countries.ts';
import { parseDuration, parseSize } from '../../../src/core/units.ts';

describe('durations', () => {
  it.each([
    ['0ms', 0],
    ['800ms', 800],
    ['1.5s', 1500],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['0.0004s', null],
    ['30', null],
    ['30 s', null],
    ['-1s', null],
    ['1d', null],
    ['s', null],
    ['1s2ms', null],
  ])('%s', (text, ms) => expect(parseDuration(text)).toBe(ms));
});

describe('sizes', () => {
  it.each([
    ['512B', 512],
    ['64KiB', 65_536],
    ['4MiB', 4_194_304],
    ['1GiB', 1_073_741_824],
    ['4MB', null],
    ['1.5MiB', null],
    ['4', null],
  ])('%s', (text, bytes) => expect(parseSize(text)).toBe(bytes));
});

describe('countries', () => {
  it('are the 249 of ISO 3166-1', () => {
    expect(COUNTRIES.size).toBe(249);
    expect([...COUNTRIES].every((code) => countryFault(code) === null)).toBe(true);
  });

  it.each([
    ['uk', 'did you mean "GB"?'],
    ['EL', 'did you mean "GR"?'],
    ['de', 'did you mean "DE"?'],
    ['EU', 'write the two-letter code in capitals, like DE'],
    [false, 'write "NO" in quotes'],
    [true, 'write the ISO 3166-1 code in capitals, like DE'],
  ])('%j is mended by: %s', (value, fix) => expect(countryFault(value)?.fix).toBe(fix));
});
