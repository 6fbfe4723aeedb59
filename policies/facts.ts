/** What kind of value each fact about a backend has, and therefore how it can be compared. */
import type { Backend, EvidenceGrade, Fact, FactKey, FactValue } from '../src/core/backend.ts';

/**
 * `country` and `countries` hold ISO codes, `number` counts, `flag` is true or false, `word` is one of a few names, `text` is any name,
 * `list` holds names of which a constraint wants all, `level` is one of the levels of trust in what a server has loaded.
 */
export type FactKind = 'country' | 'countries' | 'number' | 'flag' | 'word' | 'text' | 'list' | 'level';

/** The kind of every fact that constraints may speak of, in the order in which failures are reported. */
export const FACT_KINDS: Readonly<Record<FactKey, FactKind>> = Object.freeze({
  accelerator: 'text',
  // what files are comes before what is said of them
  'artifact.signature': 'text',
  'artifact.level': 'level',
  certs: 'list',
  'compute.countries': 'countries',
  human_review: 'flag',
  'metadata.countries': 'countries',
  'model.licence': 'text',
  'model.origin': 'country',
  network: 'word',
  'operator.control': 'countries',
  'operator.country': 'country',
  'operator.group': 'text',
  pool: 'text',
  retention_days: 'number',
  'sovereignty.seal': 'number',
  'storage.countries': 'countries',
  trains_on_data: 'flag',
});

/** The fact keys in that order. */
export const FACT_KEYS: readonly FactKey[] = Object.freeze(
  Object.keys(FACT_KINDS).filter((key): key is FactKey => Object.hasOwn(FACT_KINDS, key)),
);

/**
 * Facts that nobody states because this gateway finds them out, again and again, of backends with an artifact; and how well it then
 * knows: a signature proves what the files are, a server only says what it has loaded.
 */
export const LIVE_GRADES: Readonly<Partial<Record<FactKey, EvidenceGrade>>> = Object.freeze({
  'artifact.level': 'reported',
  'artifact.signature': 'attested',
});

/** How well a fact of a backend is known; undefined = it is not. */
export function gradeOf(
  { artifact, facts }: Pick<Backend, 'artifact' | 'facts'>,
  key: FactKey,
): EvidenceGrade | undefined {
  return (artifact == null ? undefined : LIVE_GRADES[key]) ?? facts.get(key)?.grade;
}

/** How traffic reaches a backend: what the fact `network` may say. */
export const NETWORKS = Object.freeze(['public', 'private-link', 'perimeter'] as const);

/** True for facts that hold countries, where zones may be named. */
export function isPlaceKey(key: FactKey): boolean {
  const kind = FACT_KINDS[key];
  return kind === 'country' || kind === 'countries';
}

/** What a fact says at a moment (ms since the epoch): what has expired is not there. undefined = nothing. */
export function valueAt(fact: Fact | undefined, at: number): FactValue | undefined {
  if (fact === undefined || (fact.endsAt !== undefined && at >= fact.endsAt)) return undefined;
  const { value, itemEndsAt } = fact;
  if (itemEndsAt === undefined || typeof value !== 'object') return value;
  return value.filter((item) => at < (itemEndsAt.get(item) ?? Infinity));
}

/** Every moment at which a fact says something else than before. */
export function endsOf({ endsAt, itemEndsAt }: Fact): readonly number[] {
  return [...(endsAt === undefined ? [] : [endsAt]), ...(itemEndsAt?.values() ?? [])];
}
