/** The error that ends a stream of this protocol. */
import type { GatewayError } from '../../core/gateway-error.ts';
import type { Frame } from '../../core/protocol.ts';
import { writeError } from '../../wire/codec/openai-error.ts';

/** The error as the last frame of a stream; `[DONE]` never follows it. */
export function writeErrorFrames(error: GatewayError): readonly Frame[] {
  return [{ event: null, data: JSON.stringify(writeError(error).body) }];
}
