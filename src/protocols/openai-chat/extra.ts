/** The bag of this protocol: what the block model does not know is carried here and written back as it came. */
import type { Extra } from '../../core/chat.ts';
import type { Json, JsonObject, MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';

/** The id of this protocol, the key of its bags. */
export const PROTOCOL = 'openai-chat';

const EMPTY: JsonObject = Object.freeze({});

/** `{extra}` around a bag, ready to be spread; nothing when the bag is empty. */
export function carry(bag: JsonObject): { readonly extra?: Extra } {
  return isEmpty(bag) ? {} : { extra: { [PROTOCOL]: bag } };
}

/** True when an object has no keys. */
export function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false;
  return true;
}

/** The bag of this protocol; an empty object when there is none. */
export function ownBag(extra: Extra | undefined): JsonObject {
  return extra?.[PROTOCOL] ?? EMPTY;
}

/** What of a bag goes on the wire: everything but the hints (`#…`) and the keys that are written by themselves. */
export function sendable(bag: JsonObject, except: ReadonlySet<string> | null = null): MutableJsonObject {
  const fields: MutableJsonObject = {};
  for (const key in bag) {
    if (key.startsWith('#') || except?.has(key)) continue;
    fields[key] = bag[key];
  }
  return fields;
}

/** The fields of a wire object outside `known`. `__proto__` is never copied; a key that looks like a hint is none of ours. */
export function unknownFields(object: JsonObject, known: ReadonlySet<string>): MutableJsonObject {
  const rest: MutableJsonObject = {};
  for (const key in object) {
    if (!known.has(key) && key !== '__proto__' && !key.startsWith('#')) rest[key] = object[key];
  }
  return rest;
}

/** Records every field that another protocol brought in its bag and that cannot be said here. */
export function loseForeign(extra: Extra | undefined, path: string, losses: LossLog): void {
  if (extra === undefined) return;
  for (const [protocol, bag] of Object.entries(extra)) {
    if (protocol === PROTOCOL || bag === undefined) continue;
    for (const key in bag) {
      if (key.startsWith('#')) continue;
      const field = path === '' ? key : `${path}.${key}`;
      losses.add({ field, kind: 'dropped', why: `Only ${protocol} knows this field.` });
    }
  }
}

/** Sets a field when the value is there. */
export function setDefined(object: MutableJsonObject, key: string, value: Json | undefined): void {
  if (value !== undefined) object[key] = value;
}

/** Records the seal of a reasoning part, which this protocol cannot carry: the vendor that made it will not take the text back. */
export function loseSealed(
  part: { readonly signature?: string; readonly opaque?: string },
  path: string,
  losses: LossLog,
): void {
  for (const sealed of ['signature', 'opaque'] as const) {
    if (part[sealed] === undefined) continue;
    const why = 'Chat completions cannot carry sealed reasoning.';
    losses.add({ field: `${path}.reasoning.${sealed}`, kind: 'dropped', why });
  }
}
