/** Sigstore bundles of version 0.3 as OpenSSF Model Signing uses them (OMS v1.0 sections 4.1 and 9). */
import { decodeBase64 } from '../crypto/base64.ts';
import { readJson, type JsonPart } from './json-part.ts';
import { TrustError } from './trust-error.ts';

/** The media type, compared exactly. */
export const BUNDLE_MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
/** The payload type of the envelope, compared exactly. */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
/** Largest bundle that is read, bytes. */
export const MAX_BUNDLE_BYTES = 64 << 20;

/** Who says to have signed; nothing of it is trusted yet. */
export type BundleMaterial =
  /** `hint` is null in bundles from before 1.1.0 of the Python client, which carry the key itself. */
  | { readonly method: 'key'; readonly hint: string | null }
  /** DER, leaf first. */
  | { readonly method: 'certificate'; readonly chain: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly method: 'sigstore'; readonly certificate: Uint8Array<ArrayBuffer> };

/** A bundle whose form is right; the signature is not verified. */
export interface Bundle {
  readonly material: BundleMaterial;
  /** The statement, as the signature covers it. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** ECDSA, DER. */
  readonly signature: Uint8Array<ArrayBuffer>;
  /** The whole, as JSON.parse made it. */
  readonly json: unknown;
}

const RULES = Object.freeze({ json: 'bundle-not-json', shape: 'bundle-shape' });
/** Exactly one of them says who signed. */
const KINDS = ['publicKey', 'x509CertificateChain', 'certificate'];
/** Certificates beyond this are no chain. */
const MAX_CHAIN = 16;

/** Reads a bundle. @throws TrustError with the first rule that it breaks */
export function readBundle(bytes: Uint8Array): Bundle {
  if (bytes.length > MAX_BUNDLE_BYTES) {
    throw new TrustError('bundle-too-large', 'bundle', `${bytes.length} bytes`);
  }
  const bundle = readJson(bytes, 'bundle', RULES);
  const mediaType = bundle.get('mediaType');
  if (mediaType.value !== BUNDLE_MEDIA_TYPE) mediaType.refuse(`is not ${BUNDLE_MEDIA_TYPE}`, 'bundle-media-type');
  bundle.only(['mediaType', 'verificationMaterial', 'dsseEnvelope']);
  const material = readMaterial(bundle.get('verificationMaterial'));
  const envelope = bundle.get('dsseEnvelope').only(['payload', 'payloadType', 'signatures']);
  const signature = readSignature(envelope.get('signatures'));
  const payloadType = envelope.get('payloadType');
  if (payloadType.value !== PAYLOAD_TYPE) payloadType.refuse(`is not ${PAYLOAD_TYPE}`, 'payload-type');
  return { material, signature, payload: readBytes(envelope.get('payload')), json: bundle.value };
}

function readSignature(signatures: JsonPart): Uint8Array<ArrayBuffer> {
  const [signature, ...more] = signatures.list();
  if (signature === undefined || more.length > 0) signatures.refuse('is not exactly one signature', 'signature-count');
  const { value } = signature.only(['sig', 'keyid']).maybe('keyid') ?? { value: null };
  if (value !== null && typeof value !== 'string') signature.refuse('has a keyid that is not a text');
  return readBytes(signature.get('sig'));
}

function readMaterial(material: JsonPart): BundleMaterial {
  const key = material.maybe('publicKey');
  const chain = material.maybe('x509CertificateChain');
  const certificate = material.maybe('certificate');
  if ([key, chain, certificate].filter((part) => part !== null).length !== 1) {
    material.refuse('does not name exactly one of publicKey, x509CertificateChain and certificate');
  }
  material.only([...KINDS, 'tlogEntries', 'timestampVerificationData']);
  const entries = material.maybe('tlogEntries')?.list() ?? [];
  if (key !== null)
    return {
      method: 'key',
      hint: key.only(['hint', 'rawBytes', 'keyDetails', 'validFor']).maybe('hint')?.text() ?? null,
    };
  if (chain !== null)
    return { method: 'certificate', chain: readChain(chain.only(['certificates']).get('certificates')) };
  if (entries.length === 0) material.refuse('has no entry of a transparency log', 'transparency-log-missing');
  return { method: 'sigstore', certificate: readBytes(certificate?.get('rawBytes') ?? material) };
}

function readChain(certificates: JsonPart): Uint8Array<ArrayBuffer>[] {
  const list = certificates.list();
  if (list.length === 0 || list.length > MAX_CHAIN) certificates.refuse(`does not have 1 to ${MAX_CHAIN} certificates`);
  return list.map((certificate) => readBytes(certificate.only(['rawBytes']).get('rawBytes')));
}

function readBytes(part: JsonPart): Uint8Array<ArrayBuffer> {
  const bytes = decodeBase64(part.text());
  return bytes ?? part.refuse('is not strict base64', 'base64-not-strict');
}
