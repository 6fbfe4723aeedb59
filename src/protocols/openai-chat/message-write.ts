/** Writes messages for an upstream. */
import type { Message, Part, ReasoningPart, ToolResultPart } from '../../core/chat.ts';
import type { Json, JsonObject, MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import { takesSeal } from '../../core/origin.ts';
import type { Dialect } from '../../core/protocol.ts';
import type { CallIds } from '../../wire/codec/call-ids.ts';
import { tellFailure } from '../../wire/codec/failed-result.ts';
import { fitRole } from '../../wire/codec/instruction-role.ts';
import { writeContent, type ContentPart } from './content.ts';
import { isPlainDialect } from './dialect.ts';
import { sendable, setDefined } from '../../wire/codec/extra.ts';
import { loseForeign, loseSealed, ownBag } from './extra.ts';
import { DETAILS, detailsOf } from './reasoning-details.ts';
import { writeToolCall } from './tool-calls.ts';

/** What writing a message needs to know. */
export interface MessageContext {
  readonly to: Dialect;
  readonly ids: CallIds;
  readonly losses: LossLog;
}

/**
 * Writes `messages`. Tool results become messages of their own; media among them, which tool messages cannot hold, follow in
 * one user message after the run of results.
 */
export function writeMessages(messages: readonly Message[], context: MessageContext): JsonObject[] {
  const written: JsonObject[] = [];
  let attachments: ContentPart[] = [];
  messages.forEach((message, i) => {
    const path = `messages[${i}]`;
    loseForeign(message.extra, path, context.losses);
    const results = message.parts.filter((part) => part.type === 'tool-result');
    const rest = message.parts.filter((part) => part.type !== 'tool-result');
    if (results.length === 0) flush();
    for (const result of results)
      written.push(writeResult(result, message, results.length, path, attachments, context));
    if (rest.length === 0 && results.length > 0) return;
    if (results.length > 0) flush();
    const turn = writeTurn(message, rest, results.length > 0, path, context);
    if (!isEmptied(rest, turn)) written.push(turn);
  });
  flush();
  return written;

  function flush(): void {
    if (attachments.length === 0) return;
    const content = writeContent(attachments, 'parts', 'messages', context.losses);
    written.push({ role: 'user', content: content ?? null });
    attachments = [];
  }
}

/** True when everything in a turn was lost (hosted tools' items, reasoning that the vendor takes none of): vendors refuse an empty one. */
function isEmptied(parts: readonly Part[], { role: _role, content, ...fields }: JsonObject): boolean {
  if (parts.length === 0 || parts.some(({ type }) => type !== 'opaque' && type !== 'reasoning')) return false;
  return (content === undefined || content === null || content === '') && Object.keys(fields).length === 0;
}

function writeTurn(
  message: Message,
  parts: readonly Part[],
  isSplit: boolean,
  path: string,
  context: MessageContext,
): JsonObject {
  const bag = isSplit ? {} : ownBag(message.extra);
  if (message.role === 'assistant') return writeAssistant(message, parts, bag, path, context);
  const body: MutableJsonObject = {
    role: message.role === 'tool' ? 'user' : fitRole(message.role, context.to, path, context.losses),
  };
  const content = parts.filter((part): part is ContentPart => part.type !== 'tool-call' && part.type !== 'tool-result');
  if (content.length < parts.length) {
    context.losses.add({
      field: path,
      kind: 'dropped',
      why: `A tool call in a ${message.role} message cannot be said.`,
    });
  }
  setDefined(body, 'content', writeContent(content, bag['#content'] ?? 'empty', `${path}.content`, context.losses));
  setDefined(body, 'name', message.name);
  return { ...body, ...sendable(bag) };
}

function writeResult(
  result: ToolResultPart,
  message: Message,
  count: number,
  path: string,
  attachments: ContentPart[],
  { ids, losses }: MessageContext,
): JsonObject {
  loseForeign(result.extra, path, losses);
  const bag = count === 1 && message.role === 'tool' ? ownBag(message.extra) : {};
  const isOwn = bag['#content'] === 'parts';
  const content: ContentPart[] = [];
  for (const part of result.content) {
    if (part.type === 'tool-call' || part.type === 'tool-result') {
      losses.add({ field: path, kind: 'dropped', why: 'Calls within a tool result cannot be said.' });
    } else if (part.type === 'media' && !isOwn) {
      losses.add({ field: path, kind: 'changed', why: 'Media of a tool result follow in a user message.' });
      attachments.push({ type: 'text', text: `Attachment of tool result ${result.callId}:` }, part);
    } else content.push(part);
  }
  const text = writeContent(
    tellFailure(result, content, path, losses),
    bag['#content'] ?? 'empty',
    `${path}.content`,
    losses,
  );
  const body: MutableJsonObject =
    bag['#role'] === 'function' ? { role: 'function' } : { role: 'tool', tool_call_id: ids.write(result.callId) };
  setDefined(body, 'content', text);
  setDefined(body, 'name', message.name);
  return { ...body, ...sendable(bag) };
}

function writeAssistant(
  message: Message,
  parts: readonly Part[],
  bag: JsonObject,
  path: string,
  context: MessageContext,
): JsonObject {
  const { ids, losses } = context;
  const content: ContentPart[] = [];
  const calls: JsonObject[] = [];
  const thoughts: ReasoningPart[] = [];
  let refusal: string | undefined;
  for (const part of parts) {
    if (part.type === 'tool-call') {
      loseForeign(part.extra, path, losses);
      calls.push(writeToolCall(part, ids.write(part.id)));
      continue;
    }
    if (part.type === 'tool-result') continue;
    if (calls.length > 0)
      losses.add({ field: path, kind: 'approximated', why: 'Tool calls stand after all other content.' });
    if (part.type === 'reasoning' && ownBag(part.extra)['#in'] !== 'content') thoughts.push(part);
    else if (part.type === 'text' && part.refusal === true && ownBag(part.extra)['#in'] !== 'content') {
      refusal = (refusal ?? '') + part.text;
    } else content.push(part);
  }
  const fields = replay(thoughts, bag, content, path, context);
  const body: MutableJsonObject = { role: 'assistant' };
  setDefined(body, 'content', writeContent(content, bag['#content'] ?? 'null', `${path}.content`, losses));
  setDefined(body, 'refusal', refusal);
  if (calls.length > 0) body['tool_calls'] = calls;
  setDefined(body, 'name', message.name);
  return { ...body, ...sendable(bag), ...fields };
}

/** Earlier reasoning goes back as the vendor takes it: in its field, as tags at the head of the text, or not at all. */
function replay(
  thoughts: readonly ReasoningPart[],
  bag: JsonObject,
  content: ContentPart[],
  path: string,
  { to, losses }: MessageContext,
): { readonly [key: string]: Json } {
  if (thoughts.length === 0) return {};
  const details = thoughts.flatMap((thought) => replayDetails(thought, path, to, losses));
  const more: { readonly [key: string]: Json } = details.length === 0 ? {} : { [DETAILS]: details };
  const text = thoughts.map((thought) => thought.text).join('');
  if (text === '' || (details.length > 0 && bag['#reasoning'] === 'details')) return more;
  if (isPlainDialect(to)) {
    if (bag['#reasoning'] === 'both') return { ...more, reasoning_content: text, reasoning: text };
    return { ...more, [bag['#reasoning'] === 'reasoning' ? 'reasoning' : 'reasoning_content']: text };
  }
  if (to.reasoning.replay === 'field') return { ...more, [to.reasoning.field ?? 'reasoning_content']: text };
  if (to.reasoning.replay === 'tags') {
    const [first] = content;
    const tagged = `<think>${text}</think>`;
    if (first?.type === 'text' && first.refusal === undefined) content[0] = { ...first, text: tagged + first.text };
    else content.unshift({ type: 'text', text: tagged });
    return more;
  }
  losses.add({ field: `${path}.reasoning`, kind: 'dropped', why: `${to.provider} takes no earlier reasoning.` });
  return more;
}

/** The details that a thought came with, for those who made them; what is sealed goes to nobody else. */
function replayDetails(thought: ReasoningPart, path: string, to: Dialect, losses: LossLog): readonly Json[] {
  loseForeign(thought.extra, path, losses);
  const isTaken = isPlainDialect(to) || (to.reasoning.details === true && takesSeal(to, thought.origin));
  const details = isTaken ? detailsOf(thought) : null;
  if (details === null) loseSealed(thought, path, losses);
  return details ?? [];
}
