/** Prices of the book written into a configuration, for runtimes that do not carry the book. */
import type { BookEntry, PriceBook } from '../core/catalogue.ts';
import type { BackendConfig, PriceConfig, WholeConfig } from '../core/config.ts';

/** The configuration with what the book knows of backends that state no price or context of their own. */
export function fillPrices(whole: WholeConfig, book: PriceBook): WholeConfig {
  const backends = Object.entries(whole.backends).map(([id, backend]): [string, BackendConfig] => {
    const known = book.find(backend.provider, backend.model);
    return [id, known === null ? backend : fill(backend, known)];
  });
  return { ...whole, backends: Object.fromEntries(backends) };
}

function fill(backend: BackendConfig, { price, contextTokens }: BookEntry): BackendConfig {
  return {
    ...backend,
    price: backend.price ?? {
      ...partOf('input', price.inputUsd),
      ...partOf('output', price.outputUsd),
      ...partOf('cached_input', price.cachedInputUsd),
      ...partOf('cache_write', price.cacheWriteUsd),
      // the file has no words for hours
      source: price.windows === undefined ? price.source : `${price.source}: of most hours`,
      ...(price.asOf === null ? {} : { as_of: price.asOf }),
    },
    ...(backend.context === undefined && contextTokens !== null ? { context: contextTokens } : {}),
  };
}

function partOf(name: keyof PriceConfig, usd: number | null): PriceConfig {
  return usd === null ? {} : { [name]: usd };
}
