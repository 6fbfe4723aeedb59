/** Typed access to the fields of a request; null and absent are the same: not asked. */
import type { JsonObject } from '../../core/json.ts';
import { invalidRequest } from './openai-fault.ts';

/** A closed range. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A truth value, or null when not asked. */
export function booleanOf(body: JsonObject, field: string): boolean | null {
  const value = body[field] ?? null;
  if (value === null || typeof value === 'boolean') return value;
  throw invalidRequest(field, `'${field}' must be true or false.`);
}

/** A number within bounds, or null when not asked. */
export function numberOf(body: JsonObject, field: string, { min, max }: Bounds): number | null {
  const value = body[field] ?? null;
  if (value === null || (typeof value === 'number' && value >= min && value <= max)) return value;
  throw invalidRequest(field, `'${field}' must be a number from ${min} to ${max}.`);
}

/** A whole number within bounds, or null when not asked. */
export function integerOf(body: JsonObject, field: string, bounds: Bounds): number | null {
  const value = numberOf(body, field, bounds);
  if (value === null || Number.isInteger(value)) return value;
  throw invalidRequest(field, `'${field}' must be a whole number.`);
}
