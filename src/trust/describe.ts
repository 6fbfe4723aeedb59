/** What a bundle says of itself, without any proof: for people who ask what they hold. */
import { readCertificate } from '../crypto/x509.ts';
import type { Method } from './anchor.ts';
import { readBundle, type Bundle } from './bundle.ts';
import { openStatement, readStatement, type Statement } from './statement.ts';
import { isVersion02, readStatement02 } from './statement-v02.ts';
import { toTrustError } from './trust-error.ts';

/** The certificate of a bundle, as it reads. */
export interface ClaimedCertificate {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  /** Unix milliseconds. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** What is claimed. Nothing of it is verified. */
export interface Claim extends Statement {
  readonly method: Method;
  /** The key that is named; null with certificates and in old bundles. */
  readonly hint: string | null;
  /** Leaf first; empty with a key. */
  readonly certificates: readonly ClaimedCertificate[];
}

/** Reads a bundle whose form is right, without verifying its signature. @throws TrustError */
export function describeBundle(bytes: Uint8Array): Claim {
  const bundle = readBundle(bytes);
  const { material, payload } = bundle;
  const opened = openStatement(payload);
  const statement = isVersion02(opened) ? readStatement02(opened) : readStatement(opened);
  const hint = material.method === 'key' ? material.hint : null;
  return { ...statement, method: material.method, hint, certificates: certificatesOf(bundle) };
}

function certificatesOf({ material }: Bundle): ClaimedCertificate[] {
  if (material.method === 'key') return [];
  const ders = material.method === 'certificate' ? material.chain : [material.certificate];
  try {
    return ders.map((der) => {
      const { subjectText: subject, issuerText: issuer, names, notBeforeMs, notAfterMs } = readCertificate(der);
      return { subject, issuer, names, notBeforeMs, notAfterMs };
    });
  } catch (error) {
    throw toTrustError(error, 'bundle');
  }
}
