/** Prices and addresses of the catalogue beside two collections that others made (models.dev, an overlay of dated prices). */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../providers/index.ts';
import { createPriceBook } from '../../providers/price-book.ts';
import { readMaterial } from './material.ts';

interface Overlay {
  readonly overlays: readonly {
    readonly p: string;
    readonly id: string;
    readonly prices: readonly { from?: string; window?: unknown; in: number; cr: number; out: number }[];
  }[];
}

interface ModelCatalog {
  readonly providers: Readonly<Record<string, { readonly api?: string }>>;
  readonly models: readonly { readonly p: string; readonly id: string; readonly in?: number; readonly out?: number }[];
}

const overlay = readMaterial('data/price-overlay.json') as Overlay | null;
const models = readMaterial('data/model-catalog.json') as ModelCatalog | null;
const book = createPriceBook();

describe.skipIf(overlay === null)('dated prices', () => {
  it('are those of the day of the edition, outside the dear hours', () => {
    const entries = overlay?.overlays ?? [];
    expect(entries.length).toBeGreaterThan(0);
    for (const { p, id, prices } of entries) {
      const latest = prices.findLast((price) => price.window === undefined);
      expect(book.find(p, id)?.price).toMatchObject({
        inputUsd: latest?.in,
        cachedInputUsd: latest?.cr,
        outputUsd: latest?.out,
      });
    }
  });
});

describe.skipIf(models === null)('models.dev', () => {
  it.each([
    ['deepseek', 'deepseek'],
    ['fireworks', 'fireworks-ai'],
    ['nvidia-nim', 'nvidia'],
  ])('has %s at the same address', (row, theirs) => {
    expect(catalogue.get(row)?.baseUrl).toBe(models?.providers[theirs]?.api?.replace(/\/$/, ''));
  });

  it.each([
    ['openai', 'openai', 0.95],
    ['fireworks', 'fireworks-ai', 0.95],
    ['groq', 'groq', 0.75],
    ['mistral', 'mistral', 0.7],
  ])('agrees with the prices of %s wherever both know a model, but for a few', (row, theirs, share) => {
    const both = (models?.models ?? [])
      .filter(({ p }) => p === theirs)
      .map((model) => ({ model, price: book.find(row, model.id)?.price ?? null }))
      .filter(({ model, price }) => model.in !== undefined && typeof price?.outputUsd === 'number');
    const equal = both.filter(({ model, price }) => model.in === price?.inputUsd && model.out === price?.outputUsd);
    expect(both.length).toBeGreaterThan(3);
    expect(equal.length / both.length).toBeGreaterThanOrEqual(share);
  });
});
