/** Whether one certificate was signed with the key of another. */
import { CryptoError } from './crypto-error.ts';
import { publicKeyOf, verifySignature } from './public-key.ts';
import type { Certificate } from './x509.ts';

/** Algorithms by object identifier; SHA-1, MD5 and RSA-PSS are not among them. */
const RSA: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.11': 'SHA-256',
  '1.2.840.113549.1.1.12': 'SHA-384',
  '1.2.840.113549.1.1.13': 'SHA-512',
};
const ECDSA: Readonly<Record<string, string>> = {
  '1.2.840.10045.4.3.2': 'SHA-256',
  '1.2.840.10045.4.3.3': 'SHA-384',
  '1.2.840.10045.4.3.4': 'SHA-512',
};
const MIN_MODULUS_BITS = 2048;

/**
 * True when the key of the issuer made the signature of the certificate.
 * @throws CryptoError `certificate-algorithm-unsupported`, `key-unsupported`
 */
export async function isSignedBy(certificate: Certificate, issuer: Certificate): Promise<boolean> {
  const { algorithm, signed, signature } = certificate;
  const ecdsa = ECDSA[algorithm];
  if (ecdsa !== undefined) return isEcdsaSignedBy(certificate, issuer, ecdsa);
  const hash = RSA[algorithm];
  if (hash === undefined) {
    const what = `${certificate.subjectText} is signed with the algorithm ${algorithm}`;
    throw new CryptoError('certificate-algorithm-unsupported', what);
  }
  const key = await importRsaKey(issuer, hash);
  return key !== null && crypto.subtle.verify('RSASSA-PKCS1-v1_5', key, signature, signed);
}

async function isEcdsaSignedBy(
  { signed, signature }: Certificate,
  { spki }: Certificate,
  hash: string,
): Promise<boolean> {
  try {
    return await verifySignature(publicKeyOf(spki), signed, signature, hash);
  } catch (error) {
    // Not strict, or of another curve: another certificate of that name may be the issuer.
    if (error instanceof CryptoError && error.code === 'der-malformed') return false;
    throw error;
  }
}

async function importRsaKey({ spki, subjectText }: Certificate, hash: string): Promise<CryptoKey | null> {
  const key = await crypto.subtle
    .importKey('spki', spki, { name: 'RSASSA-PKCS1-v1_5', hash }, false, ['verify'])
    .catch(() => null);
  if (key !== null && Number(Reflect.get(key.algorithm, 'modulusLength')) < MIN_MODULUS_BITS) {
    throw new CryptoError('key-unsupported', `${subjectText} has an RSA key of less than ${MIN_MODULUS_BITS} bits`);
  }
  return key;
}
