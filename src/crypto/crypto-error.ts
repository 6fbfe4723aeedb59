/** The one error of keys, certificates and signatures: a stable code and a sentence. */

/** Why a key, a certificate, a chain or a signature is refused. */
export type CryptoCode =
  /** Not one strict DER value: a length that is not minimal, bytes left over, a type that does not belong there. */
  | 'der-malformed'
  /** Not strict PEM, or not the block that was asked for. */
  | 'pem-malformed'
  /** A key of a kind or curve that signs no models: only ECDSA P-256, P-384 and P-521 do. */
  | 'key-unsupported'
  /** An encrypted key without the right passphrase. */
  | 'key-locked'
  /** A certificate that is not well-formed X.509 v3. */
  | 'certificate-malformed'
  /** A critical extension that is not understood here, so the certificate must not be used. */
  | 'certificate-extension-unknown'
  /** Signed with an algorithm that is not trusted here, SHA-1 for one. */
  | 'certificate-algorithm-unsupported'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  /** No chain from the leaf to a trusted root. */
  | 'certificate-chain-incomplete'
  /** An issuer that may not issue certificates. */
  | 'certificate-not-ca'
  /** More certificates below a CA than it allows. */
  | 'certificate-path-too-long'
  /** A leaf that may not sign code: neither EKU codeSigning nor, without EKU, key usage digitalSignature. */
  | 'certificate-wrong-usage'
  /** Its key is on the deny-list. */
  | 'certificate-denied';

/** Something that cannot be trusted as it is. `message` says what is wrong. */
export class CryptoError extends Error {
  readonly code: CryptoCode;

  constructor(code: CryptoCode, message: string) {
    super(message);
    this.name = 'CryptoError';
    this.code = code;
  }
}
