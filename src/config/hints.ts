/** What the JSON Schema of the language says about a place: which fields it has, and how a value is written there. */
import type { ConfigPath } from '../core/config.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../core/json.ts';

/** The names of the fields that a map at this place may have; empty where any name goes. */
export function fieldsAt(schema: JsonObject, at: ConfigPath): string[] {
  return schemasAt(schema, at).flatMap((place) => {
    const names = isJsonObject(place.propertyNames) ? place.propertyNames.enum : undefined;
    return [...Object.keys(isJsonObject(place.properties) ? place.properties : {}), ...textsOf(names)];
  });
}

/** An example of a value at this place as YAML text; null when the schema gives none. */
export function exampleAt(schema: JsonObject, at: ConfigPath): string | null {
  for (const place of schemasAt(schema, at)) {
    const [example] = isJsonArray(place.examples) ? place.examples : [];
    if (example !== undefined) return flow(example);
  }
  return null;
}

/** A value as YAML on one line. */
function flow(value: Json): string {
  if (isJsonArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (isJsonObject(value)) {
    const fields = Object.entries(value).map(([key, field]) => `${flow(key)}: ${flow(field ?? null)}`);
    return `{ ${fields.join(', ')} }`;
  }
  const bare = typeof value === 'string' && /^[A-Za-z0-9][\w./:+-]*$/.test(value) && value !== 'true';
  return bare ? value : JSON.stringify(value);
}

/** Every alternative of the schema at a place. */
function schemasAt(schema: JsonObject, at: ConfigPath): JsonObject[] {
  let places = alternatives(schema, schema);
  for (const step of at) {
    places = places.flatMap((place) => alternatives(stepInto(place, step), schema));
  }
  return places;
}

function stepInto(place: JsonObject, step: string | number): Json | undefined {
  if (typeof step === 'number') return place.items;
  const properties = isJsonObject(place.properties) ? place.properties : {};
  return Object.hasOwn(properties, step) ? properties[step] : place.additionalProperties;
}

function alternatives(place: Json | undefined, root: JsonObject): JsonObject[] {
  if (!isJsonObject(place)) return [];
  const inner = [place.anyOf, place.oneOf, place.allOf].flatMap((list) => (isJsonArray(list) ? list : []));
  const named = typeof place.$ref === 'string' ? place.$ref.replace(/^#\/\$defs\//, '') : null;
  const definition = named !== null && isJsonObject(root.$defs) ? root.$defs[named] : undefined;
  return [place, ...[definition, ...inner].flatMap((alternative) => alternatives(alternative, root))];
}

function textsOf(list: Json | undefined): string[] {
  return isJsonArray(list) ? list.filter((entry) => typeof entry === 'string') : [];
}
