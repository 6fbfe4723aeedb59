/** Signed bundles of any form, right or wrong, each with a signature that is really valid for what it covers. */
import { createHash, sign } from 'node:crypto';
import { preAuthEncoding } from '../../src/crypto/dsse.ts';
import { readPublicKey, hintOf } from '../../src/crypto/public-key.ts';
import type { TrustAnchor } from '../../src/trust/anchor.ts';
import { publicPem, type KeyPair } from './certificates.ts';

const HASHES: Readonly<Record<string, string>> = { prime256v1: 'sha256', secp384r1: 'sha384', secp521r1: 'sha512' };
const TYPE = 'application/vnd.in-toto+json';

/** SHA-256 in lower-case hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** The statement of a model with these contents by name. */
export function makeStatement(files: Readonly<Record<string, string>>): Record<string, unknown> {
  const resources = Object.entries(files).map(([name, text]) => ({ name, algorithm: 'sha256', digest: sha256(text) }));
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'model', digest: { sha256: rootOf(resources) } }],
    predicateType: 'https://model_signing/signature/v1.0',
    predicate: {
      serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ignore_paths: [] },
      resources,
    },
  };
}

/** The root digest of resources in their order. */
export function rootOf(resources: readonly { readonly digest: string }[]): string {
  return sha256(Buffer.concat(resources.map(({ digest }) => Buffer.from(digest, 'hex'))));
}

/** How a bundle is made. */
export interface BundleForm {
  readonly key: KeyPair;
  /** Any bytes: a statement is not needed. */
  readonly payload: string;
  /** DER, leaf first; absent: the key method. */
  readonly chain?: readonly Uint8Array[];
  /** What the signature covers; the right encoding when absent. */
  readonly covered?: Uint8Array;
}

/** The bundle as an object, to be changed before it is written. */
export async function makeBundle({ key, payload, chain, covered }: BundleForm): Promise<Record<string, unknown>> {
  const bytes = Buffer.from(payload);
  const curve = key.publicKey.asymmetricKeyDetails?.namedCurve ?? '';
  const signature = sign(HASHES[curve] ?? 'sha256', covered ?? preAuthEncoding(TYPE, bytes), key.privateKey);
  const material =
    chain === undefined
      ? { publicKey: { hint: await hintOf(readPublicKey(publicPem(key))) } }
      : {
          x509CertificateChain: {
            certificates: chain.map((one) => ({ rawBytes: Buffer.from(one).toString('base64') })),
          },
        };
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { ...material, tlogEntries: [] },
    dsseEnvelope: {
      payload: bytes.toString('base64'),
      payloadType: TYPE,
      signatures: [{ sig: signature.toString('base64'), keyid: '' }],
    },
  };
}

/** The bytes of a bundle. */
export function toBytes(value: unknown): Uint8Array {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Trust in exactly this key. */
export function keyAnchor(key: KeyPair): TrustAnchor {
  return { method: 'key', key: readPublicKey(publicPem(key)) };
}
