/** Builds and judges the chain from a signing certificate to a trusted root (RFC 5280 section 6, strict subset). */
import { sameBytes } from './bytes.ts';
import { CryptoError } from './crypto-error.ts';
import { keyDigestOf } from './public-key.ts';
import { isSignedBy } from './x509-signature.ts';
import type { Certificate } from './x509.ts';

/** What a chain is held to. */
export interface PathPolicy {
  /** Trusted without further proof, but not beyond their validity. */
  readonly roots: readonly Certificate[];
  /** May stand between leaf and root; not trusted by themselves. */
  readonly intermediates: readonly Certificate[];
  /** The time at which every certificate must be valid, Unix milliseconds. */
  readonly atMs: number;
  /** Lower-case SHA-256 of public keys that are not accepted anywhere in the chain. */
  readonly deniedKeys: ReadonlySet<string>;
}

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const MAX_CERTIFICATES = 8;
/** Bounds what certificates that all bear one name can cost. */
const MAX_CHECKS = 64;

interface Search {
  readonly policy: PathPolicy;
  checks: number;
  /** The first reason why a promising chain failed: more telling than that there is none. */
  failure: CryptoError | null;
}

/**
 * The chain, leaf first and root last. The leaf must be valid at the time and may sign code: extended key usage
 * codeSigning, or without that extension key usage digitalSignature.
 * @throws CryptoError with the reason
 */
export async function buildPath(leaf: Certificate, policy: PathPolicy): Promise<readonly Certificate[]> {
  await checkValid(leaf, policy);
  checkLeafUsage(leaf);
  const search: Search = { policy, checks: 0, failure: null };
  const path = await extend([leaf], search);
  if (path !== null) return path;
  const what = `no chain leads from ${leaf.subjectText} (issued by ${leaf.issuerText}) to a trusted root`;
  throw search.failure ?? new CryptoError('certificate-chain-incomplete', what);
}

async function extend(path: readonly Certificate[], search: Search): Promise<readonly Certificate[] | null> {
  const { policy } = search;
  const last = path[path.length - 1];
  if (last === undefined || path.length > MAX_CERTIFICATES) return null;
  if (policy.roots.some(({ der }) => sameBytes(der, last.der))) return path;
  for (const issuer of [...policy.roots, ...policy.intermediates]) {
    if (!sameBytes(issuer.subject, last.issuer) || path.some(({ der }) => sameBytes(der, issuer.der))) continue;
    if (!(await mayIssue(issuer, path, search))) continue;
    const whole = await extend([...path, issuer], search);
    if (whole !== null) return whole;
  }
  return null;
}

async function mayIssue(issuer: Certificate, path: readonly Certificate[], search: Search): Promise<boolean> {
  const last = path[path.length - 1];
  if (last === undefined || ++search.checks > MAX_CHECKS) return false;
  try {
    if (!(await isSignedBy(last, issuer))) return false;
    await checkValid(issuer, search.policy);
    checkIssuer(issuer, path);
    return true;
  } catch (error) {
    if (!(error instanceof CryptoError)) throw error;
    search.failure ??= error;
    return false;
  }
}

async function checkValid(certificate: Certificate, { atMs, deniedKeys }: PathPolicy): Promise<void> {
  const { subjectText, notBeforeMs, notAfterMs } = certificate;
  if (atMs < notBeforeMs) {
    throw new CryptoError('certificate-not-yet-valid', `${subjectText} is valid from ${day(notBeforeMs)}`);
  }
  if (atMs > notAfterMs) {
    throw new CryptoError('certificate-expired', `${subjectText} expired on ${day(notAfterMs)}`);
  }
  if (deniedKeys.size > 0 && deniedKeys.has(await keyDigestOf(certificate))) {
    throw new CryptoError('certificate-denied', `the key of ${subjectText} is on the deny-list`);
  }
}

function checkLeafUsage({ subjectText, extendedKeyUsage, keyUsage }: Certificate): void {
  const maySign = keyUsage?.digitalSignature ?? extendedKeyUsage !== null;
  if (maySign && (extendedKeyUsage?.includes(CODE_SIGNING) ?? true)) return;
  throw new CryptoError('certificate-wrong-usage', `${subjectText} is not for signing code`);
}

function checkIssuer(issuer: Certificate, path: readonly Certificate[]): void {
  const { subjectText, isCa, keyUsage, maxPath, extendedKeyUsage } = issuer;
  if (!isCa || keyUsage?.keyCertSign === false) {
    throw new CryptoError('certificate-not-ca', `${subjectText} may not issue certificates`);
  }
  if (extendedKeyUsage?.includes(CODE_SIGNING) === false) {
    throw new CryptoError('certificate-wrong-usage', `${subjectText} may not issue certificates that sign code`);
  }
  // A CA that renews itself does not count (RFC 5280 section 4.2.1.9); the leaf never does.
  const between = path.slice(1).filter((ca) => !sameBytes(ca.subject, ca.issuer)).length;
  if (maxPath !== null && between > maxPath) {
    throw new CryptoError('certificate-path-too-long', `${subjectText} allows ${maxPath} CAs below it, not ${between}`);
  }
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
