/** Private keys in files, over node:crypto: what signs a model when no KMS does. */
import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { CryptoError } from '../crypto-error.ts';
import { CURVES, publicKeyOf, type PublicKey } from '../public-key.ts';

/** A private key with its public half. */
export interface SigningKey {
  readonly publicKey: PublicKey;
  /** The DER signature over the data, with the hash of the curve. */
  sign(data: Uint8Array): Uint8Array;
}

/**
 * Reads a PEM file: PKCS#8, encrypted or not, or SEC1.
 * @throws CryptoError `key-locked` without the right passphrase, `key-unsupported` for other kinds and curves, `pem-malformed`
 */
export function readSigningKey(pem: string, passphrase: string | null): SigningKey {
  const key = openKey(pem, passphrase);
  const publicKey = publicKeyOf(createPublicKey(key).export({ type: 'spki', format: 'der' }));
  const hash = CURVES[publicKey.curve].hash;
  return { publicKey, sign: (data) => sign(hash, data, { key, dsaEncoding: 'der' }) };
}

function openKey(pem: string, passphrase: string | null): KeyObject {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw new CryptoError('pem-malformed', 'there is no block PRIVATE KEY');
  }
  const isEncrypted = /-----BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(pem);
  if (isEncrypted && passphrase === null) throw new CryptoError('key-locked', 'the key is encrypted');
  try {
    return createPrivateKey(isEncrypted && passphrase !== null ? { key: pem, passphrase } : pem);
  } catch {
    // What OpenSSL says of a wrong passphrase differs by version and helps nobody.
    if (isEncrypted) throw new CryptoError('key-locked', 'the passphrase does not open the key');
    throw new CryptoError('pem-malformed', 'the private key cannot be read');
  }
}
