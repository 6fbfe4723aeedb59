/** Reads the messages of a client's request. */
import type { Extra, Message, Part, Role } from '../../core/chat.ts';
import { isJsonArray, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import { readContent } from './content.ts';
import { unknownFields } from '../../wire/codec/extra.ts';
import { carry } from './extra.ts';
import { invalid, LIMITS, requireArray, requireObject, requireString, requireText } from '../../wire/codec/field.ts';
import { DETAILS, readDetails } from './reasoning-details.ts';
import { readToolCall } from './tool-calls.ts';

const ROLES = new Set<Json | undefined>(['system', 'developer', 'user', 'assistant', 'tool', 'function']);

/** Reads `messages`. */
export function readMessages(value: Json | undefined): readonly Message[] {
  const list = requireArray(value, 'messages', LIMITS.messages);
  if (list.length === 0) throw invalid('messages', 'an array with at least one message');
  return list.map((message, i) => readMessage(message, `messages[${i}]`));
}

function isRole(value: Json | undefined): value is Role | 'function' {
  return ROLES.has(value);
}

function readMessage(value: Json, path: string): Message {
  const message = requireObject(value, path);
  const role = message['role'];
  if (role === undefined) requireText(role, `${path}.role`, 'who speaks, for example "user"');
  if (!isRole(role)) throw invalid(`${path}.role`, 'system, developer, user, assistant or tool');
  const known = new Set(['role', 'content']);
  const name = message['name'];
  if (name !== undefined && name !== null && typeof name !== 'string') throw invalid(`${path}.name`, 'a string');
  if (typeof name === 'string') known.add('name');
  const named: Pick<Message, 'name'> = typeof name === 'string' ? { name } : {};
  if (role === 'assistant') return { role, ...readAssistant(message, path, known), ...named };
  if (role === 'tool' || role === 'function') return { role: 'tool', ...readResult(message, path, known), ...named };
  const hints: MutableJsonObject = {};
  const parts = readContent(message['content'], `${path}.content`, true, hints);
  return { role, parts, ...named, ...carry({ ...unknownFields(message, known), ...hints }) };
}

interface Body {
  readonly parts: readonly Part[];
  readonly extra?: Extra;
}

/** The result of a call; the deprecated role `function` names the function instead of the call. */
function readResult(message: JsonObject, path: string, known: Set<string>): Body {
  const hints: MutableJsonObject = {};
  const content = readContent(message['content'], `${path}.content`, false, hints);
  const isLegacy = message['role'] === 'function';
  if (isLegacy) hints['#role'] = 'function';
  else known.add('tool_call_id');
  const callId = isLegacy
    ? requireText(message['name'], `${path}.name`, 'the name of the function')
    : requireString(message['tool_call_id'], `${path}.tool_call_id`);
  const parts: readonly Part[] = [{ type: 'tool-result', callId, content }];
  return { parts, ...carry({ ...unknownFields(message, known), ...hints }) };
}

/** Reasoning, content, refusal, calls: in the order in which a model makes them. */
function readAssistant(message: JsonObject, path: string, known: Set<string>): Body {
  const hints: MutableJsonObject = {};
  const parts = readReasoning(message, known, hints);
  parts.push(...readContent(message['content'], `${path}.content`, false, hints));
  if (hints['#content'] === 'null') delete hints['#content'];
  const { refusal, tool_calls: calls } = message;
  if (typeof refusal === 'string' && refusal !== '') {
    known.add('refusal');
    parts.push({ type: 'text', text: refusal, refusal: true });
  }
  if (calls !== undefined && calls !== null && !isJsonArray(calls)) throw invalid(`${path}.tool_calls`, 'an array');
  if (isJsonArray(calls) && calls.length > 0) {
    known.add('tool_calls');
    parts.push(...calls.map((call, i) => readToolCall(call, `${path}.tool_calls[${i}]`)));
  }
  return { parts, ...carry({ ...unknownFields(message, known), ...hints }) };
}

/** `#reasoning` remembers which spelling the client used, or that only the details say it; two that differ are one part and a carried field. */
function readReasoning(message: JsonObject, known: Set<string>, hints: MutableJsonObject): Part[] {
  const { reasoning_content: content, reasoning } = message;
  const spelled = typeof content === 'string' && content !== '' ? 'reasoning_content' : 'reasoning';
  const value = message[spelled];
  const text = typeof value === 'string' ? value : '';
  const details = readDetails(message[DETAILS], text);
  if (details !== null) known.add(DETAILS);
  if (text === '') {
    if (details !== null) hints['#reasoning'] = 'details';
    return details ?? [];
  }
  known.add(spelled);
  if (spelled === 'reasoning') hints['#reasoning'] = 'reasoning';
  else if (reasoning === content) {
    known.add('reasoning');
    hints['#reasoning'] = 'both';
  }
  return details ?? [{ type: 'reasoning', text }];
}
