/** Whom a configuration trusts, with the files read: at every verification anew, so that a key that was withdrawn is withdrawn. */
import { resolve } from 'node:path';
import { readPublicKey, type PublicKey } from '../../crypto/public-key.ts';
import { readCertificates, type Certificate } from '../../crypto/x509.ts';
import type { TrustAnchor } from '../anchor.ts';
import { isPem, type SignerTerms } from '../terms.ts';
import { atPlace, TrustError } from '../trust-error.ts';
import { loadCertificates, loadKeylessVerifier, loadPublicKey } from './anchors.ts';

/**
 * Opens the anchor.
 * @param folder where relative paths start
 * @throws TrustError `trust-root-missing`, `trust-root-malformed`, `keyless-packages-missing`, …
 */
export async function openAnchor(terms: SignerTerms, folder: string): Promise<TrustAnchor> {
  if (terms.method === 'key') return { method: 'key', key: await openKey(terms.key, folder) };
  if (terms.method === 'sigstore') {
    const { identity, issuer, trustedRoot } = terms;
    return { method: 'sigstore', identity, issuer, verifier: await loadKeylessVerifier(resolve(folder, trustedRoot)) };
  }
  const authorities: Certificate[] = [];
  for (const text of terms.chain) authorities.push(...(await openCertificates(text, folder)));
  return { method: 'certificate', authorities, identity: terms.identity, deniedKeys: new Set(terms.deniedKeys) };
}

async function openKey(text: string, folder: string): Promise<PublicKey> {
  return isPem(text) ? inConfiguration(() => readPublicKey(text)) : loadPublicKey(resolve(folder, text));
}

async function openCertificates(text: string, folder: string): Promise<readonly Certificate[]> {
  return isPem(text) ? inConfiguration(() => readCertificates(text)) : loadCertificates([resolve(folder, text)]);
}

async function inConfiguration<T>(read: () => T): Promise<T> {
  try {
    return await atPlace('configuration', read);
  } catch (error) {
    throw error instanceof TrustError ? new TrustError('trust-root-malformed', 'configuration', error.what) : error;
  }
}
