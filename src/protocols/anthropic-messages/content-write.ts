/** Writes parts as blocks. */
import type { OpaquePart, Part, TextPart, ToolResultPart } from '../../core/chat.ts';
import { isJsonObject, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import { isEmpty, loseBlock, sendable } from '../../wire/codec/extra.ts';
import { loseForeign, ownBag, PROTOCOL } from './extra.ts';
import { writeMedia } from './media.ts';
import { writeReasoning } from './reasoning-write.ts';
import { writeToolUse } from './tool-use.ts';
import { writtenCall, type WriteContext } from './write-context.ts';

/** Whose turn the blocks stand in; `result` = within a tool's result. */
export type Turn = 'user' | 'assistant' | 'system' | 'result';

/** The blocks of a turn. Empty text, which is refused, is left out where the client did not write it as a block itself. */
export function writeBlocks(parts: readonly Part[], turn: Turn, path: string, context: WriteContext): JsonObject[] {
  const blocks: JsonObject[] = [];
  parts.forEach((part, i) => {
    const block = writeBlock(part, turn, `${path}[${i}]`, context);
    if (block !== null) blocks.push(block);
  });
  return blocks;
}

function writeBlock(part: Part, turn: Turn, path: string, context: WriteContext): JsonObject | null {
  const { losses } = context;
  const misplaced = (): null => {
    losses.add({ field: path, kind: 'dropped', why: `A ${part.type} cannot stand in a ${turn} turn.` });
    return null;
  };
  if (part.type === 'opaque') return writeOpaque(part, path, context);
  if (part.type === 'reasoning') return turn === 'assistant' ? writeReasoning(part, path, context) : misplaced();
  loseForeign(part.extra, path, losses);
  switch (part.type) {
    case 'text':
      return writeText(part, turn, path, context);
    case 'media':
      if (turn === 'system') return misplaced();
      if (turn === 'assistant' && context.strict) return misplaced();
      return writeMedia(part, path, losses);
    case 'tool-call':
      return turn === 'assistant' ? writeToolUse(part, ...writtenCall(context, part), path, losses) : misplaced();
    case 'tool-result':
      return turn === 'user' ? writeToolResult(part, path, context) : misplaced();
  }
}

function writeText(
  part: TextPart,
  turn: Turn,
  path: string,
  { native, strict, losses }: WriteContext,
): JsonObject | null {
  const bag = sendable(ownBag(part.extra));
  if (part.refusal === true) {
    losses.add({ field: `${path}.refusal`, kind: 'changed', why: 'A refusal in history goes as plain text.' });
  }
  if (strict && turn === 'user' && bag['citations'] !== undefined) {
    delete bag['citations'];
    losses.add({ field: `${path}.citations`, kind: 'dropped', why: 'This API version refuses them on user text.' });
  }
  return part.text === '' && !native ? null : { type: 'text', text: part.text, ...bag };
}

function writeOpaque(part: OpaquePart, path: string, { losses }: WriteContext): JsonObject | null {
  if (part.protocol === PROTOCOL && isJsonObject(part.value)) return part.value;
  loseBlock(part.protocol, path, losses);
  return null;
}

function writeToolResult(part: ToolResultPart, path: string, context: WriteContext): JsonObject {
  const bag = ownBag(part.extra);
  const block: MutableJsonObject = { type: 'tool_result', tool_use_id: context.ids.write(part.callId) };
  const content = writeContent(part.content, 'result', bag['#content'], `${path}.content`, context);
  if (bag['#content'] !== 'absent') block['content'] = content;
  if (part.isError !== undefined) block['is_error'] = part.isError;
  return { ...block, ...sendable(bag) };
}

/** `content`: one plain text is a string, everything else a list; `hint` is the shape that the client itself used. */
export function writeContent(
  parts: readonly Part[],
  turn: Turn,
  hint: Json | undefined,
  path: string,
  context: WriteContext,
): string | JsonObject[] {
  const blocks = writeBlocks(parts, turn, path, context);
  return hint === 'parts' ? blocks : shorten(blocks);
}

/** A string in place of a list that holds one plain text, or nothing. */
export function shorten(blocks: JsonObject[]): string | JsonObject[] {
  const [only] = blocks;
  if (only === undefined) return '';
  if (blocks.length > 1 || only['type'] !== 'text' || typeof only['text'] !== 'string') return blocks;
  return isEmpty(sendable(only, PLAIN)) ? only['text'] : blocks;
}

const PLAIN = new Set(['type', 'text']);
