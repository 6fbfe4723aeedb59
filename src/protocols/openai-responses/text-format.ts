/** The shape that an answer must have (`text.format`), both ways. */
import type { ResponseFormat } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { setDefined } from '../../wire/codec/extra.ts';
import { invalid, requireObject, requireText } from '../../wire/codec/field.ts';
import { PROTOCOL } from './extra.ts';

const SCHEMA_FIELDS = ['type', 'name', 'schema', 'description', 'strict'];

/** Reads `text.format`. Formats and fields that the block model does not know make it opaque: carried whole. */
export function readFormat(value: Json): ResponseFormat {
  const format = requireObject(value, 'text.format');
  const type = requireText(format['type'], 'text.format.type', '"text", "json_object" or "json_schema"');
  const fields = Object.keys(format).length;
  if (type === 'text' && fields === 1) return { type: 'text' };
  if (type === 'json_object' && fields === 1) return { type: 'json-object' };
  const known = type === 'json_schema' ? readSchema(format) : null;
  return known ?? { type: 'opaque', protocol: PROTOCOL, value };
}

function readSchema(format: JsonObject): ResponseFormat | null {
  const name = requireText(format['name'], 'text.format.name');
  const { schema, description, strict } = format;
  if (schema !== undefined && !isJsonObject(schema)) throw invalid('text.format.schema', 'a JSON Schema object');
  const isKnown = Object.keys(format).every((key) => SCHEMA_FIELDS.includes(key));
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

/** Writes `text.format`; undefined when only another protocol has it, which is a Loss. */
export function writeFormat(format: ResponseFormat, losses: LossLog): Json | undefined {
  if (format.type === 'text') return { type: 'text' };
  if (format.type === 'json-object') return { type: 'json_object' };
  if (format.type === 'json-schema') {
    const body: MutableJsonObject = { type: 'json_schema', name: format.name };
    setDefined(body, 'schema', format.schema);
    setDefined(body, 'description', format.description);
    setDefined(body, 'strict', format.strict);
    return body;
  }
  if (format.protocol === PROTOCOL) return format.value;
  losses.add({ field: 'response_format', kind: 'dropped', why: `Only ${format.protocol} has this answer format.` });
  return undefined;
}
