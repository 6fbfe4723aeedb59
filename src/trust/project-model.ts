/** Models that Thalweg brings along: signed with the project's key, which is pinned here, and verified as the bytes that are then parsed. */
import { toHex } from '../crypto/hex.ts';
import { digestOf } from '../crypto/digest.ts';
import { readPublicKey } from '../crypto/public-key.ts';
import { compareFiles } from './compare.ts';
import { TrustError } from './trust-error.ts';
import { strictPolicy, verifyBundle } from './verify.ts';

/** The public key of the project, as `models/project-key.pub` holds it. The private one is kept by whoever releases. */
export const PROJECT_KEY = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAERAW/NHBz1+oArySj1wf440LxGvm0
GnItRpHllkFnL2wKz7ZCRXCzvh7byBHlE+j9r0RgQAx6ySdT3Izn58CiBQ==
-----END PUBLIC KEY-----
`;

/** A model in memory with the bundle that signs it. */
export interface SignedBytes {
  /** The file's name, as it was signed. */
  readonly name: string;
  readonly model: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Verifies that the project signed exactly these bytes under this name. Runs wherever WebCrypto does.
 * @param publicKey PEM; the project's own unless told otherwise
 * @throws TrustError with the first rule that is broken
 */
export async function verifyProjectModel(signed: SignedBytes, publicKey: string = PROJECT_KEY): Promise<void> {
  const { name, model, signature } = signed;
  // A key has no validity, so no clock is asked.
  const { manifest } = await verifyBundle(signature, { method: 'key', key: readPublicKey(publicKey) }, strictPolicy(0));
  const sha256 = await digestOf('SHA-256', model);
  const { ok } = compareFiles(manifest, [{ name, size: model.byteLength, sha256 }]);
  if (manifest.resources.length === 1 && ok[0] === name) return;
  throw new TrustError('files-differ', name, `has the SHA-256 ${toHex(sha256)}, which is not what the project signed`);
}
