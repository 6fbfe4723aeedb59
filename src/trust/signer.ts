/** Who signs: a private key in a file, a KMS or an HSM. */
import type { PublicKey } from '../crypto/public-key.ts';
import type { Certificate } from '../crypto/x509.ts';

/** Signs models. Implement it to sign with a key that does not leave its keeper. */
export interface Signer {
  /** The public half of the key that signs. */
  readonly publicKey: PublicKey;
  /** Certificates for the key, leaf first, without the root; null = the verifier knows the key itself. */
  readonly chain: readonly Certificate[] | null;
  /** The DER ECDSA signature over the bytes, with the hash of the key's curve (`CURVES[curve].hash`). */
  sign(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> | Uint8Array;
}
