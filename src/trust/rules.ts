/** The one table of rules that a signed model is held to: what each means for the outcome, and how to mend a breach of it. */

/**
 * What a breach means. `refused`: what was looked at is not what its signer signed, or the signer is not the expected one.
 * `trust`: what the caller trusts (keys, roots, identities) is missing or of no use. `failure`: something could not be read.
 */
export type RuleKind = 'refused' | 'trust' | 'failure';

/** One row. */
export interface RuleRow {
  readonly kind: RuleKind;
  /** How to mend it, a clause without full stop. */
  readonly remedy: string;
}

const SIGN_AGAIN = 'ask the publisher for a signature that keeps to OpenSSF Model Signing v1.0';
const FETCH_AGAIN = 'fetch the model and its signature again from their source';
const CERTIFICATE = 'ask the publisher for a signature with a certificate that is right';

const refused = (remedy: string): RuleRow => Object.freeze({ kind: 'refused', remedy });
const trust = (remedy: string): RuleRow => Object.freeze({ kind: 'trust', remedy });

/** Every rule by its stable name, in the order in which they are checked. */
export const TRUST_RULES = Object.freeze({
  // the bundle
  'bundle-too-large': refused('a signature has at most 64 MiB; check that the right file is named'),
  'bundle-not-json': refused(FETCH_AGAIN),
  'bundle-duplicate-key': refused(SIGN_AGAIN),
  'bundle-too-deep': refused(SIGN_AGAIN),
  'bundle-shape': refused(SIGN_AGAIN),
  'bundle-media-type': refused('only Sigstore bundles of version 0.3 are read'),
  'signature-count': refused('a bundle has exactly one signature; ask the publisher to sign each on its own'),
  'base64-not-strict': refused(SIGN_AGAIN),
  'payload-type': refused(SIGN_AGAIN),
  'method-mismatch': refused('verify with the method that the signer used; thalweg model show names it'),
  'transparency-log-missing': refused('a keyless signature needs its transparency log entry; ask for the whole bundle'),
  // the signature
  'key-hint-mismatch': refused('verify with the public key of the signer, or ask who signed'),
  'der-malformed': refused(SIGN_AGAIN),
  'key-unsupported': refused('models are signed with ECDSA on P-256, P-384 or P-521'),
  'certificate-malformed': refused(CERTIFICATE),
  'certificate-extension-unknown': refused(CERTIFICATE),
  'certificate-algorithm-unsupported': refused('certificates must be signed with SHA-256 or better, RSA or ECDSA'),
  'certificate-expired': refused('ask the publisher to sign again with a certificate that is valid now'),
  'certificate-not-yet-valid': refused('check the clock of this machine, or wait until the certificate is valid'),
  'certificate-wrong-usage': refused('models are signed with certificates for code signing, not with those of servers'),
  'certificate-not-ca': refused(CERTIFICATE),
  'certificate-path-too-long': refused(CERTIFICATE),
  'certificate-denied': refused('the operator withdrew this key; ask for a signature with another'),
  'certificate-chain-incomplete': refused(
    'name the roots that the signer belongs to, or ask for the missing intermediates',
  ),
  'identity-mismatch': refused('this is another signer; trust its identity, or fetch what the expected one signed'),
  'issuer-mismatch': refused('another identity provider vouched for this name; do not trust it unless you know why'),
  'keyless-unverified': refused('check the trusted root, then fetch the signature again from its source'),
  'signature-invalid': refused('the bundle was changed, or another key signed it; fetch it again from its source'),
  // the statement
  'statement-not-json': refused(SIGN_AGAIN),
  'statement-type': refused(SIGN_AGAIN),
  'predicate-type': refused('this signs something else than a model of v1; signatures of 0.2 need --compat v0.2'),
  'statement-shape': refused(SIGN_AGAIN),
  'statement-subject': refused(SIGN_AGAIN),
  'predicate-shape': refused(SIGN_AGAIN),
  'manifest-empty': refused(SIGN_AGAIN),
  'name-not-canonical': refused(SIGN_AGAIN),
  'name-duplicate': refused(SIGN_AGAIN),
  'algorithm-unsupported': refused('ask the publisher for a signature with sha256'),
  'algorithm-mismatch': refused(SIGN_AGAIN),
  'digest-malformed': refused(SIGN_AGAIN),
  'shard-malformed': refused(SIGN_AGAIN),
  'ignore-path-refused': refused('a signature may not leave out the whole model; ask the publisher to sign it'),
  'root-digest-mismatch': refused(SIGN_AGAIN),
  // policy
  'root-not-allowed': refused(
    'this is another version of the model, or another model; allow its root digest if you want it',
  ),
  'signed-too-early': refused('this is an older version; accept an earlier day, or fetch the newer one'),
  'ignored-path-loads': refused('the signature leaves out a file that loaders read; allow it by name if that is meant'),
  'symlinks-not-allowed': refused('allow links, which must stay inside the model, or ask for a signature without them'),
  // the files
  'files-differ': refused(FETCH_AGAIN),
  // what the caller brings
  'pem-malformed': trust('write the key or the certificates as PEM'),
  'key-locked': trust('give the passphrase in the environment variable THALWEG_KEY_PASSPHRASE'),
  'key-certificate-mismatch': trust('sign with the private key that belongs to the signing certificate'),
  'trust-root-missing': trust('name whom you trust: --public-key, --certificate-chain or --trusted-root'),
  'trust-root-malformed': trust('write the trust root again from its source'),
  'identity-missing': trust('name the identity that you expect of the signer'),
  'keyless-packages-missing': trust(
    'install them: npm install @sigstore/verify @sigstore/bundle @sigstore/protobuf-specs',
  ),
  'store-missing': Object.freeze({
    kind: 'failure',
    remedy: 'check the folder of the store and the name of the model',
  }),
  'store-malformed': Object.freeze({ kind: 'failure', remedy: 'fetch the model into the store again' }),
  'model-empty': Object.freeze({ kind: 'failure', remedy: 'name a folder with at least one file that is not ignored' }),
  'file-unreadable': Object.freeze({ kind: 'failure', remedy: 'check the path and the rights of this user' }),
  'file-not-writable': Object.freeze({ kind: 'failure', remedy: 'name a place that this user may write to' }),
} satisfies Record<string, RuleRow>);

/** The name of a rule: kebab-case, never renamed. */
export type TrustRule = keyof typeof TRUST_RULES;
