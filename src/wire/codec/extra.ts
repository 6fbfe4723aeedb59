/** Bags of fields that only one protocol knows: carried beside the block model and written back as they came. */
import type { Extra, ProtocolId } from '../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';

/** Access to the bags of one protocol. */
export interface Bags {
  /** `{extra}` around a bag, ready to be spread; nothing when the bag is empty. */
  carry(this: void, bag: JsonObject): { readonly extra?: Extra };
  /** The bag of this protocol; an empty object when there is none. */
  ownBag(this: void, extra: Extra | undefined): JsonObject;
  /** Records every field that another protocol brought in its bag and that cannot be said here; one that says nothing is no loss. */
  loseForeign(this: void, extra: Extra | undefined, path: string, losses: LossLog): void;
}

const EMPTY: JsonObject = Object.freeze({});

/** The bags of one protocol. */
export function bagsOf(own: ProtocolId): Bags {
  return {
    carry: (bag) => (isEmpty(bag) ? {} : { extra: { [own]: bag } }),
    ownBag: (extra) => extra?.[own] ?? EMPTY,
    loseForeign(extra, path, losses) {
      if (extra === undefined) return;
      for (const [protocol, bag] of Object.entries(extra)) {
        if (protocol === own || bag === undefined) continue;
        for (const key in bag) {
          if (key.startsWith('#') || isVoid(bag[key])) continue;
          const field = path === '' ? key : `${path}.${key}`;
          losses.add({ field, kind: 'dropped', why: `Only ${protocol} knows this field.` });
        }
      }
    },
  };
}

/** Records a block that only another protocol knows. */
export function loseBlock(protocol: ProtocolId, place: string, losses: LossLog): void {
  losses.add({ field: place, kind: 'dropped', why: `Only ${protocol} knows this block.` });
}

/** True when an object has no keys. */
export function isEmpty(object: JsonObject): boolean {
  for (const _ in object) return false;
  return true;
}

/** True for what says nothing: null, an empty list, an empty object. */
export function isVoid(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  return isJsonArray(value) ? value.length === 0 : isJsonObject(value) && isEmpty(value);
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

/** Sets a field when the value is there. */
export function setDefined(object: MutableJsonObject, key: string, value: Json | undefined): void {
  if (value !== undefined) object[key] = value;
}
