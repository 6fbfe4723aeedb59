/** What a catalogue row knows of where a vendor stands, and how a place of it is chosen: facts restated with their source and date. */
import type { FactValue, StatedFactKey } from './fact.ts';

/** How a request gets to a region. */
export type RegionSelector =
  /** Another base URL. */
  | { readonly by: 'url'; readonly url: string }
  /** The beginning of the model's name there. */
  | { readonly by: 'model-prefix'; readonly prefix: string }
  /** A top-level field of every request. */
  | { readonly by: 'field'; readonly name: string; readonly value: string }
  /** Something that no request shows (an account, a deployment's SKU): the operator's word. */
  | { readonly by: 'word'; readonly what: string };

/** A place that a vendor lets its customers choose. */
export interface ProviderRegion {
  readonly id: string;
  readonly select: RegionSelector;
  /** Where requests may then be computed at most: a narrower claim is refused. null = as the operator says; empty = anywhere, and no claim is taken. */
  readonly within: readonly string[] | null;
  /** What holds there without further agreement. */
  readonly facts: PlaceFacts;
  /** What it costs over the price of the vendor's other places, for models whose names match. */
  readonly uplift?: { readonly factor: number; readonly models: readonly string[] };
  /** Field of an answer's usage that says where it ran, and what it says there. */
  readonly proof?: readonly [field: string, value: string];
}

/** Facts as a row states them. */
export type PlaceFacts = Readonly<Partial<Record<StatedFactKey, FactValue>>>;

/** Where a vendor stands. */
export interface ProviderPlace {
  /** What holds wherever it computes. */
  readonly facts: PlaceFacts;
  /** How the row knows: the vendor's page, others who quote it, or general knowledge that the operator must confirm. */
  readonly basis: 'vendor' | 'secondary' | 'editorial';
  /** The page; null for general knowledge. */
  readonly source: string | null;
  /** ISO date on which it was read. */
  readonly asOf: string;
  readonly regions: readonly ProviderRegion[];
}

/** The day on which the rows were compiled. */
export const PLACES_AS_OF = '2026-11-23';

/** A vendor of whom only general knowledge says where it stands. */
export function editorialPlace(facts: PlaceFacts, regions: readonly ProviderRegion[] = []): ProviderPlace {
  return Object.freeze({ facts, basis: 'editorial', source: null, asOf: PLACES_AS_OF, regions });
}

/** A vendor whose own page says so. */
export function documentedPlace(
  source: string,
  facts: PlaceFacts,
  regions: readonly ProviderRegion[] = [],
): ProviderPlace {
  return Object.freeze({ facts, basis: 'vendor', source, asOf: PLACES_AS_OF, regions });
}
