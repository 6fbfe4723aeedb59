/** Which region of its provider a backend is in, and what follows: address, name of the model, fields, price. */
import type { ModelPrice, RegionTerms } from '../../core/backend.ts';
import type { BackendConfig } from '../../core/config.ts';
import type { Rates } from '../../core/price-windows.ts';
import type { Provider } from '../../core/provider.ts';
import type { ProviderRegion } from '../../core/provider-place.ts';

/** The region that the configuration names, or that its address or model belongs to; null = none. */
export function regionOf({ place, baseUrl }: Provider, config: BackendConfig): ProviderRegion | null {
  const regions = place?.regions ?? [];
  if (config.region !== undefined) return regions.find(({ id }) => id === config.region) ?? null;
  const host = hostOf(config.url ?? baseUrl);
  return (
    regions.find(({ select }) => {
      if (select.by === 'url') return config.url !== undefined && host !== null && host === hostOf(select.url);
      return select.by === 'model-prefix' && config.model.startsWith(select.prefix);
    }) ?? null
  );
}

/** Address and model of a backend as its region wants them. */
export function placedAt(
  { baseUrl }: Provider,
  config: Pick<BackendConfig, 'url' | 'model'>,
  region: ProviderRegion | null,
): { readonly url: string; readonly model: string } {
  const { select } = region ?? {};
  const url = config.url ?? (select?.by === 'url' ? select.url : baseUrl!);
  const prefix = select?.by === 'model-prefix' && !config.model.startsWith(select.prefix) ? select.prefix : '';
  return { url: url.replace(/\/+$/, ''), model: prefix + config.model };
}

/** What every request must say, and every answer. */
export function regionTerms(region: ProviderRegion | null): RegionTerms | null {
  if (region === null) return null;
  const { id, select, proof } = region;
  const field: RegionTerms['field'] = select.by === 'field' ? [select.name, select.value] : null;
  return Object.freeze({ id, field, proof: proof ?? null });
}

/** The price in a region: what the book says, with what the region costs on top. */
export function priceThere(price: ModelPrice | null, region: ProviderRegion | null, model: string): ModelPrice | null {
  const uplift = region?.uplift;
  if (price === null || uplift === undefined || !uplift.models.some((glob) => matches(glob, model))) return price;
  const times = (usd: number | null) => (usd === null ? null : usd * uplift.factor);
  const scaled = <R extends Rates>(rates: R): R => ({
    ...rates,
    inputUsd: times(rates.inputUsd),
    outputUsd: times(rates.outputUsd),
    cachedInputUsd: times(rates.cachedInputUsd),
    cacheWriteUsd: times(rates.cacheWriteUsd),
  });
  return Object.freeze({
    ...scaled(price),
    ...(price.windows === undefined ? {} : { windows: price.windows.map(scaled) }),
    source: `${price.source}, x ${uplift.factor} in region ${region!.id}`,
  });
}

function matches(glob: string, model: string): boolean {
  return glob.endsWith('*') ? model.startsWith(glob.slice(0, -1)) : model === glob;
}

/** The host of a URL; null where it is not one. */
export function hostOf(url: string | null): string | null {
  return url === null ? null : (URL.parse(url)?.host ?? null);
}
