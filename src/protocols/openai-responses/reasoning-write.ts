/** Writes the reasoning of a client's history for an upstream. */
import type { ReasoningPart } from '../../core/chat.ts';
import type { JsonObject, MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Dialect } from '../../core/protocol.ts';
import { takesSeal } from '../../core/origin.ts';
import { fieldsOf, isPlainDialect, loseForeign, ownBag } from './extra.ts';
import { inventItemId } from './invented-ids.ts';
import { isOwnReasoning, kindOf, reasoningLists } from './reasoning.ts';

/**
 * One reasoning item; null with a Loss when the upstream takes none. Items that this language's vendor made go back as they came.
 * Others go as plain text where the vendor takes that (DeepSeek, vLLM): without seal and id, which name nothing there.
 */
export function writeThoughts(
  parts: readonly ReasoningPart[],
  path: string,
  to: Dialect,
  losses: LossLog,
): JsonObject | null {
  const isOwn = isOwnReasoning(parts) && parts.every(({ origin }) => takesSeal(to, origin));
  for (const part of parts) {
    loseForeign(part.extra, path, losses);
    loseForeignSeal(part, isOwn, path, losses);
  }
  if (isOwn) return ownItem(parts);
  if (parts.every(({ text }) => text === '') && !isHinted(parts)) return null;
  const isPlainProtocol = isPlainDialect(to);
  if (!isPlainProtocol && to.reasoning.replay !== 'field') {
    losses.add({ field: `${path}.reasoning`, kind: 'dropped', why: `${to.provider} takes no earlier reasoning.` });
    return null;
  }
  if (isHinted(parts)) return ownItem(parts);
  const { content } = reasoningLists(parts, () => 'text');
  return { type: 'reasoning', ...(isPlainProtocol ? {} : { id: inventItemId('rs', path, 0) }), summary: [], content };
}

function isHinted(parts: readonly ReasoningPart[]): boolean {
  return ownBag(parts[0]?.extra)['#kind'] !== undefined;
}

function loseForeignSeal(part: ReasoningPart, isOwn: boolean, path: string, losses: LossLog): void {
  for (const sealed of ['signature', 'opaque'] as const) {
    if (part[sealed] === undefined || (isOwn && sealed === 'opaque')) continue;
    const why = 'Only the vendor that sealed this reasoning takes it back.';
    losses.add({ field: `${path}.reasoning.${sealed}`, kind: 'dropped', why });
  }
}

/** An item as it was read. */
function ownItem(parts: readonly ReasoningPart[]): JsonObject {
  const [first] = parts;
  const bag = ownBag(first?.extra);
  const { summary, content } = reasoningLists(parts, kindOf);
  const item: MutableJsonObject = { type: 'reasoning' };
  if (bag['#id'] !== undefined) item['id'] = bag['#id'];
  if (bag['#summary'] !== 'absent') item['summary'] = bag['#summary'] ?? summary;
  if (content.length > 0) item['content'] = content;
  else if (bag['#content'] !== undefined) item['content'] = bag['#content'];
  const opaque = bag['#foreign'] === true ? undefined : parts.find((part) => part.opaque !== undefined)?.opaque;
  if (opaque !== undefined) item['encrypted_content'] = opaque;
  else if (bag['#sealed'] === null) item['encrypted_content'] = null;
  if (bag['#status'] !== undefined) item['status'] = bag['#status'];
  return { ...item, ...fieldsOf(bag) };
}
