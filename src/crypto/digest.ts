/** SHA-256 over WebCrypto, for every runtime. */
import type { Digest } from '../core/digest.ts';
import { toHex } from './hex.ts';

const encoder = new TextEncoder();

/** Digests of the runtime's WebCrypto; always answers later. */
export const webDigest: Digest = Object.freeze({
  async sha256(data: string | Uint8Array): Promise<string> {
    return toHex(await digestOf('SHA-256', typeof data === 'string' ? encoder.encode(data) : data));
  },
});

/** The digest of bytes. */
export async function digestOf(
  algorithm: 'SHA-256' | 'SHA-384' | 'SHA-512',
  bytes: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest(algorithm, new Uint8Array(bytes)));
}
