/** Published prices, from the data of @pydantic/genai-prices (MIT, Pydantic Services Inc.). */
import { calcPrice, type ModelInfo, type ModelPrice as BookPrice, type TieredPrices } from '@pydantic/genai-prices';
import type { ModelPrice } from '../src/core/backend.ts';
import { DEEPSEEK_PEAKS, type PeakPrices } from './peak-prices.ts';
import type { BookEntry, PriceBook } from '../src/core/catalogue.ts';

/** The edition of the data: the package's version and the day it was published (npm). */
export const EDITION = Object.freeze({ version: '0.1.8', publishedOn: '2026-09-23' });

/** Catalogue ids -> ids of the data. Other providers are not in it: their prices are unknown. */
const BOOK_IDS: ReadonlyMap<string, string> = new Map([
  ['openai', 'openai'],
  ['deepseek', 'deepseek'],
  ['mistral', 'mistral'],
  ['groq', 'groq'],
  ['cerebras', 'cerebras'],
  ['xai', 'x-ai'],
  ['together', 'together'],
  ['fireworks', 'fireworks'],
  ['openrouter', 'openrouter'],
]);

/**
 * Makes the price book. It says one price per model, that of the edition's day: the first tier where long prompts cost more,
 * the price of most hours where it changes within the day and `peak-prices.ts` does not know how. `source` names these cases; a
 * price in the configuration replaces them. `find` reads neither the network nor the clock and takes up to a millisecond for a price that it was not asked for before: for loading, not for requests.
 */
export function createPriceBook(): PriceBook {
  const known = new Map<string, BookEntry | null>();
  return {
    find(provider, model) {
      const name = `${provider} ${model}`;
      let entry = known.get(name);
      if (entry === undefined) known.set(name, (entry = findEntry(provider, model)));
      return entry;
    },
  };
}

function findEntry(provider: string, model: string): BookEntry | null {
  const today = pricesOnEditionDay(provider, model);
  if (today === null) return null;
  const entry = entryOf(today);
  const isEmpty = entry.price.inputUsd === null && entry.price.outputUsd === null && entry.contextTokens === null;
  return isEmpty ? null : entry;
}

interface DayPrices {
  readonly model: ModelInfo;
  /** What holds most of the day. */
  readonly prices: BookPrice;
  /** True when it does not hold all day. */
  readonly changes: boolean;
}

function pricesOnEditionDay(provider: string, name: string): DayPrices | null {
  const providerId = BOOK_IDS.get(provider);
  if (providerId === undefined) return null;
  const at = (minutes: number) =>
    calcPrice({}, name, { providerId, timestamp: new Date(Date.parse(EDITION.publishedOn) + minutes * 60_000) });
  const first = at(0);
  if (first === null) return null;
  const { model } = first;
  if (!Array.isArray(model.prices)) return { model, prices: model.prices, changes: false };
  const hours = new Map<BookPrice, number>();
  for (let minutes = 15; minutes < 24 * 60; minutes += 30) {
    const prices = at(minutes)?.model_price ?? {};
    hours.set(prices, (hours.get(prices) ?? 0) + 0.5);
  }
  const [longest] = [...hours].toSorted(([, a], [, b]) => b - a);
  return { model, prices: longest?.[0] ?? {}, changes: hours.size > 1 };
}

function entryOf({ model, prices, changes }: DayPrices): BookEntry {
  const notes = [
    ...(Object.values(prices).some(isTiered) ? ['first tier'] : []),
    ...(changes ? ['price of most hours'] : []),
  ];
  const peaks = DEEPSEEK_PEAKS.get(model.id);
  if (changes && peaks !== undefined) return byTheHour(peaks, model);
  const price: ModelPrice = Object.freeze({
    inputUsd: perMillion(prices['input_mtok']),
    outputUsd: perMillion(prices['output_mtok']),
    cachedInputUsd: perMillion(prices['cache_read_mtok']),
    cacheWriteUsd: perMillion(prices['cache_write_mtok']),
    source: [`genai-prices ${EDITION.version}`, ...notes].join(', '),
    asOf: EDITION.publishedOn,
  });
  return Object.freeze({ price, contextTokens: model.context_window ?? null });
}

function byTheHour(peaks: PeakPrices, model: ModelInfo): BookEntry {
  const price = { ...peaks, source: `genai-prices ${EDITION.version}, by the hour`, asOf: EDITION.publishedOn };
  return Object.freeze({ price: Object.freeze(price), contextTokens: model.context_window ?? null });
}

function isTiered(price: number | TieredPrices | undefined): price is TieredPrices {
  return typeof price === 'object';
}

function perMillion(price: number | TieredPrices | undefined): number | null {
  return (isTiered(price) ? price.base : price) ?? null;
}
