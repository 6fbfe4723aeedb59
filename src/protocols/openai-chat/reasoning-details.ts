/** `reasoning_details`: the opaque field of reasoning in chat completions, in the form that OpenRouter gave it and its clients send back. */
import type { ReasoningPart } from '../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import { openSealedReasoning, sealReasoning, type SealedReasoning } from '../../core/sealed-reasoning.ts';
import { carry, ownBag } from './extra.ts';

/** The field. */
export const DETAILS = 'reasoning_details';

/** What a reasoning part carries of details that an upstream of this language sent. */
export interface CarriedDetails {
  readonly opaque?: string;
  readonly bag: JsonObject;
}

/** Details as they are carried: sealed where an entry is signed or encrypted; without a seal they only repeat the text. */
export function carryDetails(list: readonly Json[]): CarriedDetails {
  if (lastSealIn(list) === null) return { bag: { '#details': list } };
  return { opaque: JSON.stringify(list), bag: { '#details': true } };
}

/** The upstream's own details of a part; null where it has none. */
export function detailsOf({ opaque, extra }: SealedReasoning): readonly Json[] | null {
  const hint = ownBag(extra)['#details'];
  if (isJsonArray(hint)) return hint;
  if (hint !== true || opaque === undefined) return null;
  const list = JSON.parse(opaque) as Json;
  return isJsonArray(list) ? list : null;
}

/**
 * What an answer tells the client of a part: the upstream's own details, or what another language sealed, as a signed entry.
 * @param text what the seal itself must hold, where the entry does not show it
 */
export function answerDetails(part: ReasoningPart, index: number, isShown: boolean): readonly Json[] {
  const own = detailsOf(part);
  if (own !== null) return own;
  const { type: _type, text, ...seal } = part;
  if (seal.signature === undefined && seal.opaque === undefined) return [];
  const signature = sealReasoning(isShown || text === '' ? seal : { ...seal, text });
  return [{ type: 'reasoning.text', text: isShown ? text : '', signature, format: 'unknown', index }];
}

/**
 * The reasoning in a message of a client's history: the parts that seals of ours hold; else one part with the details as the vendor made
 * them. null = the field says nothing.
 */
export function readDetails(value: Json | undefined, text: string): ReasoningPart[] | null {
  if (!isJsonArray(value) || value.length === 0) return null;
  const opened = value.map(openEntry).filter((part) => part !== null);
  if (opened.length > 0) return opened;
  const { bag, ...sealed } = carryDetails(value);
  return [{ type: 'reasoning', text: text === '' ? shownIn(value) : text, ...sealed, ...carry(bag) }];
}

/** What details show, for messages that say it nowhere else. */
function shownIn(list: readonly Json[]): string {
  return list
    .map((entry) => (isJsonObject(entry) ? (entry['text'] ?? entry['summary']) : null))
    .filter((text) => typeof text === 'string')
    .join('');
}

function openEntry(entry: Json): ReasoningPart | null {
  if (!isJsonObject(entry)) return null;
  const sealed = entry['signature'] ?? entry['data'];
  const opened = typeof sealed === 'string' ? openSealedReasoning(sealed) : null;
  if (opened === null) return null;
  const shown = typeof entry['text'] === 'string' ? entry['text'] : '';
  return { type: 'reasoning', ...opened, text: opened.text ?? shown };
}

/** The last signature or encrypted form among details; null = nothing is sealed. */
export function lastSealIn(list: readonly Json[]): string | null {
  for (const entry of list.toReversed()) {
    if (!isJsonObject(entry)) continue;
    const { signature, data } = entry;
    if (typeof signature === 'string' && signature !== '') return signature;
    if (typeof data === 'string' && data !== '') return data;
  }
  return null;
}

const GROWING = ['text', 'summary', 'data'] as const;

/** Adds the details of one chunk: pieces of one entry, told by type and index, become one. */
export function gatherDetails(list: Json[], more: readonly Json[]): void {
  for (const entry of more) {
    const last = list.at(-1);
    if (isJsonObject(entry) && isJsonObject(last) && isSameEntry(last, entry))
      list[list.length - 1] = joined(last, entry);
    else list.push(entry);
  }
}

function isSameEntry(a: JsonObject, b: JsonObject): boolean {
  return typeof a['index'] === 'number' && a['index'] === b['index'] && a['type'] === b['type'];
}

function joined(before: JsonObject, more: JsonObject): JsonObject {
  const whole: MutableJsonObject = { ...before };
  for (const key in more) if (more[key] !== null && key !== '__proto__') whole[key] = more[key];
  for (const key of GROWING) {
    const [a, b] = [before[key], more[key]];
    if (typeof a === 'string') whole[key] = typeof b === 'string' ? a + b : a;
  }
  return whole;
}
