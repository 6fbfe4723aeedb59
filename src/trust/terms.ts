/** The terms of an artifact: the compiled form of an entry of `trust.models`. */
import type { InspectPolicy } from '../artifact/inspect.ts';
import type { TrustLevel } from '../core/artifact.ts';
import type { ArtifactStoreConfig } from '../core/config.ts';
import type { LeafIdentity } from './anchor.ts';

/** Whom a configuration trusts, before files are read; each text is a path, or PEM. */
export type SignerTerms =
  | { readonly method: 'key'; readonly key: string }
  | {
      readonly method: 'certificate';
      readonly chain: readonly string[];
      readonly identity: LeafIdentity;
      /** Lower-case hexadecimal. */
      readonly deniedKeys: readonly string[];
    }
  | { readonly method: 'sigstore'; readonly identity: string; readonly issuer: string; readonly trustedRoot: string };

/** One artifact. */
export interface ArtifactTerms {
  readonly id: string;
  /** As written; paths start at the folder of the configuration. */
  readonly path: string;
  /** Relative to the folder of the model; null = where it usually lies. */
  readonly signature: string | null;
  readonly signer: SignerTerms;
  /** Root digests, lower-case hexadecimal; null = any that the signer signed. */
  readonly digests: readonly string[] | null;
  /** ms since the epoch; null = certificates of any age. */
  readonly signedSinceMs: number | null;
  readonly level: TrustLevel;
  readonly inspection: InspectPolicy;
  readonly maxAgeMs: number;
  readonly leaseMs: number;
  readonly ignore: readonly string[];
  readonly allowIgnored: readonly string[];
  readonly store: ArtifactStoreConfig | null;
  readonly reports: readonly string[] | null;
}

/** True for a text that holds a key or certificate itself and is no path to one. */
export function isPem(text: string): boolean {
  return text.includes('-----BEGIN ');
}
