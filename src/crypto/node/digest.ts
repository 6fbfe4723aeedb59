/** SHA-256 over node:crypto, which answers at once. */
import { hash } from 'node:crypto';

/** Digests of node:crypto; `sha256` never answers with a promise. */
export const nodeDigest: { sha256(data: string | Uint8Array): string } = Object.freeze({
  sha256: (data: string | Uint8Array): string => hash('sha256', data, 'hex'),
});
