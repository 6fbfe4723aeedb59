/** What a DSSE signature covers (github.com/secure-systems-lab/dsse, protocol.md). */
import { joinBytes } from './bytes.ts';

const encoder = new TextEncoder();

/** `DSSEv1 SP len(type) SP type SP len(payload) SP payload`, lengths as decimal byte counts. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const type = encoder.encode(payloadType);
  return joinBytes([encoder.encode(`DSSEv1 ${type.length} `), type, encoder.encode(` ${payload.length} `), payload]);
}
