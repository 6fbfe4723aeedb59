/** Reads the body of a Request, within a size and a time. */
import type { Clock } from '../../core/clock.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import { NO_BODY, type BodyDone, type BodyLimits } from '../door.ts';
import { bodySizeError } from '../head-rules.ts';
import { joinChunks } from './chunks.ts';

/** Reads the whole body and calls `done` once. A declared length over the limit is refused before reading. */
export function readBody(request: Request, limits: BodyLimits, clock: Clock, done: BodyDone): void {
  if (Number(request.headers.get('content-length')) > limits.body) {
    done(NO_BODY, bodySizeError(limits.body));
    return;
  }
  if (request.body === null) {
    done(NO_BODY, null);
    return;
  }
  const reader = request.body.getReader();
  let isOver = false;
  const finish: BodyDone = (body, error) => {
    if (isOver) return;
    isOver = true;
    timer.cancel();
    if (error !== null) reader.cancel().catch(() => {});
    done(body, error);
  };
  const timer = clock.after(limits.bodyTimeoutMs, () => {
    finish(NO_BODY, new GatewayError('request-timeout', undefined, { where: 'body' }));
  });
  readAll(reader, limits.body).then(
    (body) => finish(body ?? NO_BODY, body === null ? bodySizeError(limits.body) : null),
    () => finish(NO_BODY, new GatewayError('client-gone', 'The client left before its request was complete.')),
  );
}

/** The bytes, or null when there are more than `limit`. */
async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>, limit: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) return null;
    chunks.push(value);
  }
  return joinChunks(chunks, length);
}
