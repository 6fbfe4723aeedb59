/** The JSON Schema of the configuration file, for editors: what may be written, before expansion. */
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../core/json.ts';
import { rawJsonSchema, type ConfigLanguage } from './schema.ts';

const EXPANSION = { type: 'string', pattern: '\\$\\{[^}]+\\}' };
const SUBSCHEMA_LISTS = ['anyOf', 'oneOf', 'allOf'];

/** The schema (draft 2020-12). Every value that is not free text may also be an expansion. */
export function configJsonSchema(language: ConfigLanguage): JsonObject {
  const { $schema, ...schema } = rawJsonSchema(language);
  return {
    $schema,
    title: 'Thalweg configuration',
    ...mapOf(schema),
  };
}

/** The text of `schema.json`. */
export function formatJsonSchema(language: ConfigLanguage): string {
  return `${JSON.stringify(configJsonSchema(language), null, 2)}\n`;
}

/** A map's schema with its fields opened for expansions; the names of its keys are never expanded. */
function mapOf(schema: JsonObject): JsonObject {
  const opened: MutableJsonObject = { ...schema };
  if (isJsonObject(schema.properties)) {
    opened.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, field]) => [name, open(field)]),
    );
  }
  if (isJsonObject(schema.$defs)) {
    opened.$defs = Object.fromEntries(
      Object.entries(schema.$defs).map(([name, definition]) => [name, open(definition) ?? definition]),
    );
  }
  if (isJsonObject(schema.additionalProperties)) opened.additionalProperties = open(schema.additionalProperties);
  if (isJsonObject(schema.items)) opened.items = open(schema.items);
  for (const list of SUBSCHEMA_LISTS) {
    const alternatives = schema[list];
    if (isJsonArray(alternatives)) opened[list] = alternatives.map((alternative) => open(alternative) ?? alternative);
  }
  return opened;
}

function open(schema: Json | undefined): Json | undefined {
  if (!isJsonObject(schema)) return schema;
  const { description, default: fallback, examples, ...plain } = schema;
  const about = dropAbsent({ description, default: fallback, examples });
  const strict = plain.type === 'number' || plain.type === 'integer' || plain.type === 'boolean';
  const shaped = plain.pattern !== undefined || plain.enum !== undefined || plain.const !== undefined;
  if (strict || shaped) return { ...about, anyOf: [dropBounds(plain), EXPANSION] };
  return { ...about, ...mapOf(plain) };
}

/** Without the limits of JavaScript's whole numbers, which tell an editor nothing. */
function dropBounds(schema: JsonObject): JsonObject {
  const { maximum, minimum, ...rest } = schema;
  return dropAbsent({
    ...rest,
    minimum: minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum,
    maximum: maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum,
  });
}

function dropAbsent(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
