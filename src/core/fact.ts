/** What is known of a backend, how well and until when. */

/** How a fact is known, weakest first. */
export type EvidenceGrade = 'declared' | 'contractual' | 'reported' | 'attested';

/** Grades in order: a fact of a later one is worth more. */
export const EVIDENCE_GRADES: readonly EvidenceGrade[] = Object.freeze([
  'declared',
  'contractual',
  'reported',
  'attested',
]);

/** The source of what is general knowledge and must be confirmed. */
export const EDITORIAL = 'editorial: confirm before relying on it';

/** The value of a fact. */
export type FactValue = string | number | boolean | readonly string[];

/** One fact about a backend. Unknown facts are absent and never satisfy a constraint. */
export interface Fact {
  readonly value: FactValue;
  readonly grade: EvidenceGrade;
  /** Who says so: `configuration`, a URL, a contract. */
  readonly source: string;
  /** ISO date of the evidence; null = not told. */
  readonly asOf: string | null;
  /** The moment from which it counts as unknown, ms since the epoch; absent = never. */
  readonly endsAt?: number;
  /** The same for single items of a list, such as certificates. */
  readonly itemEndsAt?: ReadonlyMap<string, number>;
}

/** The facts that the file or the catalogue may state. */
export type StatedFactKey =
  | 'operator.country'
  | 'operator.control'
  | 'operator.group'
  | 'compute.countries'
  | 'storage.countries'
  | 'metadata.countries'
  | 'retention_days'
  | 'trains_on_data'
  | 'human_review'
  | 'certs'
  | 'sovereignty.seal'
  | 'model.origin'
  | 'model.licence'
  | 'network'
  | 'accelerator';

/** The fact keys that constraints may speak of; those that nobody states are known of the gateway itself. */
export type FactKey = StatedFactKey | 'pool' | 'artifact.signature' | 'artifact.level';
