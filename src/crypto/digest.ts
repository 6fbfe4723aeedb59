/** SHA-256 over WebCrypto, for every runtime. */
import type { Digest } from '../core/digest.ts';

const encoder = new TextEncoder();

/** Digests of the runtime's WebCrypto; always answers later. */
export const webDigest: Digest = Object.freeze({
  async sha256(data: string | Uint8Array): Promise<string> {
    const bytes = typeof data === 'string' ? encoder.encode(data) : new Uint8Array(data);
    return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
  },
});

function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}
