/** The shape that an answer must have (`response_format`), both ways. */
import type { ResponseFormat } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { setDefined } from '../../wire/codec/extra.ts';
import { PROTOCOL } from './extra.ts';
import { invalid, requireObject, requireText } from '../../wire/codec/field.ts';

const SCHEMA_FIELDS = ['name', 'schema', 'description', 'strict'];

/** Reads `response_format`. Formats and fields that the block model does not know make it opaque: carried whole. */
export function readResponseFormat(value: Json): ResponseFormat {
  const format = requireObject(value, 'response_format');
  const type = requireText(format['type'], 'response_format.type', '"text", "json_object" or "json_schema"');
  const fields = Object.keys(format).length;
  if (type === 'text' && fields === 1) return { type: 'text' };
  if (type === 'json_object' && fields === 1) return { type: 'json-object' };
  if (type === 'json_schema') {
    const known = readSchema(requireObject(format['json_schema'], 'response_format.json_schema'));
    if (known !== null && fields === 2) return known;
  }
  return { type: 'opaque', protocol: PROTOCOL, value };
}

function readSchema(body: JsonObject): ResponseFormat | null {
  const name = requireText(body['name'], 'response_format.json_schema.name');
  const { schema, description, strict } = body;
  if (schema !== undefined && !isJsonObject(schema))
    throw invalid('response_format.json_schema.schema', 'a JSON Schema object');
  const isKnown = Object.keys(body).every((key) => SCHEMA_FIELDS.includes(key));
  if (!isKnown || !isOptional(description, 'string') || !isOptional(strict, 'boolean')) return null;
  return {
    type: 'json-schema',
    name,
    ...(isJsonObject(schema) ? { schema } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
  };
}

function isOptional(value: Json | undefined, type: 'string' | 'boolean'): boolean {
  return value === undefined || typeof value === type;
}

/** Writes `response_format`; undefined when only another protocol has it, which is a Loss. */
export function writeResponseFormat(format: ResponseFormat, losses: LossLog): Json | undefined {
  if (format.type === 'text') return { type: 'text' };
  if (format.type === 'json-object') return { type: 'json_object' };
  if (format.type === 'json-schema') {
    const body: MutableJsonObject = { name: format.name };
    setDefined(body, 'schema', format.schema);
    setDefined(body, 'description', format.description);
    setDefined(body, 'strict', format.strict);
    return { type: 'json_schema', json_schema: body };
  }
  if (format.protocol === PROTOCOL) return format.value;
  losses.add({ field: 'response_format', kind: 'dropped', why: `Only ${format.protocol} has this answer format.` });
  return undefined;
}
