/** The bag of this protocol and the hints in it: which item a part came from, under which id, in which shape. */
import type { Extra } from '../../core/chat.ts';
import { isJsonObject, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { Dialect } from '../../core/protocol.ts';
import { bagsOf, isEmpty, isVoid, sendable, unknownFields } from '../../wire/codec/extra.ts';

/** The id of this protocol, the key of its bags. */
export const PROTOCOL = 'openai-responses';

/** Access to the bags of this protocol. */
export const { carry, ownBag, loseForeign } = bagsOf(PROTOCOL);

/**
 * The fields of a wire object outside `known`, as a bag. Fields that say nothing (null, an empty list or object) are only a shape: they
 * go under the hint `#void`, so that no other language has to report their loss.
 */
export function restOf(object: JsonObject, known: ReadonlySet<string>): MutableJsonObject {
  const rest = unknownFields(object, known);
  const voids: MutableJsonObject = {};
  for (const key in rest) {
    if (!isVoid(rest[key])) continue;
    voids[key] = rest[key];
    delete rest[key];
  }
  return isEmpty(voids) ? rest : { ...rest, '#void': voids };
}

/** The fields that a bag holds, also those that say nothing. */
export function fieldsOf(bag: JsonObject, except: ReadonlySet<string> | null = null): MutableJsonObject {
  const voids = bag['#void'];
  return { ...(isJsonObject(voids) ? voids : {}), ...sendable(bag, except) };
}

/** A hint that is text; null when there is none. */
export function textHint(extra: Extra | undefined, key: `#${string}`): string | null {
  const value = ownBag(extra)[key];
  return typeof value === 'string' ? value : null;
}

/** Number of the item that a part came from; null for parts that another language made. */
export function itemOf(extra: Extra | undefined): number | null {
  const value = ownBag(extra)['#item'];
  return typeof value === 'number' ? value : null;
}

/** True for the protocol itself (plainDialect), which has no vendor's habits; OpenAI's own row has the same name and an origin. */
export function isPlainDialect({ provider, origin }: Dialect): boolean {
  return provider === PROTOCOL && origin === undefined;
}
