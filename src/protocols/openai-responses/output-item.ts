/** Writes the output items of an answer. */
import type { Extra, ReasoningPart, TextPart, ToolCallPart } from '../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { sealReasoning } from '../../core/sealed-reasoning.ts';
import { loseBlock, sendable } from '../../wire/codec/extra.ts';
import { loseForeign, ownBag, PROTOCOL, textHint } from './extra.ts';
import type { Group } from './groups.ts';
import { inventItemId } from './invented-ids.ts';
import { splitName } from './names.ts';
import { isOwnReasoning, kindOf, reasoningLists } from './reasoning.ts';

/** Where an item stands, and what its id is made from when it has none. */
export interface ItemPlace {
  readonly index: number;
  readonly answerId: string;
  /** `completed`, or how far the item got. Items of this language keep their own word. */
  readonly status: string;
  /** Log probabilities of the item's texts, in their order. */
  readonly logprobs: readonly Json[];
  readonly losses: LossLog;
}

/** One output item; null with a Loss when this language has no place for it. */
export function outputItem(group: Group, place: ItemPlace): JsonObject | null {
  if (group.kind === 'message') return messageItem(group.parts, place);
  if (group.kind === 'reasoning') return reasoningItem(group.parts, place);
  if (group.kind === 'call') return callItem(group.part, place);
  const { part } = group;
  if (part.type === 'opaque' && part.protocol === PROTOCOL && isJsonObject(part.value)) return part.value;
  const field = `output[${place.index}]`;
  if (part.type === 'opaque') loseBlock(part.protocol, field, place.losses);
  else if (part.type === 'media' && part.mediaType.startsWith('audio/')) loseSound(place.losses);
  else place.losses.add({ field, kind: 'dropped', why: `An answer has no ${part.type}.` });
  return null;
}

/** Records the sound of an answer, which this language has no place for. */
export function loseSound(losses: LossLog): void {
  losses.add({ field: 'audio', kind: 'dropped', why: 'The Responses language has no sound in its answers.' });
}

/** The id of an item whose first part has this bag. */
function idOf(extra: Extra | undefined, prefix: string, { answerId, index }: ItemPlace): string {
  const { id } = ownBag(extra);
  return textHint(extra, '#id') ?? (typeof id === 'string' ? id : inventItemId(prefix, answerId, index));
}

/** The last word on how far the item got. */
function statusOf(parts: readonly { readonly extra?: Extra }[], place: ItemPlace): string {
  const last = parts.at(-1)?.extra;
  if (textHint(last, '#status') !== null) return textHint(last, '#status') ?? place.status;
  return ownBag(last)['#item'] === undefined ? place.status : 'completed';
}

/** Fields of the item itself, whichever of its parts carries them. */
function itemFields(parts: readonly { readonly extra?: Extra }[]): JsonObject {
  const fields: MutableJsonObject = {};
  for (const { extra } of parts) {
    const { item } = ownBag(extra);
    if (isJsonObject(item)) Object.assign(fields, item);
  }
  return fields;
}

function loseAll(parts: readonly { readonly extra?: Extra }[], { index, losses }: ItemPlace): void {
  for (const { extra } of parts) loseForeign(extra, `output[${index}]`, losses);
}

const NOT_IN_TEXT = new Set(['phase', 'item']);

/** A text or a refusal in the content of a message. */
export function outputContent(part: TextPart, logprobs: readonly Json[]): JsonObject {
  const bag = ownBag(part.extra);
  if (part.refusal === true) return { type: 'refusal', refusal: part.text, ...sendable(bag, NOT_IN_TEXT) };
  return { type: 'output_text', text: part.text, annotations: [], logprobs, ...sendable(bag, NOT_IN_TEXT) };
}

function messageItem(parts: readonly TextPart[], place: ItemPlace): JsonObject {
  loseAll(parts, place);
  const [first] = parts;
  const { phase } = ownBag(first?.extra);
  const speaker = parts.find(({ refusal }) => refusal !== true);
  const { content: more, ...fields } = itemFields(parts);
  const content: Json[] = parts.map((part) => outputContent(part, part === speaker ? place.logprobs : []));
  if (isJsonArray(more)) content.push(...more);
  return {
    id: idOf(first?.extra, 'msg', place),
    type: 'message',
    status: statusOf(parts, place),
    role: 'assistant',
    ...(phase === undefined ? {} : { phase }),
    content,
    ...fields,
  };
}

/** What another vendor sealed goes in the opaque field of this language, and comes back with the next turn. */
function reasoningItem(parts: readonly ReasoningPart[], place: ItemPlace): JsonObject {
  const [first] = parts;
  const { summary, content } = reasoningLists(parts, kindOf);
  const isOwn = isOwnReasoning(parts) || first?.extra?.[PROTOCOL] !== undefined;
  const sealed = parts.find(({ opaque, signature }) => opaque !== undefined || signature !== undefined);
  if (isOwn || sealed === undefined) loseAll(parts, place);
  const seal = sealed === undefined ? undefined : isOwn ? sealed.opaque : sealReasoning(sealed);
  return {
    id: idOf(first?.extra, 'rs', place),
    type: 'reasoning',
    status: statusOf(parts, place),
    summary: summaryOf(parts) ?? summary,
    ...(content.length === 0 ? {} : { content }),
    ...(seal === undefined ? {} : { encrypted_content: seal }),
    ...itemFields(parts),
  };
}

/** The summary beside a full text. */
function summaryOf(parts: readonly ReasoningPart[]): Json | undefined {
  return parts.map(({ extra }) => ownBag(extra)['#summary']).find((list) => isJsonArray(list));
}

function callItem(part: ToolCallPart, place: ItemPlace): JsonObject {
  loseAll([part], place);
  const { namespace, name } = splitName(part.name);
  const isCustom = part.kind === 'custom';
  return {
    id: idOf(part.extra, isCustom ? 'ctc' : 'fc', place),
    type: isCustom ? 'custom_tool_call' : 'function_call',
    status: statusOf([part], place),
    call_id: part.id,
    name,
    ...(namespace === null ? {} : { namespace }),
    [isCustom ? 'input' : 'arguments']: part.arguments,
    ...sendable(ownBag(part.extra)),
  };
}
