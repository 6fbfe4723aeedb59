/** `output_config` and the format within it: the shape an answer must have, and the effort (read in thinking.ts). */
import type { ResponseFormat } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { requireObject, requireText } from '../../wire/codec/field.ts';
import { PROTOCOL } from './extra.ts';
import type { ModelRules } from './model-rules.ts';

/** The name under which other languages see the schema of a format: this one gives it none. */
const SCHEMA_NAME = 'answer';

/** Reads a `format`; anything but a plain JSON Schema is carried whole. */
export function readFormat(value: Json, path: string): ResponseFormat {
  const format = requireObject(value, path);
  const type = requireText(format['type'], `${path}.type`, '"json_schema"');
  const { schema } = format;
  if (type === 'json_schema' && isJsonObject(schema) && Object.keys(format).length === 2) {
    return { type: 'json-schema', name: SCHEMA_NAME, schema };
  }
  return { type: 'opaque', protocol: PROTOCOL, value };
}

/** Writes a `format`; undefined where nothing has to be said, or cannot be, which is a Loss. */
export function writeFormat(format: ResponseFormat, rules: ModelRules | null, losses: LossLog): JsonObject | undefined {
  const lose = (why: string): undefined => {
    losses.add({ field: 'response_format', kind: 'dropped', why });
    return undefined;
  };
  switch (format.type) {
    case 'text':
      return undefined;
    case 'json-object':
      return lose('Messages has no JSON without a schema.');
    case 'opaque':
      if (format.protocol === PROTOCOL && isJsonObject(format.value)) return format.value;
      return lose(`Only ${format.protocol} has this answer format.`);
    case 'json-schema':
      if (format.schema === undefined) return lose('Messages has no JSON without a schema.');
      if (rules !== null && !rules.jsonSchema) return lose('This model does not hold its answer to a schema.');
      if (format.description !== undefined) {
        losses.add({
          field: 'response_format.json_schema.description',
          kind: 'dropped',
          why: 'A format in Messages has no description.',
        });
      }
      return { type: 'json_schema', schema: format.schema };
  }
}
