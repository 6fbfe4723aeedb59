/** The digest over what the catalogue says: the same for the same rows and prices, another for others, and never of the file's own words. */
import { describe, expect, it } from 'vitest';
import { identityOf } from '../../../src/app.ts';
import type { PriceBook } from '../../../src/core/catalogue.ts';
import type { WholeConfig } from '../../../src/core/config.ts';
import { backendAt, wholeConfig } from '../../support/whole-config.ts';

const book = (inputUsd: number): PriceBook => ({
  find: (provider, model) => ({
    price: { inputUsd, outputUsd: 2, cachedInputUsd: null, cacheWriteUsd: null, source: provider, asOf: model },
    contextTokens: null,
  }),
});
const [a, b] = [backendAt('http://a.test/v1'), { ...backendAt('http://b.test/v1'), provider: 'mistral' }];
const over = (backends: WholeConfig['backends'], prices: PriceBook | null = book(1)): string =>
  identityOf(wholeConfig({ backends }), prices).catalogue;

describe('the digest of the catalogue', () => {
  it('goes by rows and prices alone, in whatever order the backends stand', () => {
    expect(over({ a, b })).toBe(over({ b, a }));
    expect(over({ a, b })).toBe(over({ a: { ...a, key: 'sk-1', facts: { retention_days: 0 } }, c: b }));
    expect(over({ a, b })).not.toContain('a.test');
  });

  it('is another where another row or price decides', () => {
    const all = [over({ a, b }), over({ a }), over({ a, b }, book(3)), over({ a, b }, null)];
    expect(new Set([...all, over({ a: { ...a, model: 'other' }, b })]).size).toBe(5);
  });
});
