/** Writes the conversation: user and assistant turns, all results of one turn in one user message and first in it. */
import type { Message, Part } from '../../core/chat.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { sendable } from '../../wire/codec/extra.ts';
import { shorten, writeBlocks, writeContent } from './content-write.ts';
import { loseForeign, ownBag } from './extra.ts';
import { loseName, type Placed } from './system-write.ts';
import type { WriteContext } from './write-context.ts';

/** A user turn under way: the results of tools, and what follows them. */
interface UserTurn {
  readonly results: JsonObject[];
  readonly rest: JsonObject[];
}

/** Writes `messages`. Results that came as messages of their own are gathered, together with the user's words after them. */
export function writeMessages(conversation: readonly Placed[], context: WriteContext): JsonObject[] {
  const written: JsonObject[] = [];
  let pending: UserTurn | null = null;
  const flush = (): void => {
    if (pending !== null && pending.results.length + pending.rest.length > 0) {
      written.push({ role: 'user', content: shorten([...pending.results, ...pending.rest]) });
    }
    pending = null;
  };
  for (const { message, path } of conversation) {
    loseForeign(message.extra, path, context.losses);
    loseName(message, path, context);
    if (message.role === 'tool') {
      pending = addResults(pending, message.parts, path, context);
      continue;
    }
    if (message.role === 'user' && pending !== null) {
      pending = addResults(pending, message.parts, path, context);
      flush();
      continue;
    }
    flush();
    const turn = writeTurn(message, path, context);
    if (turn !== null) written.push(turn);
  }
  flush();
  return written;
}

function addResults(turn: UserTurn | null, parts: readonly Part[], path: string, context: WriteContext): UserTurn {
  const { results, rest } = turn ?? { results: [], rest: [] };
  for (const block of writeBlocks(parts, 'user', `${path}.content`, context)) {
    (block['type'] === 'tool_result' ? results : rest).push(block);
  }
  return { results, rest };
}

function writeTurn(message: Message, path: string, context: WriteContext): JsonObject | null {
  const bag = ownBag(message.extra);
  const role = message.role === 'developer' ? 'system' : message.role;
  const turn = role === 'assistant' || role === 'system' ? role : 'user';
  const content = writeContent(message.parts, turn, bag['#content'], `${path}.content`, context);
  if (content.length === 0 && (!context.native || message.parts.length > 0)) {
    context.losses.add({ field: path, kind: 'dropped', why: 'A turn without content cannot be said.' });
    return null;
  }
  return { role, content: role === 'user' ? resultsFirst(content, path, context) : content, ...sendable(bag) };
}

function resultsFirst(content: string | JsonObject[], path: string, { losses }: WriteContext): Json {
  if (typeof content === 'string') return content;
  const isResult = (block: JsonObject): boolean => block['type'] === 'tool_result';
  const last = content.findLastIndex(isResult);
  if (content.slice(0, last + 1).every(isResult)) return content;
  losses.add({ field: path, kind: 'changed', why: 'Tool results must stand first in their turn.' });
  return [...content.filter(isResult), ...content.filter((block) => !isResult(block))];
}

/**
 * True when the conversation ends in a tool loop whose assistant turn does not begin with thinking: switched on by a budget,
 * thinking would be refused for such a turn.
 */
export function lacksThinking(messages: readonly JsonObject[]): boolean {
  const turn = messages.findLast(({ role }) => role === 'assistant');
  const content = turn?.['content'];
  if (!Array.isArray(content) || messages.at(-1) === turn) return false;
  const types = (content as readonly JsonObject[]).map(({ type }) => type);
  return types.includes('tool_use') && types[0] !== 'thinking' && types[0] !== 'redacted_thinking';
}
