/** The price book: known figures, honest gaps, and an edition that is the installed one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calcPrice, findProvider } from '@pydantic/genai-prices';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../providers/index.ts';
import { ratesAt } from '../../../src/core/price-windows.ts';
import { createPriceBook, EDITION } from '../../../providers/price-book.ts';

const book = createPriceBook();
const root = join(import.meta.dirname, '../../..');

describe('createPriceBook', () => {
  it('knows published prices in USD per million tokens, with cache and context', () => {
    expect(book.find('openai', 'gpt-4o-mini')).toEqual({
      price: {
        inputUsd: 0.15,
        outputUsd: 0.6,
        cachedInputUsd: 0.075,
        cacheWriteUsd: null,
        source: 'genai-prices 0.1.8',
        asOf: '2026-09-23',
      },
      contextTokens: 128_000,
    });
    expect(book.find('xai', 'grok-4')?.price).toMatchObject({ inputUsd: 3, outputUsd: 15, cachedInputUsd: 0.75 });
    expect(book.find('groq', 'llama-3.3-70b-versatile')?.price).toMatchObject({ inputUsd: 0.59, outputUsd: 0.79 });
  });

  it('takes the first tier of a price that grows with the prompt, and says so', () => {
    expect(book.find('openai', 'gpt-5.4')?.price).toMatchObject({
      inputUsd: 2.5,
      outputUsd: 15,
      cachedInputUsd: 0.25,
      source: 'genai-prices 0.1.8, first tier',
    });
  });

  it('knows the hours at which a price is another', () => {
    const { price } = book.find('deepseek', 'deepseek-v4-flash')!;
    expect(price).toMatchObject({ inputUsd: 0.22, outputUsd: 0.66, source: 'genai-prices 0.1.8, by the hour' });
    expect(price.windows).toHaveLength(1);
  });

  it.each(['deepseek-v4-flash', 'deepseek-v4-pro'])(
    'says of %s at every hour of a weekday what the data says',
    (id) => {
      const { price } = book.find('deepseek', id)!;
      for (let hour = 0; hour < 24; hour++) {
        const at = Date.UTC(2026, 8, 23, hour, 30);
        const said = calcPrice({}, id, { providerId: 'deepseek', timestamp: new Date(at) })?.model_price;
        const { inputUsd, outputUsd, cachedInputUsd } = ratesAt(price, at);
        expect([hour, inputUsd, outputUsd, cachedInputUsd]).toEqual([
          hour,
          said?.input_mtok,
          said?.output_mtok,
          said?.cache_read_mtok,
        ]);
      }
    },
  );

  it('takes the last of several dated prices', () => {
    expect(book.find('openai', 'o3')?.price).toMatchObject({ inputUsd: 2, outputUsd: 8, source: 'genai-prices 0.1.8' });
  });

  it.each([
    ['openai', 'gpt-9000'],
    ['openai', '*'],
    ['openrouter', '*'],
    ['vllm', 'gpt-4o-mini'],
    ['openai-compatible', 'gpt-4o-mini'],
    ['sambanova', 'DeepSeek-V3.1'],
    ['nobody', 'gpt-4o-mini'],
    ['deepseek', 'gpt-4o-mini'],
  ])('does not know %s %s: unknown, never free', (provider, model) => {
    expect(book.find(provider, model)).toBeNull();
  });

  it('gives equal answers to equal questions, and frozen ones', () => {
    const entry = book.find('deepseek', 'deepseek-v4-pro');
    expect(book.find('deepseek', 'deepseek-v4-pro')).toEqual(entry);
    expect(Object.isFrozen(entry) && Object.isFrozen(entry?.price)).toBe(true);
  });

  it('reads every model of every vendor it has without failing, and no price is negative', () => {
    let found = 0;
    for (const provider of catalogue.keys()) {
      const models = findProvider({ providerId: provider === 'xai' ? 'x-ai' : provider })?.models ?? [];
      for (const { id } of models) {
        const price = book.find(provider, id)?.price;
        const parts = [price?.inputUsd, price?.outputUsd, price?.cachedInputUsd, price?.cacheWriteUsd];
        expect(parts.filter((part) => typeof part === 'number' && !(part >= 0))).toEqual([]);
        if (price !== undefined) found++;
      }
    }
    expect(found).toBeGreaterThan(800);
  });

  it('is the edition that is installed', () => {
    const path = join(root, 'node_modules/@pydantic/genai-prices/package.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ version: EDITION.version, license: 'MIT' });
    expect(EDITION.publishedOn).toMatch(/^2026-\d\d-\d\d$/);
  });
});
