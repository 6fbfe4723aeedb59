/** Signs the manifest of a model: the bundle as a file holds it. */
import { encodeBase64 } from '../crypto/base64.ts';
import { sameBytes } from '../crypto/bytes.ts';
import { preAuthEncoding } from '../crypto/dsse.ts';
import { hintOf, verifySignature } from '../crypto/public-key.ts';
import { BUNDLE_MEDIA_TYPE, MAX_BUNDLE_BYTES, PAYLOAD_TYPE } from './bundle.ts';
import { rootDigestOf, type Manifest } from './manifest.ts';
import type { Signer } from './signer.ts';
import { PREDICATE_TYPE, STATEMENT_TYPE } from './statement.ts';
import { atPlace, TrustError } from './trust-error.ts';

const encoder = new TextEncoder();

/** What signing made. */
export interface SignedModel {
  /** The bundle, JSON with a line end. */
  readonly bundle: Uint8Array;
  /** Lower-case hexadecimal. */
  readonly rootDigest: string;
}

/**
 * Signs. `subject` is what people call the model; nobody may rely on it.
 * @throws TrustError for an empty model, a chain of another key, a signer whose signature does not verify
 */
export async function signManifest(manifest: Manifest, subject: string, signer: Signer): Promise<SignedModel> {
  if (manifest.resources.length === 0) throw new TrustError('model-empty', subject, 'has no file to sign');
  checkChain(signer);
  const rootDigest = await rootDigestOf(manifest);
  const payload = encoder.encode(JSON.stringify(statementOf(manifest, subject, rootDigest)));
  const covered = preAuthEncoding(PAYLOAD_TYPE, payload);
  const signature = await signer.sign(covered);
  // A keeper of keys that signs with another key or hash is found out here and not by every reader.
  const isOurs = await atPlace('signer', () => verifySignature(signer.publicKey, covered, signature));
  if (!isOurs) throw new TrustError('signature-invalid', 'signer', 'did not sign with the key that it names');
  const bundle = await bundleOf(payload, signature, signer);
  if (bundle.length > MAX_BUNDLE_BYTES) throw new TrustError('bundle-too-large', subject, `${bundle.length} bytes`);
  return { bundle, rootDigest };
}

function checkChain({ chain, publicKey }: Signer): void {
  const leaf = chain?.[0];
  if (leaf === undefined || sameBytes(leaf.spki, publicKey.spki)) return;
  throw new TrustError('key-certificate-mismatch', leaf.subjectText, 'is for another key than the one that signs');
}

function statementOf({ resources, ignorePaths }: Manifest, name: string, sha256: string): object {
  return {
    _type: STATEMENT_TYPE,
    subject: [{ name, digest: { sha256 } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ignore_paths: ignorePaths },
      resources: resources.map((resource) => ({ name: resource.name, algorithm: 'sha256', digest: resource.digest })),
    },
  };
}

async function bundleOf(payload: Uint8Array, signature: Uint8Array, signer: Signer): Promise<Uint8Array> {
  const { chain, publicKey } = signer;
  const material =
    chain === null
      ? { publicKey: { hint: await hintOf(publicKey) } }
      : { x509CertificateChain: { certificates: chain.map(({ der }) => ({ rawBytes: encodeBase64(der) })) } };
  const bundle = {
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: { ...material, tlogEntries: [] },
    dsseEnvelope: {
      payload: encodeBase64(payload),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: encodeBase64(signature), keyid: '' }],
    },
  };
  return encoder.encode(`${JSON.stringify(bundle)}\n`);
}
