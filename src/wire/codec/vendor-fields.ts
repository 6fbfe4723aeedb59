/** Fits the top-level fields of a request to a vendor: what it refuses is left out, what it spells otherwise is renamed. */
import type { MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Dialect } from '../../core/protocol.ts';

/**
 * Changes `body` in place. A field that is left out is a Loss, and so is one whose other spelling the request has too.
 * @param unasked fields that the codec itself added: leaving them out loses nothing
 */
export function fitToVendor(body: MutableJsonObject, to: Dialect, losses: LossLog, unasked: readonly string[]): void {
  for (const key of to.unsupported) {
    if (body[key] === undefined) continue;
    delete body[key];
    if (unasked.includes(key)) continue;
    losses.add({ field: key, kind: 'dropped', why: `${to.provider} does not take this field.` });
  }
  for (const [key, spelled] of Object.entries(to.rename)) {
    const value = body[key];
    if (value === undefined) continue;
    delete body[key];
    if (body[spelled] === undefined) body[spelled] = value;
    else
      losses.add({ field: key, kind: 'dropped', why: `${to.provider} takes ${spelled}, which the request has too.` });
  }
}
