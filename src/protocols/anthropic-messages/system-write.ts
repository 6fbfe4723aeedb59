/** Finds the place of every system text: at the top, or inside the conversation where the model knows that. */
import type { Message } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { shorten, writeBlocks } from './content-write.ts';
import { isAnthropic, isPlainDialect } from './dialect.ts';
import { loseForeign, ownBag } from './extra.ts';
import { BILLING_LINE } from './messages.ts';
import type { WriteContext } from './write-context.ts';

/** A message with its place in the request of the block model. */
export interface Placed {
  readonly message: Message;
  readonly path: string;
}

/** The messages, parted: what goes into the top-level `system`, and the conversation. */
export interface Parted {
  readonly top: readonly Placed[];
  readonly conversation: readonly Placed[];
}

/**
 * Parts the messages. Leading system texts go to the top, and all of them where the model takes none inside the conversation. A
 * request of system texts only has its last one as the user's turn: an empty conversation is refused.
 */
export function partMessages(messages: readonly Message[], context: WriteContext): Parted {
  const { losses, rules, to, native } = context;
  const takesInside = rules === null ? isPlainDialect(to) : rules.systemInside;
  const top: Placed[] = [];
  const conversation: Placed[] = [];
  messages.forEach((message, i) => {
    const placed: Placed = { message, path: `messages[${i}]` };
    if (message.role !== 'system' && message.role !== 'developer') return conversation.push(placed);
    if (message.role === 'developer') {
      const why = 'Messages knows no developer role: it went as system.';
      losses.add({ field: `${placed.path}.role`, kind: 'changed', why });
    }
    const isInside = conversation.length > 0 || ownBag(message.extra)['#inside'] === true;
    if (isInside && takesInside) return conversation.push(placed);
    if (isInside) moved(placed, 'This model takes no system text inside the conversation: it went to the top.', losses);
    return top.push(placed);
  });
  if (rules !== null && !native) settle(top, conversation, losses);
  const last = conversation.length === 0 ? top.pop() : undefined;
  if (last === undefined) return { top, conversation };
  losses.add({
    field: `${last.path}.role`,
    kind: 'changed',
    why: 'Messages needs a user turn: the last text became it.',
  });
  return { top, conversation: [{ path: last.path, message: { ...last.message, role: 'user' } }] };
}

function moved({ path }: Placed, why: string, losses: LossLog): void {
  losses.add({ field: path, kind: 'changed', why });
}

/**
 * Claude takes a system text between a user's turn and the answer to it only: one that stands before a user's turn goes behind it, and
 * one behind the last answer to the top.
 */
function settle(top: Placed[], conversation: Placed[], losses: LossLog): void {
  const isSystem = ({ message }: Placed): boolean => message.role === 'system' || message.role === 'developer';
  const turns = conversation.filter((placed) => !isSystem(placed));
  const behind = new Map<Placed | undefined, Placed[]>();
  let before: Placed | undefined;
  for (const placed of conversation) {
    if (!isSystem(placed)) {
      before = placed;
      continue;
    }
    const host = hostOf(turns, before);
    if (host === undefined) {
      moved(placed, 'There is no user turn for it to follow: it went to the top.', losses);
      top.push(placed);
    } else {
      if (host !== before) moved(placed, 'A system text stands behind the user turn that it was before.', losses);
      behind.set(host, [...(behind.get(host) ?? []), placed]);
    }
  }
  conversation.splice(0, conversation.length, ...turns.flatMap((turn) => [turn, ...(behind.get(turn) ?? [])]));
}

/** The last turn before the next answer, where that is the user's. */
function hostOf(turns: readonly Placed[], before: Placed | undefined): Placed | undefined {
  let at = before === undefined ? -1 : turns.indexOf(before);
  for (let next = turns[at + 1]; next !== undefined && next.message.role !== 'assistant'; next = turns[at + 1]) at++;
  const host = turns[at];
  return host === undefined || host.message.role === 'assistant' ? undefined : host;
}

/** The top-level `system`; undefined when there is none. */
export function writeSystem(top: readonly Placed[], context: WriteContext): Json | undefined {
  const [first] = top;
  if (first === undefined) return undefined;
  const blocks = top.flatMap(({ message, path }) => {
    loseForeign(message.extra, path, context.losses);
    loseName(message, path, context);
    return writeBlocks(message.parts, 'system', path, context);
  });
  const kept = isAnthropic(context.to) ? blocks : blocks.filter((block) => !isBilling(block, first.path, context));
  const hint = top.length === 1 ? ownBag(first.message.extra)['#content'] : undefined;
  if (hint !== 'parts' && hint !== 'string' && kept.length === 0) return undefined;
  return hint === 'parts' ? kept : shorten(kept);
}

function isBilling(block: JsonObject, path: string, { losses }: WriteContext): boolean {
  if (!isJsonObject(block) || typeof block['text'] !== 'string' || !block['text'].startsWith(BILLING_LINE))
    return false;
  losses.add({ field: path, kind: 'dropped', why: 'The billing line of Claude Code is for Anthropic only.' });
  return true;
}

/** Records the name of a speaker, which this language has no place for. */
export function loseName(message: Message, path: string, { losses }: WriteContext): void {
  if (message.name === undefined) return;
  losses.add({ field: `${path}.name`, kind: 'dropped', why: 'Speakers have no names in Messages.' });
}
