/** Generators of the values that requests are made of. */
import fc from 'fast-check';
import type { ResponseFormat, ToolChoice } from '../../../src/core/chat.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';

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

/** Some of the fields of a record, never `undefined` ones. */
export function some<T extends object>(fields: { [K in keyof T]?: fc.Arbitrary<NonNullable<T[K]>> }): fc.Arbitrary<
  Partial<T>
> {
  return fc.record(fields as { [K in keyof T]-?: fc.Arbitrary<NonNullable<T[K]>> }, {
    requiredKeys: [],
    noNullPrototype: true,
  }) as fc.Arbitrary<Partial<T>>;
}

/** The choices of a tool that every language of OpenAI has. */
export function toolChoice(name: fc.Arbitrary<string>, opaque: fc.Arbitrary<ToolChoice>): fc.Arbitrary<ToolChoice> {
  return fc.oneof(
    fc.constantFrom<ToolChoice>({ type: 'auto' }, { type: 'none' }, { type: 'required' }),
    name.map((one): ToolChoice => ({ type: 'named', name: one })),
    fc
      .tuple(fc.constantFrom('auto' as const, 'required' as const), fc.array(name, { maxLength: 3 }))
      .map(([mode, names]): ToolChoice => ({ type: 'allowed', mode, names })),
    opaque,
  );
}

/** The shapes of an answer that every language of OpenAI has. */
export const responseFormat: fc.Arbitrary<ResponseFormat> = fc.oneof(
  fc.constantFrom<ResponseFormat>({ type: 'text' }, { type: 'json-object' }),
  fc
    .tuple(
      word,
      some<{ schema: JsonObject; strict: boolean; description: string }>({
        schema: object,
        strict: fc.boolean(),
        description: fc.string(),
      }),
    )
    .map(([name, more]): ResponseFormat => ({ type: 'json-schema', name, ...more })),
);
