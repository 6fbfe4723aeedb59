/** Reasoning items in a client's history and in answers, both ways; sealed reasoning stays with the vendor that sealed it. */
import type { Extra, ReasoningPart } from '../../core/chat.ts';
import { isJsonArray, isJsonObject, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import { openSealedReasoning } from '../../core/sealed-reasoning.ts';
import { isEmpty, unknownFields } from '../../wire/codec/extra.ts';
import { invalid, requireArray, requireObject, requireString } from '../../wire/codec/field.ts';
import { carry, ownBag, PROTOCOL, restOf, textHint } from './extra.ts';
import { isInvented } from './invented-ids.ts';

/** Fields of a reasoning item that the block model has, or that a hint keeps. */
export const REASONING_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'id',
  'status',
  'summary',
  'content',
  'encrypted_content',
]);

/** Where a piece of reasoning stands in its item; `none`: the item shows nothing. */
export type ReasoningKind = 'summary' | 'text' | 'none';

/**
 * What a reasoning item's first part carries: its number and its id. Where a client replays an item without its seal, the id is all that
 * a vendor could find the reasoning by: there it is a field, whose loss counts.
 */
function itemBag(item: JsonObject, index: number): MutableJsonObject {
  const { id, encrypted_content: sealed } = item;
  if (typeof id !== 'string') return { '#item': index };
  const isHandle = typeof sealed !== 'string' && !isInvented(id);
  return isHandle ? { '#item': index, id } : { '#item': index, '#id': id };
}

/**
 * Reads a reasoning item of a client's history: one part per text, or per summary where there is no text, the sealed form on the last. A
 * summary beside the full text says nothing new: `#summary` keeps it. A seal that we wrote for another language's reasoning gives that
 * back. `#content` remembers an explicit null or empty list.
 */
export function readReasoning(item: JsonObject, index: number, path: string): ReasoningPart[] {
  const summaries = piecesOf(item, 'summary', path);
  const texts = piecesOf(item, 'content', path);
  const pieces = texts.length === 0 ? summaries : texts;
  if (pieces.length === 0) pieces.push({ text: '', bag: { '#kind': 'none' } });
  const rest = restOf(item, REASONING_FIELDS);
  if (typeof item['status'] === 'string') rest['#status'] = item['status'];
  if (item['summary'] === undefined) rest['#summary'] = 'absent';
  if (texts.length > 0 && summaries.length > 0) rest['#summary'] = item['summary'];
  const { content, encrypted_content: sealed } = item;
  if (content === null || (isJsonArray(content) && content.length === 0)) rest['#content'] = content;
  if (sealed === null) rest['#sealed'] = null;
  else if (sealed !== undefined && typeof sealed !== 'string') throw invalid(`${path}.encrypted_content`, 'a string');
  return pieces.map(({ text, bag }, i): ReasoningPart => {
    const own = { ...(i === 0 ? { ...itemBag(item, index), ...rest } : { '#item': index }), ...bag };
    if (i < pieces.length - 1 || typeof sealed !== 'string') return { type: 'reasoning', text, ...carry(own) };
    const opened = openSealedReasoning(sealed);
    if (opened === null) return { type: 'reasoning', text, opaque: sealed, ...carry(own) };
    return {
      type: 'reasoning',
      text,
      ...opened,
      extra: { ...carry({ ...own, '#foreign': true }).extra, ...opened.extra },
    };
  });
}

interface Piece {
  readonly text: string;
  readonly bag: MutableJsonObject;
}

function piecesOf(item: JsonObject, field: 'summary' | 'content', path: string): Piece[] {
  const list = item[field];
  if (list === undefined || list === null) return [];
  return requireArray(list, `${path}.${field}`, 4096).map((value, i) => {
    const at = `${path}.${field}[${i}]`;
    const piece = requireObject(value, at);
    const text = requireString(piece['text'], `${at}.text`);
    const rest = unknownFields(piece, PIECE);
    if (piece['type'] !== (field === 'summary' ? 'summary_text' : 'reasoning_text')) rest['type'] = piece['type'];
    const bag = isEmpty(rest) ? {} : { '#piece': rest };
    return { text, bag: { ...bag, '#kind': field === 'summary' ? 'summary' : 'text' } };
  });
}

const PIECE = new Set(['type', 'text']);

/** Where a part stands in its item. What another language reasoned is shown as a summary: every client shows those. */
export function kindOf(part: ReasoningPart): ReasoningKind {
  const kind = textHint(part.extra, '#kind');
  if (kind === 'text' || kind === 'none') return kind;
  return kind === null && part.text === '' ? 'none' : 'summary';
}

/** The lists of a reasoning item. */
export function reasoningLists(
  parts: readonly ReasoningPart[],
  kind: (part: ReasoningPart) => ReasoningKind,
): { readonly summary: JsonObject[]; readonly content: JsonObject[] } {
  const summary: JsonObject[] = [];
  const content: JsonObject[] = [];
  for (const part of parts) {
    const where = kind(part);
    const piece = ownBag(part.extra)['#piece'];
    const rest = isJsonObject(piece) ? piece : {};
    if (where === 'summary') summary.push({ type: 'summary_text', text: part.text, ...rest });
    if (where === 'text') content.push({ type: 'reasoning_text', text: part.text, ...rest });
  }
  return { summary, content };
}

/** True when this language's vendor made the item: it holds something under the id, or sealed it. */
export function isOwnReasoning(parts: readonly ReasoningPart[]): boolean {
  const bag = ownBag(parts[0]?.extra);
  const id = bag['#id'] ?? bag['id'];
  if (typeof id === 'string' && !isInvented(id)) return true;
  return parts.some(({ opaque, extra }) => opaque !== undefined && isOwn(extra));
}

/** A part with a bag of ours, but for those whose seal turned out to be another vendor's. */
function isOwn(extra: Extra | undefined): boolean {
  const bag = extra?.[PROTOCOL];
  return bag !== undefined && bag['#foreign'] !== true;
}
