/** Keys, certificates and trusted roots from files. */
import { readPublicKey, type PublicKey } from '../../crypto/public-key.ts';
import { readSigningKey } from '../../crypto/node/signing-key.ts';
import { readCertificates, type Certificate } from '../../crypto/x509.ts';
import type { KeylessVerifier } from '../anchor.ts';
import type { Signer } from '../signer.ts';
import { atPlace, TrustError } from '../trust-error.ts';
import { createKeylessVerifier } from './keyless.ts';
import { readSmallFile } from './small-file.ts';

/** Larger than any key, chain or trusted root in use, bytes. */
const LIMIT = 1 << 20;

/** The public key of a PEM file. @throws TrustError `trust-root-missing`, `trust-root-malformed` */
export async function loadPublicKey(path: string): Promise<PublicKey> {
  const pem = await readText(path, 'trust-root-missing');
  return asTrustRoot(path, () => readPublicKey(pem));
}

/** All certificates of PEM files, in order. @throws TrustError `trust-root-missing`, `trust-root-malformed` */
export async function loadCertificates(paths: readonly string[]): Promise<readonly Certificate[]> {
  const certificates: Certificate[] = [];
  for (const path of paths) {
    const pem = await readText(path, 'trust-root-missing');
    certificates.push(...(await asTrustRoot(path, () => readCertificates(pem))));
  }
  return certificates;
}

/** The keyless verifier over a pinned trusted root (Sigstore's `trusted_root.json`). @throws TrustError */
export async function loadKeylessVerifier(path: string): Promise<KeylessVerifier> {
  const text = await readText(path, 'trust-root-missing');
  return createKeylessVerifier(text, path);
}

/** Files that a signer is made of. */
export interface SignerFiles {
  readonly privateKey: string;
  /** Null = the key has none. */
  readonly passphrase: string | null;
  /** The certificate of the key and then its issuers; empty = sign with the key alone. */
  readonly certificates: readonly string[];
}

/** Signs with a private key in a PEM file. @throws TrustError `key-locked`, `key-unsupported`, `pem-malformed`, … */
export async function loadSigner({ privateKey, passphrase, certificates }: SignerFiles): Promise<Signer> {
  const pem = await readText(privateKey, 'file-unreadable');
  const key = await atPlace(privateKey, () => readSigningKey(pem, passphrase));
  const chain = certificates.length === 0 ? null : await loadCertificates(certificates);
  return { publicKey: key.publicKey, chain, sign: key.sign };
}

async function readText(path: string, absent: 'trust-root-missing' | 'file-unreadable'): Promise<string> {
  const bytes = await readSmallFile({ path, limit: LIMIT, absent, tooLarge: 'trust-root-malformed' });
  return new TextDecoder().decode(bytes);
}

async function asTrustRoot<T>(path: string, read: () => T): Promise<T> {
  try {
    return await atPlace(path, read);
  } catch (error) {
    throw error instanceof TrustError ? new TrustError('trust-root-malformed', path, error.what) : error;
  }
}
