/** Hashing as a port: node:crypto answers at once, WebCrypto later. */
import type { Awaitable } from './credential.ts';

/** SHA-256. */
export interface Digest {
  /** 64 lower-case hexadecimal digits over the UTF-8 bytes of a text, or over bytes. */
  sha256(data: string | Uint8Array): Awaitable<string>;
}
