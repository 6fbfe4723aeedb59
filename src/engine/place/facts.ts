/** What is known of a backend: the file over its region over the catalogue row, each fact with grade, source and dates. */
import type { EvidenceGrade, Fact, FactKey } from '../../core/backend.ts';
import { EDITORIAL } from '../../core/fact.ts';
import type { BackendConfig, CertConfig, FactConfig, FactWords } from '../../core/config.ts';
import type { Provider } from '../../core/provider.ts';
import { endOfDay } from '../../core/units.ts';
import type { PlaceFacts, ProviderPlace, ProviderRegion } from '../../core/provider-place.ts';

/** The facts of a backend. @param pool the pool that it is in; null = none */
export function compileFacts(
  { place }: Provider,
  region: ProviderRegion | null,
  stated: BackendConfig['facts'],
  pool: string | null,
): ReadonlyMap<FactKey, Fact> {
  const facts = new Map<FactKey, Fact>();
  if (place !== undefined) {
    restate(facts, place.facts, place, 'declared');
    // what every answer says of itself, and is held to, is more than a page
    if (region !== null) restate(facts, region.facts, place, region.proof === undefined ? 'declared' : 'reported');
  }
  for (const [key, config] of Object.entries(stated ?? {})) {
    if (config !== undefined) facts.set(key as FactKey, Object.freeze(compileFact(config)));
  }
  if (pool !== null) facts.set('pool', Object.freeze(compileFact(pool)));
  return facts;
}

function restate(
  facts: Map<FactKey, Fact>,
  rows: PlaceFacts,
  { basis, source, asOf }: ProviderPlace,
  grade: EvidenceGrade,
): void {
  const origin = basis === 'editorial' ? EDITORIAL : basis === 'secondary' ? `secondary: ${source}` : source!;
  for (const [key, value] of Object.entries(rows)) {
    facts.set(key as FactKey, Object.freeze({ value, grade, source: origin, asOf }));
  }
}

function compileFact(config: FactConfig): Fact {
  if (typeof config !== 'object' || !('value' in config)) {
    return { ...valueOf(config), grade: 'declared', source: 'configuration', asOf: null };
  }
  const { value, grade, source, as_of: asOf, expires } = config;
  return {
    ...valueOf(value),
    grade,
    source: source ?? 'configuration',
    asOf: asOf ?? null,
    ...(expires === undefined ? {} : { endsAt: endOfDay(expires) }),
  };
}

function valueOf(words: FactWords): Pick<Fact, 'value' | 'itemEndsAt'> {
  if (typeof words !== 'object') return { value: words };
  const ends = words.flatMap((item): [string, number][] =>
    typeof item === 'object' && item.expires !== undefined ? [[item.id, endOfDay(item.expires)]] : [],
  );
  const value = words.map(nameOf);
  return ends.length === 0 ? { value } : { value, itemEndsAt: new Map(ends) };
}

function nameOf(item: string | CertConfig): string {
  return typeof item === 'string' ? item : item.id;
}
