/** Verifies a bundle: from bytes of a stranger to a manifest whose signer is proven, or the first rule that is broken. */
import type { TrustAnchor, VerifiedSigner } from './anchor.ts';
import { readBundle, type Bundle } from './bundle.ts';
import { compareNames } from './file-digest.ts';
import { isLoaded } from './ignore.ts';
import type { JsonPart } from './json-part.ts';
import { manifestDigestOf, rootDigestOf, type Manifest } from './manifest.ts';
import { foldName } from './names.ts';
import { openStatement, readStatement, type Statement } from './statement.ts';
import { isVersion02, readStatement02 } from './statement-v02.ts';
import { toTrustError, TrustError } from './trust-error.ts';
import { verifySigner } from './verify-signature.ts';

/** What is accepted besides the signer. */
export interface VerifyPolicy {
  /** The time at which certificates must be valid, Unix milliseconds. */
  readonly nowMs: number;
  /** Root digests, lower-case hexadecimal; null = whatever the signer signed, older versions too. */
  readonly allowedRoots: ReadonlySet<string> | null;
  /** The certificate of the signer may not have begun before, ms since the epoch; a bare key tells no time and is refused. Absent = any. */
  readonly signedSinceMs?: number | null;
  /** Files that loaders read and that the signer may leave out all the same. */
  readonly allowedIgnores: ReadonlySet<string>;
  /** Accept the form of version 0.2. */
  readonly acceptVersion02: boolean;
  /** Accept that links were followed when it was signed. */
  readonly allowSymlinks: boolean;
}

/** Only what was signed now by v1, nothing left out that loaders read. */
export function strictPolicy(nowMs: number): VerifyPolicy {
  const none: ReadonlySet<string> = new Set();
  return { nowMs, allowedRoots: null, allowedIgnores: none, acceptVersion02: false, allowSymlinks: false };
}

/** Something odd that refuses nothing. */
export interface TrustWarning {
  /** Kebab-case. */
  readonly rule:
    | 'key-hint-missing'
    | 'order-not-canonical'
    | 'names-alike'
    | 'single-file-dot'
    | 'ignores-signed'
    | 'version-0.2';
  readonly what: string;
}

/** A manifest whose signer is proven. It says nothing of files until they are compared with it. */
export interface VerifiedManifest {
  readonly signer: VerifiedSigner;
  /** What the signer called it; for people only. */
  readonly subject: string;
  readonly manifest: Manifest;
  /** Lower-case hexadecimal. */
  readonly rootDigest: string;
  /** Covers the names too, lower-case hexadecimal. */
  readonly manifestDigest: string;
  readonly warnings: readonly TrustWarning[];
}

/**
 * Verifies a bundle. Runs wherever WebCrypto does.
 * @throws TrustError with the first rule that is broken
 */
export async function verifyBundle(
  bytes: Uint8Array,
  anchor: TrustAnchor,
  policy: VerifyPolicy,
): Promise<VerifiedManifest> {
  const bundle = readBundle(bytes);
  const isOld = readsAsVersion02(bundle);
  if (isOld && !policy.acceptVersion02) throw new TrustError('predicate-type', 'statement', 'is of version 0.2');
  const signer = await signerOf(bundle, anchor, { isVersion02: isOld, nowMs: policy.nowMs });
  const opened = openStatement(bundle.payload);
  const { subject, rootDigest, manifest } = isOld ? readStatement02(opened) : readStatement(opened);
  const computed = await rootDigestOf(manifest);
  checkRoot(computed, rootDigest, opened);
  checkPolicy(computed, manifest, policy);
  checkAge(signer, policy);
  const warnings = [...warningsOf(bundle, manifest), ...(isOld ? [OLD] : [])];
  return {
    signer,
    subject,
    manifest,
    rootDigest: computed,
    manifestDigest: await manifestDigestOf(manifest),
    warnings,
  };
}

async function signerOf(...[bundle, anchor, form]: Parameters<typeof verifySigner>): Promise<VerifiedSigner> {
  try {
    return await verifySigner(bundle, anchor, form);
  } catch (error) {
    throw toTrustError(error, 'bundle');
  }
}

/** A look ahead, before the signature is verified: the old form signs another encoding. */
function readsAsVersion02({ payload }: Bundle): boolean {
  try {
    return isVersion02(openStatement(payload));
  } catch {
    // Refused after the signature was verified, in its turn.
    return false;
  }
}

function checkRoot(computed: string, stated: Statement['rootDigest'], statement: JsonPart): void {
  if (stated === null || stated === computed) return;
  statement.get('subject').refuse(`states the root ${stated}; its files make ${computed}`, 'root-digest-mismatch');
}

function checkPolicy(root: string, manifest: Manifest, policy: VerifyPolicy): void {
  if (policy.allowedRoots !== null && !policy.allowedRoots.has(root)) {
    throw new TrustError('root-not-allowed', 'statement', `the signed root is sha256:${root}`);
  }
  const ignored = manifest.ignorePaths.find((path) => isLoaded(path) && !policy.allowedIgnores.has(path));
  if (ignored !== undefined) throw new TrustError('ignored-path-loads', 'statement', `leaves out ${ignored}`);
  if (manifest.allowSymlinks && !policy.allowSymlinks) {
    throw new TrustError('symlinks-not-allowed', 'statement', 'links were followed when it was signed');
  }
  if (manifest.hashType !== 'sha256') {
    throw new TrustError('algorithm-unsupported', 'statement', `the files are hashed with ${manifest.hashType}`);
  }
}

function checkAge(signer: VerifiedSigner, { signedSinceMs = null }: VerifyPolicy): void {
  if (signedSinceMs === null) return;
  if (signer.method === 'key') throw new TrustError('signed-too-early', 'bundle', 'a bare key does not tell when');
  if (signer.notBeforeMs >= signedSinceMs) return;
  const began = new Date(signer.notBeforeMs).toISOString().slice(0, 10);
  throw new TrustError('signed-too-early', 'certificate', `began on ${began}`);
}

const OLD: TrustWarning = {
  rule: 'version-0.2',
  what: 'the form of version 0.2 signs neither a root digest nor what was left out',
};

function warningsOf({ material }: Bundle, { resources, ignorePaths }: Manifest): TrustWarning[] {
  const warnings: TrustWarning[] = [];
  const add = (rule: TrustWarning['rule'], what: string): void => void warnings.push({ rule, what });
  if (material.method === 'key' && material.hint === null) {
    add('key-hint-missing', 'the bundle does not name its key, as bundles before version 1.1.0 of the Python client');
  }
  if (resources.some(({ name }, i) => i > 0 && compareNames(resources[i - 1]?.name ?? '', name) > 0)) {
    add('order-not-canonical', 'the files are not in the order of the standard; other clients may refuse the bundle');
  }
  const alike = findAlike(resources.map(({ name }) => name));
  if (alike !== null) add('names-alike', `${alike.join(' and ')} are one file on systems that fold names`);
  if (resources[0]?.name === '.') add('single-file-dot', 'the one file is named "." as the Python client does');
  const folders = ignorePaths.filter((path) => !path.startsWith('.git') && !path.endsWith('.sig'));
  if (folders.length > 0) add('ignores-signed', `not signed: ${folders.join(', ')}`);
  return warnings;
}

function findAlike(names: readonly string[]): readonly [string, string] | null {
  const seen = new Map<string, string>();
  for (const name of names) {
    const folded = foldName(name);
    const other = seen.get(folded);
    if (other !== undefined) return [other, name];
    seen.set(folded, name);
  }
  return null;
}
