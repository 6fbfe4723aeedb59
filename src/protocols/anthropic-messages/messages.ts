/** Reads the system prompt and the messages of a client's request. */
import type { Message, Part, Role } from '../../core/chat.ts';
import type { Json, MutableJsonObject } from '../../core/json.ts';
import { unknownFields } from '../../wire/codec/extra.ts';
import { invalid, LIMITS, requireArray, requireObject, requireText } from '../../wire/codec/field.ts';
import { opaque, readContent } from './content.ts';
import { carry } from './extra.ts';

const ROLES = new Set<Json | undefined>(['user', 'assistant', 'system']);
const KNOWN = new Set(['role', 'content']);

/** Reads `messages`; one with the role `system` keeps its place (`#inside`). */
export function readMessages(value: Json | undefined): Message[] {
  const list = requireArray(value, 'messages', LIMITS.messages);
  if (list.length === 0) throw invalid('messages', 'an array with at least one message');
  return list.map((message, i) => readMessage(message, `messages[${i}]`));
}

function isRole(value: Json | undefined): value is Role {
  return ROLES.has(value);
}

function readMessage(value: Json, path: string): Message {
  const message = requireObject(value, path);
  const { role } = message;
  if (role === undefined) requireText(role, `${path}.role`, 'who speaks, for example "user"');
  if (!isRole(role)) throw invalid(`${path}.role`, 'user, assistant or system');
  const hints: MutableJsonObject = {};
  const parts = readContent(message['content'], `${path}.content`, hints);
  if (role === 'system') hints['#inside'] = true;
  return { role, parts, ...carry({ ...unknownFields(message, KNOWN), ...hints }) };
}

/** How the line begins by which Claude Code tells Anthropic what it is: per version and session, so that it spoils prefix caches. */
export const BILLING_LINE = 'x-anthropic-billing-header';

/** Reads the top-level `system`. The billing line is carried whole, so that no other language ever sends it on. */
export function readSystem(value: Json): Message {
  const hints: MutableJsonObject = {};
  const parts = readContent(value, 'system', hints).map((part, i): Part => {
    if (part.type !== 'text' || hints['#content'] !== 'parts' || !part.text.startsWith(BILLING_LINE)) return part;
    return opaque(requireObject((value as readonly Json[])[i], `system[${i}]`));
  });
  return { role: 'system', parts, ...carry(hints) };
}
