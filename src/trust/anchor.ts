/** Whom a caller trusts to sign a model: a key, an identity in certificates under its own roots, or a keyless identity. */
import type { PublicKey } from '../crypto/public-key.ts';
import type { Certificate } from '../crypto/x509.ts';

/** How a model is signed. */
export type Method = 'key' | 'certificate' | 'sigstore';

/** Exactly this key. */
export interface KeyAnchor {
  readonly method: 'key';
  readonly key: PublicKey;
}

/**
 * Who the leaf must belong to. `name`: one of its subject alternative names, or its subject (`CN=signer,O=Example`), exactly.
 * `key`: lower-case SHA-256 of its public key (DER). `anyone`: whoever the roots vouch for, which is rarely what is meant.
 */
export type LeafIdentity =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'key'; readonly sha256: string }
  | { readonly kind: 'anyone' };

/** A signing certificate of this identity that leads to these authorities. */
export interface CertificateAnchor {
  readonly method: 'certificate';
  /**
   * Trusted by the caller. Self-signed ones are roots and the others may stand between; where none is self-signed, each is
   * trusted as it is.
   */
  readonly authorities: readonly Certificate[];
  readonly identity: LeafIdentity;
  /** Lower-case SHA-256 of public keys (DER) that were withdrawn. */
  readonly deniedKeys: ReadonlySet<string>;
}

/** What a keyless signature proves: the identity, and who vouched for it. */
export interface KeylessIdentity {
  /** The subject alternative name: an e-mail address or a workflow's URI. */
  readonly identity: string;
  /** The OIDC issuer. */
  readonly issuer: string;
}

/** Verifies keyless bundles against a pinned trusted root: certificate, timestamps and transparency log. */
export interface KeylessVerifier {
  /** @throws TrustError `keyless-unverified` */
  verify(bundle: unknown): Promise<KeylessIdentity>;
}

/** Exactly this identity, vouched for by exactly this issuer. */
export interface KeylessAnchor extends KeylessIdentity {
  readonly method: 'sigstore';
  readonly verifier: KeylessVerifier;
}

/** Whom a caller trusts. */
export type TrustAnchor = KeyAnchor | CertificateAnchor | KeylessAnchor;

/** Who signed, as it was proven. Key digests are lower-case SHA-256 over the DER of the public key. */
export type VerifiedSigner =
  | { readonly method: 'key'; readonly keyDigest: string; readonly hint: string }
  | {
      readonly method: 'certificate';
      readonly keyDigest: string;
      readonly subject: string;
      /** Subject alternative names. */
      readonly names: readonly string[];
      /** The subject of the root that was reached. */
      readonly root: string;
      /** When the leaf begins and expires, Unix milliseconds. */
      readonly notBeforeMs: number;
      readonly notAfterMs: number;
    }
  /** `notBeforeMs`: when its short-lived certificate began, which is when it was signed. */
  | ({ readonly method: 'sigstore'; readonly notBeforeMs: number } & KeylessIdentity);
