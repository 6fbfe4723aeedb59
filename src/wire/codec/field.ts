/** Reads single fields of a client's request, or says exactly which one is wrong and how to mend it. */
import { GatewayError } from '../../core/gateway-error.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../core/json.ts';

/** Bounds of what is read at all; larger requests are refused with `invalid-value`. */
export const LIMITS = Object.freeze({
  /** OpenAI allows 128 answers per request. */
  choices: 128,
  /** Output tokens; no model writes more. */
  tokens: 10_000_000,
  /** OpenAI documents 4 stop strings, vLLM and others take more: 16 serve everybody. */
  stops: 16,
  /** OpenAI allows 128 tools; agents with many MCP servers send more, and the vendor decides. */
  tools: 1024,
  messages: 4096,
  /** Alternatives per token: 20 at OpenAI and by default at vLLM. */
  topLogprobs: 20,
});

/** `invalid-value` at a dotted path; `want` completes the sentence "… must be …". */
export function invalid(path: string, want: string): GatewayError {
  return new GatewayError('invalid-value', `\`${path}\` must be ${want}.`, {
    where: path,
    hint: 'Send that, or leave the field out if it is optional.',
  });
}

/** `missing-field` at a dotted path. */
export function missing(path: string, want: string): GatewayError {
  return new GatewayError('missing-field', `\`${path}\` is missing.`, {
    where: path,
    hint: `Add \`${path}\`: ${want}.`,
  });
}

/** A required, non-empty string. */
export function requireText(value: Json | undefined, path: string, want = 'a non-empty string'): string {
  if (value === undefined) throw missing(path, want);
  if (typeof value !== 'string' || value === '') throw invalid(path, want);
  return value;
}

/** A required string, which may be empty. */
export function requireString(value: Json | undefined, path: string): string {
  if (value === undefined) throw missing(path, 'a string');
  if (typeof value !== 'string') throw invalid(path, 'a string');
  return value;
}

/** A required object. */
export function requireObject(value: Json | undefined, path: string): JsonObject {
  if (value === undefined) throw missing(path, 'an object');
  if (!isJsonObject(value)) throw invalid(path, 'an object');
  return value;
}

/** A required array of at most `max` elements. */
export function requireArray(value: Json | undefined, path: string, max: number): readonly Json[] {
  if (value === undefined) throw missing(path, 'an array');
  if (!isJsonArray(value)) throw invalid(path, 'an array');
  if (value.length > max) throw invalid(path, `an array of at most ${max} elements`);
  return value;
}

/** An optional integer in a range; null for absent and `null`. */
export function optionalInteger(value: Json | undefined, path: string, min: number, max: number): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    throw invalid(path, `an integer from ${min} to ${max}`);
  }
  return value;
}

/** An optional boolean; null for absent and `null`. */
export function optionalBoolean(value: Json | undefined, path: string): boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'boolean') throw invalid(path, 'true or false');
  return value;
}

/** The stop strings of a request; null for absent and `null`. */
export function optionalStops(value: Json | undefined, path: string): readonly string[] | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return [value];
  const list = requireArray(value, path, LIMITS.stops);
  return list.map((stop, i) => requireString(stop, `${path}[${i}]`));
}
