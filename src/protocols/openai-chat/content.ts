/** Content of a message, both ways: a string, a list of parts, or nothing. */
import type { OpaquePart, Part, ReasoningPart, TextPart } from '../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { loseBlock, sendable, unknownFields } from '../../wire/codec/extra.ts';
import { carry, loseForeign, ownBag, PROTOCOL } from './extra.ts';
import { invalid, missing, requireObject, requireString } from '../../wire/codec/field.ts';
import { readMedia, writeMedia } from './media.ts';

/** Parts that stand in `content`. */
export type ContentPart = Exclude<Part, { type: 'tool-call' | 'tool-result' }>;

/**
 * Reads `content`. The shape goes into the bag as `#content` where the writer would choose another one: `absent`, `null`,
 * `empty` (the string ''), `parts`.
 */
export function readContent(value: Json | undefined, path: string, required: boolean, bag: MutableJsonObject): Part[] {
  if (value === undefined || value === null) {
    if (required && value === undefined) throw missing(path, 'a string or a list of content parts');
    if (required) throw invalid(path, 'a string or a list of content parts');
    bag['#content'] = value === null ? 'null' : 'absent';
    return [];
  }
  if (typeof value === 'string') {
    if (value !== '') return [{ type: 'text', text: value }];
    bag['#content'] = 'empty';
    return [];
  }
  if (!isJsonArray(value)) throw invalid(path, 'a string or a list of content parts');
  bag['#content'] = 'parts';
  return value.map((part, i) => readPart(part, `${path}[${i}]`));
}

function readPart(value: Json, path: string): Part {
  const part = requireObject(value, path);
  const type = requireString(part['type'], `${path}.type`);
  if (type === 'text') {
    const text = requireString(part['text'], `${path}.text`);
    return { type: 'text', text, ...carry(unknownFields(part, TEXT)) };
  }
  if (type === 'refusal') {
    const text = requireString(part['refusal'], `${path}.refusal`);
    return { type: 'text', text, refusal: true, ...carry({ ...unknownFields(part, REFUSAL), '#in': 'content' }) };
  }
  const media = type === 'thinking' ? readThinking(part) : readMedia(part, path);
  return media ?? opaque(part);
}

const TEXT = new Set(['type', 'text']);
const REFUSAL = new Set(['type', 'refusal']);
const THINKING = new Set(['type', 'thinking']);

function opaque(value: JsonObject): OpaquePart {
  return { type: 'opaque', protocol: PROTOCOL, value };
}

/** Mistral's `{type: "thinking", thinking: [{type: "text", text}]}`; anything less plain is carried whole. */
function readThinking(part: JsonObject): ReasoningPart | null {
  const pieces = part['thinking'];
  const piece = isJsonArray(pieces) && pieces.length === 1 ? pieces[0] : null;
  if (!isJsonObject(piece) || typeof piece['text'] !== 'string' || Object.keys(piece).length !== 2) return null;
  if (piece['type'] !== 'text') return null;
  return { type: 'reasoning', text: piece['text'], ...carry({ ...unknownFields(part, THINKING), '#in': 'content' }) };
}

/**
 * Writes `content` of the given parts. One plain text is a string, several parts are a list; `hint` is the shape that the
 * client itself used. Undefined = leave the field out.
 */
export function writeContent(
  parts: readonly ContentPart[],
  hint: Json | undefined,
  path: string,
  losses: LossLog,
): Json | undefined {
  if (parts.length === 0) {
    if (hint === 'parts') return [];
    return hint === 'absent' ? undefined : hint === 'empty' ? '' : null;
  }
  const [only] = parts;
  if (parts.length === 1 && hint !== 'parts' && only?.type === 'text' && isPlain(only)) {
    loseForeign(only.extra, path, losses);
    return only.text;
  }
  const list = parts.map((part, i) => writePart(part, `${path}[${i}]`, losses)).filter((part) => part !== null);
  return list.length === 0 && hint !== 'parts' ? '' : list;
}

function isPlain(part: TextPart): boolean {
  return part.refusal === undefined && Object.keys(sendable(ownBag(part.extra))).length === 0;
}

function writePart(part: ContentPart, path: string, losses: LossLog): JsonObject | null {
  if (part.type === 'opaque') {
    if (part.protocol === PROTOCOL && isJsonObject(part.value)) return part.value;
    loseBlock(part.protocol, path, losses);
    return null;
  }
  loseForeign(part.extra, path, losses);
  if (part.type === 'media') return writeMedia(part, path, losses);
  const bag = sendable(ownBag(part.extra));
  if (part.type === 'reasoning') return { type: 'thinking', thinking: [{ type: 'text', text: part.text }], ...bag };
  if (part.refusal === true) return { type: 'refusal', refusal: part.text, ...bag };
  return { type: 'text', text: part.text, ...bag };
}
