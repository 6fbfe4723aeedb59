/** Reads the messages of a chat request into turns of text. */
import { isJsonArray, isJsonObject, type Json } from '../../core/json.ts';
import type { ChatTurn } from '../chat-form.ts';
import { invalidRequest } from './openai-fault.ts';

const ROLES: ReadonlyMap<Json | undefined, ChatTurn['role']> = new Map<Json | undefined, ChatTurn['role']>([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['assistant', 'assistant'],
]);

/**
 * Reads `messages`.
 * @throws OpenAiFault naming the message that cannot be read
 */
export function readTurns(messages: Json | undefined): readonly ChatTurn[] {
  if (!isJsonArray(messages) || messages.length === 0) {
    throw invalidRequest('messages', "'messages' must be an array of at least one message.");
  }
  return messages.map((message, index) => readTurn(message, `messages[${index}]`));
}

function readTurn(message: Json, at: string): ChatTurn {
  if (!isJsonObject(message)) throw invalidRequest(at, `'${at}' must be an object.`);
  const role = ROLES.get(message['role']);
  if (role === undefined) {
    throw invalidRequest(`${at}.role`, `'${at}.role' must be system, developer, user or assistant for this model.`);
  }
  const calls = message['tool_calls'] ?? message['function_call'] ?? null;
  if (calls !== null && !(isJsonArray(calls) && calls.length === 0)) {
    throw invalidRequest(`${at}.tool_calls`, 'This model knows no tools.', 'unsupported_parameter');
  }
  return { role, content: readContent(message['content'], role, `${at}.content`) };
}

function readContent(content: Json | undefined, role: ChatTurn['role'], at: string): string {
  if (typeof content === 'string') return content;
  if (role === 'assistant' && (content === null || content === undefined)) return '';
  if (!isJsonArray(content)) throw invalidRequest(at, `'${at}' must be a string or an array of text parts.`);
  return content.map((part, index) => readPart(part, `${at}[${index}]`)).join('');
}

function readPart(part: Json, at: string): string {
  if (isJsonObject(part) && part['type'] === 'text' && typeof part['text'] === 'string') return part['text'];
  throw invalidRequest(at, `'${at}' must be a text part: this model reads text only.`);
}
