/** Puts the parts of an assistant's turn together to the items of this language. */
import type {
  Extra,
  MediaPart,
  OpaquePart,
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../../core/chat.ts';
import { itemOf } from './extra.ts';

/** The parts of one item. */
export type Group =
  | { readonly kind: 'message'; readonly parts: readonly TextPart[] }
  | { readonly kind: 'reasoning'; readonly parts: readonly ReasoningPart[] }
  | { readonly kind: 'call'; readonly part: ToolCallPart }
  | { readonly kind: 'other'; readonly part: OpaquePart | MediaPart | ToolResultPart };

/** Groups parts in their order: texts, and pieces of reasoning, go together as `sharesItem` says. */
export function groupParts(parts: readonly Part[]): Group[] {
  const groups: Group[] = [];
  let texts: TextPart[] = [];
  let thoughts: ReasoningPart[] = [];
  let before: Part | null = null;
  for (const part of parts) {
    const joins = before !== null && sharesItem(before, part);
    before = part;
    if (part.type === 'text') {
      if (joins) texts.push(part);
      else groups.push({ kind: 'message', parts: (texts = [part]) });
    } else if (part.type === 'reasoning') {
      if (joins) thoughts.push(part);
      else groups.push({ kind: 'reasoning', parts: (thoughts = [part]) });
    } else if (part.type === 'tool-call') groups.push({ kind: 'call', part });
    else groups.push({ kind: 'other', part });
  }
  return groups;
}

/** What of a part decides about its item. */
export interface ItemPart {
  readonly type: Part['type'];
  readonly extra?: Extra;
}

/** True when a part goes on with the item of the one before: the item it came from says so; other languages' texts are one item. */
export function sharesItem(before: ItemPart, part: ItemPart): boolean {
  if (before.type !== part.type) return false;
  const item = itemOf(part.extra);
  if (item !== itemOf(before.extra)) return false;
  return part.type === 'text' || (part.type === 'reasoning' && item !== null);
}
