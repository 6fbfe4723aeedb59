/** Public keys that sign models: ECDSA on P-256, P-384 and P-521, checked by WebCrypto. */
import { CryptoError } from './crypto-error.ts';
import { readBits, readChildren, readDer, readOid, Tag } from './der.ts';
import { digestOf } from './digest.ts';
import { signatureFromDer } from './ecdsa-signature.ts';
import { toHex } from './hex.ts';
import { readPem, writePem } from './pem.ts';

/** The curves of OpenSSF Model Signing (algorithm-registry.md), each with the hash that belongs to it. */
export const CURVES = Object.freeze({
  'P-256': Object.freeze({ oid: '1.2.840.10045.3.1.7', hash: 'SHA-256', bytes: 32 }),
  'P-384': Object.freeze({ oid: '1.3.132.0.34', hash: 'SHA-384', bytes: 48 }),
  'P-521': Object.freeze({ oid: '1.3.132.0.35', hash: 'SHA-512', bytes: 66 }),
});

/** The name of such a curve. */
export type Curve = keyof typeof CURVES;

const EC_KEY = '1.2.840.10045.2.1';
const encoder = new TextEncoder();

/** A public key. */
export interface PublicKey {
  readonly curve: Curve;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array<ArrayBuffer>;
}

/**
 * The key in a PEM text with exactly one block `PUBLIC KEY`.
 * @throws CryptoError `pem-malformed`, `der-malformed`, `key-unsupported`
 */
export function readPublicKey(pem: string): PublicKey {
  const [block, ...more] = readPem(pem);
  if (block?.label !== 'PUBLIC KEY' || more.length > 0) {
    throw new CryptoError('pem-malformed', `one block PUBLIC KEY is expected, not ${block?.label ?? 'nothing'}`);
  }
  return publicKeyOf(block.der);
}

/** The key in a SubjectPublicKeyInfo. @throws CryptoError `der-malformed`, `key-unsupported` */
export function publicKeyOf(spki: Uint8Array): PublicKey {
  const { whole, ...value } = readDer(spki);
  const [algorithm, bits] = readChildren({ ...value, whole }, Tag.sequence);
  if (algorithm === undefined) throw new CryptoError('der-malformed', 'a public key without an algorithm');
  const [kind, parameters] = readChildren(algorithm, Tag.sequence);
  const oid = readOid(kind);
  if (oid !== EC_KEY) throw new CryptoError('key-unsupported', `a key of the kind ${nameKind(oid)}`);
  const named = readOid(parameters);
  const curve = curveOf(named);
  const { bytes } = readBits(bits);
  if (curve === null) throw new CryptoError('key-unsupported', `a key on the curve ${nameKind(named)}`);
  if (bytes[0] !== 4 || bytes.length !== 1 + 2 * CURVES[curve].bytes) {
    throw new CryptoError('key-unsupported', 'a key whose point is not in the uncompressed form');
  }
  return { curve, spki: whole };
}

function curveOf(oid: string): Curve | null {
  if (oid === CURVES['P-256'].oid) return 'P-256';
  if (oid === CURVES['P-384'].oid) return 'P-384';
  return oid === CURVES['P-521'].oid ? 'P-521' : null;
}

const KINDS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.1': 'RSA',
  '1.3.101.112': 'Ed25519',
  '1.3.132.0.10': 'secp256k1',
};

function nameKind(oid: string): string {
  return KINDS[oid] ?? oid;
}

/** The text that OpenSSL writes for the key; the hint is a digest of it. */
function publicKeyPem({ spki }: PublicKey): string {
  return writePem('PUBLIC KEY', spki);
}

/** The `hint` of a bundle: lower-case SHA-256 over the PEM text, not over the DER (sign_ec_key.py). */
export async function hintOf(key: PublicKey): Promise<string> {
  return toHex(await digestOf('SHA-256', encoder.encode(publicKeyPem(key))));
}

/** Lower-case SHA-256 over the DER of the key: how pins and deny-lists name it. */
export async function keyDigestOf({ spki }: Pick<PublicKey, 'spki'>): Promise<string> {
  return toHex(await digestOf('SHA-256', spki));
}

/**
 * True when the DER signature over the data was made with this key, with the hash of its curve unless another is named.
 * @throws CryptoError `der-malformed` for a signature that is not strict DER, `key-unsupported` for a point off the curve
 */
export async function verifySignature(
  { curve, spki }: PublicKey,
  data: Uint8Array<ArrayBuffer>,
  der: Uint8Array,
  hash: string = CURVES[curve].hash,
): Promise<boolean> {
  const signature = signatureFromDer(der, CURVES[curve].bytes);
  const key = await importKey(curve, spki);
  return crypto.subtle.verify({ name: 'ECDSA', hash }, key, signature, data);
}

async function importKey(namedCurve: Curve, spki: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey('spki', spki, { name: 'ECDSA', namedCurve }, false, ['verify']);
  } catch {
    throw new CryptoError('key-unsupported', `a key whose point is not on the curve ${namedCurve}`);
  }
}
