/** How a validated file states facts of backends, constraints over them, and what waives a constraint. */
import type { TrustLevel } from './artifact.ts';
import type { EvidenceGrade, FactKey, FactValue } from './fact.ts';

/** A certificate that ends: the last day on which it counts, YYYY-MM-DD. */
export interface CertConfig {
  readonly id: string;
  readonly expires?: string | undefined;
}

/** The bare value of a fact as the file states it. */
export type FactWords = FactValue | readonly (string | CertConfig)[];

/** A fact as the file states it: the bare value, or the value with its evidence. */
export type FactConfig =
  | FactWords
  | {
      readonly value: FactWords;
      readonly grade: 'declared' | 'contractual';
      readonly source?: string | undefined;
      readonly as_of?: string | undefined;
      /** The last day on which it counts, YYYY-MM-DD. */
      readonly expires?: string | undefined;
    };

/** What a constraint wants of one fact. A named zone or a list where countries are compared. */
export type RequirementConfig =
  | FactValue
  | { readonly subset: string | readonly string[] }
  | { readonly in: string | readonly string[] }
  | { readonly not_in: string | readonly string[] }
  | { readonly max: number }
  | { readonly min: number | TrustLevel }
  | { readonly all: string | readonly string[] }
  | { readonly any: string | readonly string[] };

/** What a constraint may require: facts of backends, and where this gateway stands. */
export type RequirementKey = FactKey | 'gateway.countries';

/** An entry of `constraints:`. */
export interface ConstraintConfig {
  readonly id: string;
  /** CEL; absent = always. */
  readonly when?: string | undefined;
  readonly require: Readonly<Partial<Record<RequirementKey, RequirementConfig>>>;
  /** How well the facts must be known at least; absent = declared. */
  readonly min_grade?: EvidenceGrade | undefined;
}

/** An entry of `tenants:`. */
export interface TenantConfig {
  /** On top of those of the gateway. */
  readonly constraints: readonly ConstraintConfig[];
}

/** An entry of `waivers:`: a constraint does not hold for these backends, for these callers, until then. */
export interface WaiverConfig {
  readonly id: string;
  readonly constraint: string;
  readonly backends: readonly string[];
  /** Absent = every caller. */
  readonly tenants?: readonly string[] | undefined;
  readonly keys?: readonly string[] | undefined;
  readonly reason: string;
  readonly approver: string;
  /** The last day on which it counts, YYYY-MM-DD. */
  readonly expires: string;
}
