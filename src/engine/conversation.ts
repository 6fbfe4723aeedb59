/** Which conversation a request goes on with: an id that it names, or the words with which the conversation began. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Exchange } from './exchange.ts';

/** The header by which a client names its conversation. */
const CONVERSATION_HEADER = 'x-thalweg-conversation';
const LONGEST_ID = 256;

/** A conversation. */
export interface ConversationId {
  readonly id: string;
  /** True where the upstream keeps turns that the request does not carry. */
  readonly isKept: boolean;
}

/** The fields by which requests refer to what the upstream keeps. */
const KEPT = ['previous_response_id', 'conversation'] as const;

/**
 * The conversations that a request belongs to; none for a first turn. Without an id it is told by its first user message and the
 * first answer, which clients send again at every turn.
 */
export function conversationsOf({ call, scan }: Exchange): readonly ConversationId[] {
  const ids: ConversationId[] = [];
  const named = call.headers.get(CONVERSATION_HEADER);
  if (named !== null && named !== '' && named.length <= LONGEST_ID) ids.push({ id: `named ${named}`, isKept: false });
  if (scan === null) return ids;
  for (const field of KEPT) {
    const value = scan.has(field) ? scan.value(field) : undefined;
    const id = isJsonObject(value) ? value['id'] : value;
    if (typeof id === 'string') ids.push({ id: `kept ${id}`, isKept: true });
  }
  if (ids.length > 0) return ids;
  const turns = scan.value('messages') ?? scan.value('input');
  const beginning = isJsonArray(turns) ? beginningOf(turns) : null;
  return beginning === null ? [] : [{ id: `begun ${beginning}`, isKept: false }];
}

/** null = nobody has answered yet. */
function beginningOf(turns: readonly Json[]): string | null {
  const words: string[] = [];
  for (const turn of turns) {
    if (!isJsonObject(turn) || turn['role'] === 'system' || turn['role'] === 'developer') continue;
    words.push(wordsOf(turn));
    if (turn['role'] !== 'user') return words.join('\n');
  }
  return null;
}

/** What was said or called, without what clients change from turn to turn, such as cache marks. */
function wordsOf(turn: JsonObject): string {
  const { content } = turn;
  const parts = isJsonArray(content) ? content : [content ?? turn];
  return JSON.stringify(
    parts.map((part) => {
      if (!isJsonObject(part)) return part ?? null;
      const { text, id, call_id: call, name, tool_calls: calls } = part;
      return [text ?? null, id ?? call ?? null, name ?? null, calls ?? turn['tool_calls'] ?? null];
    }),
  );
}
