/** Generators of the values that requests are made of. */
import fc from 'fast-check';
import type { Json, JsonObject } from '../../../../src/core/json.ts';

/** Text of a few characters. */
export const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
/** A short name. */
export const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
/** A number that JSON keeps. */
export const number = fc.integer({ min: -1000, max: 1000 }).map((n) => n / 8 + 0);
/** Any JSON value, but for keys that the front door refuses at any depth. */
export const json = fc
  .jsonValue({ maxDepth: 2 })
  .map((value) => JSON.stringify(value))
  .filter((value) => !value.includes('__proto__'))
  .map((value) => JSON.parse(value) as Json);
/** A value that says something: nulls and empty things are shapes. */
export const said = json.filter(
  (value) => value !== null && !(typeof value === 'object' && Object.keys(value).length === 0),
);
/** A JSON object. */
export const object = fc.dictionary(word, json, { maxKeys: 3, noNullPrototype: true }) as fc.Arbitrary<JsonObject>;
