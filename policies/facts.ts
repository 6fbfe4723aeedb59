/** What kind of value each fact about a backend has, and therefore how it can be compared. */
import type { FactKey } from '../src/core/backend.ts';

/** `country` and `countries` hold ISO codes, `number` counts, `flag` is true or false, `word` is one of a few names. */
export type FactKind = 'country' | 'countries' | 'number' | 'flag' | 'word';

/** The kind of every fact that constraints may speak of, in the order in which failures are reported. */
export const FACT_KINDS: Readonly<Record<FactKey, FactKind>> = Object.freeze({
  'compute.countries': 'countries',
  network: 'word',
  'operator.country': 'country',
  retention_days: 'number',
  trains_on_data: 'flag',
});

/** The fact keys in that order. */
export const FACT_KEYS: readonly FactKey[] = Object.freeze([
  'compute.countries',
  'network',
  'operator.country',
  'retention_days',
  'trains_on_data',
]);

/** How traffic reaches a backend: what the fact `network` may say. */
export const NETWORKS = Object.freeze(['public', 'private-link', 'perimeter'] as const);

/** True for facts that hold countries, where zones may be named. */
export function isPlaceKey(key: FactKey): boolean {
  const kind = FACT_KINDS[key];
  return kind === 'country' || kind === 'countries';
}
