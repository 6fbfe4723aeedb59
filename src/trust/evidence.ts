/** What a verification of an artifact left as evidence, and how its faults are named. */
import type { Inspection } from '../artifact/inspect.ts';
import type { ArtifactFault } from '../core/artifact.ts';
import type { FileReport } from './compare.ts';
import type { ClaimReport, StoreListing } from './store-claims.ts';
import type { VerifiedManifest } from './verify.ts';

/** What a store claims of an artifact, set beside its signature. */
export interface StoreEvidence {
  readonly source: StoreListing['source'];
  readonly revision: string | null;
  readonly report: ClaimReport;
}

/** An artifact whose files are what was signed. */
export interface ArtifactEvidence {
  readonly verified: VerifiedManifest;
  /** Signed files that were found unchanged. */
  readonly files: number;
  readonly inspection: Inspection;
  /** null = no store is named, or it cannot be read; `storeFault` says why. */
  readonly store: StoreEvidence | null;
  readonly storeFault: string | null;
  /** Wall clock, ms since the epoch. */
  readonly verifiedAt: number;
}

/** The files as they were right before they were verified; null = they could not be listed. */
export interface SeenFiles {
  readonly fingerprint: string | null;
  /** Of a signature that lies elsewhere. */
  readonly beside: string | null;
  /** What is left out when the files are watched; the signature is not. */
  readonly skip: (name: string) => boolean;
}

/** What was found. */
export type ArtifactOutcome = { readonly seen: SeenFiles } & (
  | { readonly evidence: ArtifactEvidence; readonly fault: null }
  | { readonly evidence: null; readonly fault: ArtifactFault }
);

const NAMED = 3;

/** Which files differ, in words. */
export function differenceOf({ changed, missing, extra }: FileReport): string {
  const parts = [
    ['changed', changed],
    ['missing', missing],
    ['not signed', extra],
  ] as const;
  return parts
    .filter(([, names]) => names.length > 0)
    .map(([word, names]) => `${word}: ${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ', …' : ''}`)
    .join('; ');
}

/** The first finding that forbids loading; null = there is none. */
export function refusalOf({ findings }: Inspection): ArtifactFault | null {
  const refused = findings.find(({ level }) => level === 'refuse');
  return refused === undefined ? null : { rule: refused.rule, what: `${refused.file}: ${refused.message}` };
}
