/** The bag of this protocol: what the block model does not know is carried here and written back as it came. */
import { isJsonObject, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { bagsOf, isVoid } from '../../wire/codec/extra.ts';

/** The id of this protocol, the key of its bags. */
export const PROTOCOL = 'openai-chat';

/** Access to the bags of this protocol. */
export const { carry, ownBag, loseForeign } = bagsOf(PROTOCOL);

/** Records the seal of a reasoning part that goes to somebody who did not make it: only the vendor that sealed it takes it back. */
export function loseSealed(
  part: { readonly signature?: string; readonly opaque?: string },
  path: string,
  losses: LossLog,
): void {
  for (const sealed of ['signature', 'opaque'] as const) {
    if (part[sealed] === undefined) continue;
    const why = 'Only the vendor that sealed this reasoning takes it back.';
    losses.add({ field: `${path}.reasoning.${sealed}`, kind: 'dropped', why });
  }
}

const IN_MESSAGE = 'message.';

/**
 * What a message says beside the block model, for the bag of its choice: each field under a dotted name, so that another language names
 * the one that it loses. Fields that say nothing (OpenAI's `annotations: []`) are only a shape.
 */
export function messageBag(fields: JsonObject): MutableJsonObject {
  const bag: MutableJsonObject = {};
  const voids: MutableJsonObject = {};
  for (const key in fields) {
    if (isVoid(fields[key])) voids[key] = fields[key];
    else bag[IN_MESSAGE + key] = fields[key];
  }
  return { ...bag, '#message': voids };
}

/** A choice's bag apart: the fields of its message, and those of the choice itself. */
export function splitBag(bag: JsonObject): { readonly message: MutableJsonObject; readonly choice: MutableJsonObject } {
  const message: MutableJsonObject = isJsonObject(bag['#message']) ? { ...bag['#message'] } : {};
  const choice: MutableJsonObject = {};
  for (const key in bag) {
    if (key.startsWith(IN_MESSAGE)) message[key.slice(IN_MESSAGE.length)] = bag[key];
    else if (!key.startsWith('#')) choice[key] = bag[key];
  }
  return { message, choice };
}
