/** The shape that an answer must have, as both languages of OpenAI spell it: fields of one schema, in two places. */
import type { ProtocolId, ResponseFormat } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { setDefined } from './extra.ts';
import { invalid, requireObject, requireText } from './field.ts';

const SCHEMA_FIELDS = ['name', 'schema', 'description', 'strict'];

/** Where a language puts the fields of a schema. */
export interface FormatPlace {
  readonly protocol: ProtocolId;
  /** Path of the format in a request. */
  readonly path: string;
  /** The object that holds the fields; null = they stand in the format itself. */
  readonly within: string | null;
}

/** Reads a format. Kinds and fields that the block model does not know make it opaque: carried whole. */
export function readJsonFormat(value: Json, { protocol, path, within }: FormatPlace): ResponseFormat {
  const format = requireObject(value, path);
  const type = requireText(format['type'], `${path}.type`, '"text", "json_object" or "json_schema"');
  const fields = Object.keys(format).length;
  if (type === 'text' && fields === 1) return { type: 'text' };
  if (type === 'json_object' && fields === 1) return { type: 'json-object' };
  const { type: _type, ...flat } = format;
  if (type === 'json_schema') {
    const at = within === null ? path : `${path}.${within}`;
    const known = readSchema(within === null ? flat : requireObject(format[within], at), at);
    if (known !== null && (within === null || fields === 2)) return known;
  }
  return { type: 'opaque', protocol, value };
}

function readSchema(body: JsonObject, path: string): ResponseFormat | null {
  const name = requireText(body['name'], `${path}.name`);
  const { schema, description, strict } = body;
  if (schema !== undefined && !isJsonObject(schema)) throw invalid(`${path}.schema`, 'a JSON Schema object');
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

/** Writes a format; undefined when only another protocol has it, which is a Loss. */
export function writeJsonFormat(
  format: ResponseFormat,
  { protocol, within }: FormatPlace,
  losses: LossLog,
): Json | undefined {
  switch (format.type) {
    case 'text':
      return { type: 'text' };
    case 'json-object':
      return { type: 'json_object' };
    case 'json-schema': {
      const body: MutableJsonObject = { name: format.name };
      setDefined(body, 'schema', format.schema);
      setDefined(body, 'description', format.description);
      setDefined(body, 'strict', format.strict);
      return { type: 'json_schema', ...(within === null ? body : { [within]: body }) };
    }
    case 'opaque':
      if (format.protocol === protocol) return format.value;
      losses.add({ field: 'response_format', kind: 'dropped', why: `Only ${format.protocol} has this answer format.` });
      return undefined;
  }
}
