/** Content of user, system and tool items, both ways: a string or a list of input parts. */
import type { Part, TextPart } from '../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { loseBlock } from '../../wire/codec/extra.ts';
import { invalid, missing, requireObject, requireString } from '../../wire/codec/field.ts';
import { carry, fieldsOf, loseForeign, ownBag, PROTOCOL, restOf } from './extra.ts';
import { readMedia, writeMedia } from './media.ts';
import { withoutDetail } from './sibling.ts';

/** Parts that stand in content lists. */
export type ContentPart = Exclude<Part, { type: 'tool-call' | 'tool-result' }>;

const TEXT = new Set(['type', 'text']);
const REFUSAL = new Set(['type', 'refusal']);

/** Reads content. The shape goes into `bag` as `#content: 'parts'` where the writer would choose a string. */
export function readContent(value: Json | undefined, path: string, bag: MutableJsonObject): Part[] {
  if (value === undefined) throw missing(path, 'a string or a list of content parts');
  if (typeof value === 'string') return value === '' ? [] : [{ type: 'text', text: value }];
  if (!isJsonArray(value)) throw invalid(path, 'a string or a list of content parts');
  bag['#content'] = 'parts';
  return value.map((part, i) => readPart(part, `${path}[${i}]`));
}

function readPart(value: Json, path: string): Part {
  const part = requireObject(value, path);
  const known = readText(part, path) ?? readMedia(part, path);
  if (known !== null) return known;
  requireString(part['type'], `${path}.type`);
  return { type: 'opaque', protocol: PROTOCOL, value: part };
}

/** Reads `input_text`, `output_text` and `refusal`; null for other types. `#part` remembers the word. */
export function readText(part: JsonObject, path: string): TextPart | null {
  const { type } = part;
  if (type === 'refusal') {
    const text = requireString(part['refusal'], `${path}.refusal`);
    return { type: 'text', text, refusal: true, ...carry(restOf(part, REFUSAL)) };
  }
  if (type !== 'input_text' && type !== 'output_text') return null;
  const text = requireString(part['text'], `${path}.text`);
  return { type: 'text', text, ...carry({ ...restOf(part, TEXT), '#part': type }) };
}

/** Writes content. One plain text is a string and several parts are a list; `hint` is the shape that the client itself used. */
export function writeContent(
  parts: readonly ContentPart[],
  hint: Json | undefined,
  path: string,
  losses: LossLog,
): Json {
  if (parts.length === 0) return hint === 'parts' ? [] : '';
  const [only] = parts;
  if (parts.length === 1 && hint !== 'parts' && only?.type === 'text' && isPlain(only)) {
    loseForeign(only.extra, path, losses);
    return only.text;
  }
  const list = parts.map((part, i) => writePart(part, `${path}[${i}]`, losses)).filter((part) => part !== null);
  return list.length === 0 && hint !== 'parts' ? '' : list;
}

/** True for text that a bare string says completely. */
export function isPlain(part: TextPart): boolean {
  return part.refusal === undefined && Object.keys(fieldsOf(ownBag(part.extra))).length === 0;
}

function writePart(part: ContentPart, path: string, losses: LossLog): JsonObject | null {
  if (part.type === 'opaque') {
    if (part.protocol === PROTOCOL && isJsonObject(part.value)) return part.value;
    loseBlock(part.protocol, path, losses);
    return null;
  }
  loseForeign(part.type === 'media' ? withoutDetail(part.extra) : part.extra, path, losses);
  if (part.type === 'media') return writeMedia(part, path, losses);
  if (part.type === 'text') return writeText(part, 'input_text');
  losses.add({ field: path, kind: 'dropped', why: 'Only an assistant can have reasoned.' });
  return null;
}

/** A text or refusal of a content list; `type` where nothing is remembered. */
export function writeText(part: TextPart, type: 'input_text' | 'output_text'): JsonObject {
  const bag = ownBag(part.extra);
  if (part.refusal === true) return { type: 'refusal', refusal: part.text, ...fieldsOf(bag, IN_ITEM) };
  const word = typeof bag['#part'] === 'string' ? bag['#part'] : type;
  return { type: word, text: part.text, ...fieldsOf(bag, IN_ITEM) };
}

/** Keys of a text's bag that belong to its item. */
const IN_ITEM = new Set(['phase', 'item']);
