/** Verifies the signature of a bundle by its method and says who signed. */
import { sameBytes } from '../crypto/bytes.ts';
import { preAuthEncoding } from '../crypto/dsse.ts';
import { hintOf, keyDigestOf, publicKeyOf, verifySignature, type PublicKey } from '../crypto/public-key.ts';
import { buildPath } from '../crypto/x509-path.ts';
import { isSignedBy } from '../crypto/x509-signature.ts';
import { readCertificate, type Certificate } from '../crypto/x509.ts';
import type { CertificateAnchor, KeyAnchor, KeylessAnchor, TrustAnchor, VerifiedSigner } from './anchor.ts';
import { PAYLOAD_TYPE, type Bundle, type BundleMaterial } from './bundle.ts';
import { preAuthEncoding02 } from './statement-v02.ts';
import { TrustError } from './trust-error.ts';

/** How the signature was made. */
export interface SignatureForm {
  /** Of version 0.2, which signs another encoding and always over SHA-256. */
  readonly isVersion02: boolean;
  /** The time at which certificates must be valid, Unix milliseconds. */
  readonly nowMs: number;
}

type Material<M extends BundleMaterial['method']> = Extract<BundleMaterial, { readonly method: M }>;

/** Who signed the payload. @throws TrustError, CryptoError unless it was whom the anchor trusts */
export async function verifySigner(bundle: Bundle, anchor: TrustAnchor, form: SignatureForm): Promise<VerifiedSigner> {
  const { material } = bundle;
  if (material.method === 'key' && anchor.method === 'key') return verifyByKey(bundle, material, anchor, form);
  if (material.method === 'certificate' && anchor.method === 'certificate') {
    return verifyByCertificate(bundle, material, anchor, form);
  }
  if (material.method === 'sigstore' && anchor.method === 'sigstore') {
    return verifyKeyless(bundle, material, anchor, form);
  }
  const what = `is signed by the method ${material.method}, not ${anchor.method}`;
  throw new TrustError('method-mismatch', 'bundle', what);
}

async function verifyByKey(
  bundle: Bundle,
  { hint }: Material<'key'>,
  { key }: KeyAnchor,
  form: SignatureForm,
): Promise<VerifiedSigner> {
  const expected = await hintOf(key);
  if (hint !== null && hint !== expected) {
    const what = `names the key ${hint}, not ${expected}`;
    throw new TrustError('key-hint-mismatch', 'bundle verificationMaterial.publicKey.hint', what);
  }
  await verifyPayload(bundle, key, form);
  return { method: 'key', keyDigest: await keyDigestOf(key), hint: expected };
}

async function verifyByCertificate(
  bundle: Bundle,
  { chain }: Material<'certificate'>,
  anchor: CertificateAnchor,
  form: SignatureForm,
): Promise<VerifiedSigner> {
  const [leaf, ...intermediates] = chain.map((der) => readCertificate(der));
  if (leaf === undefined) throw new TrustError('certificate-malformed', 'bundle', 'has no certificate');
  const { authorities, deniedKeys, identity } = anchor;
  const roots = await rootsOf(authorities);
  const policy = { roots, intermediates: [...authorities, ...intermediates], atMs: form.nowMs, deniedKeys };
  const path = await buildPath(leaf, policy);
  const keyDigest = await keyDigestOf(leaf);
  if (!matches(leaf, keyDigest, identity)) {
    const found = [...leaf.names, leaf.subjectText].map((name) => JSON.stringify(name)).join(', ');
    throw new TrustError('identity-mismatch', 'certificate', `was issued to ${found}, key sha256:${keyDigest}`);
  }
  await verifyPayload(bundle, publicKeyOf(leaf.spki), form);
  const { subjectText: subject, names, notBeforeMs, notAfterMs } = leaf;
  const root = path.at(-1)?.subjectText ?? '';
  return { method: 'certificate', keyDigest, subject, names, root, notBeforeMs, notAfterMs };
}

async function rootsOf(authorities: readonly Certificate[]): Promise<readonly Certificate[]> {
  const roots: Certificate[] = [];
  for (const authority of authorities) if (await isSelfSigned(authority)) roots.push(authority);
  return roots.length > 0 ? roots : authorities;
}

/** A name that is its own issuer's does not suffice: a signing certificate may bear the name of its CA. */
async function isSelfSigned(certificate: Certificate): Promise<boolean> {
  if (!sameBytes(certificate.subject, certificate.issuer)) return false;
  try {
    return await isSignedBy(certificate, certificate);
  } catch {
    return false;
  }
}

function matches(leaf: Certificate, keyDigest: string, identity: CertificateAnchor['identity']): boolean {
  if (identity.kind === 'anyone') return true;
  if (identity.kind === 'key') return keyDigest === identity.sha256;
  return leaf.names.includes(identity.name) || leaf.subjectText === identity.name;
}

async function verifyKeyless(
  bundle: Bundle,
  { certificate }: Material<'sigstore'>,
  { verifier, identity, issuer }: KeylessAnchor,
  form: SignatureForm,
): Promise<VerifiedSigner> {
  const proven = await verifier.verify(bundle.json);
  if (proven.identity !== identity) {
    const what = `proves ${JSON.stringify(proven.identity)}, not ${JSON.stringify(identity)}`;
    throw new TrustError('identity-mismatch', 'keyless certificate', what);
  }
  if (proven.issuer !== issuer) {
    const what = `was vouched for by ${JSON.stringify(proven.issuer)}, not ${JSON.stringify(issuer)}`;
    throw new TrustError('issuer-mismatch', 'keyless certificate', what);
  }
  // The packages verified it too; the payload that is read here must be the one that they saw.
  const { spki, notBeforeMs } = readCertificate(certificate);
  await verifyPayload(bundle, publicKeyOf(spki), form);
  return { method: 'sigstore', notBeforeMs, ...proven };
}

async function verifyPayload(
  { payload, signature }: Bundle,
  key: PublicKey,
  { isVersion02 }: SignatureForm,
): Promise<void> {
  const isValid = isVersion02
    ? await verifySignature(key, preAuthEncoding02(payload), signature, 'SHA-256')
    : await verifySignature(key, preAuthEncoding(PAYLOAD_TYPE, payload), signature);
  if (!isValid) throw new TrustError('signature-invalid', 'bundle', 'the signature does not belong to this payload');
}
