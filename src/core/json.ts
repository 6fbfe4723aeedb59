/** The JSON values that travel through the gateway, and the checks that narrow them. */

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object; a property that is `undefined` is absent. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** A JSON object under construction. */
export interface MutableJsonObject {
  [key: string]: Json | undefined;
}

/** True for a JSON object (not null, not an array). */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a JSON array. */
export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The string itself, or null when the value is not a string. */
export function stringOrNull(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** The finite number itself, or null when the value is not one. */
export function numberOrNull(value: Json | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
