/** Reads content: a string or a list of blocks. */
import type { OpaquePart, Part, ReasoningPart, ToolResultPart } from '../../core/chat.ts';
import { isJsonArray, type Json, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import { openSealedReasoning } from '../../core/sealed-reasoning.ts';
import { unknownFields } from '../../wire/codec/extra.ts';
import {
  invalid,
  missing,
  optionalBoolean,
  requireObject,
  requireString,
  requireText,
} from '../../wire/codec/field.ts';
import { carry, PROTOCOL } from './extra.ts';
import { readMedia } from './media.ts';
import { readToolUse } from './tool-use.ts';

/** Reads `content`; its shape goes into the bag as `#content`: `string` or `parts`. */
export function readContent(value: Json | undefined, path: string, bag: MutableJsonObject): Part[] {
  if (value === undefined) throw missing(path, 'a string or a list of content blocks');
  if (typeof value === 'string') {
    bag['#content'] = 'string';
    return value === '' ? [] : [{ type: 'text', text: value }];
  }
  if (!isJsonArray(value)) throw invalid(path, 'a string or a list of content blocks');
  bag['#content'] = 'parts';
  return value.map((block, i) => readBlock(block, `${path}[${i}]`));
}

const TEXT = new Set(['type', 'text']);
const RESULT = new Set(['type', 'tool_use_id', 'content', 'is_error']);

/** One block. What the block model does not know (server tools and their results, search results, uploads) is carried whole. */
export function readBlock(value: Json, path: string): Part {
  const block = requireObject(value, path);
  const type = requireText(block['type'], `${path}.type`, 'a block type, for example "text"');
  switch (type) {
    case 'text': {
      const text = requireString(block['text'], `${path}.text`);
      return { type: 'text', text, ...carry(unknownFields(block, TEXT)) };
    }
    case 'image':
    case 'document':
      return readMedia(block, path) ?? opaque(block);
    case 'thinking':
      return readThinking(block, path);
    case 'redacted_thinking':
      return readRedacted(block, path);
    case 'tool_use':
      return readToolUse(block, path);
    case 'tool_result':
      return readToolResult(block, path);
    default:
      return opaque(block);
  }
}

/** A block carried whole. */
export function opaque(value: JsonObject): OpaquePart {
  return { type: 'opaque', protocol: PROTOCOL, value };
}

const THINKING = new Set(['type', 'thinking', 'signature']);
const REDACTED = new Set(['type', 'data']);

/** A signature that is a seal of ours holds the reasoning of another vendor: it becomes what that vendor made. */
function readThinking(block: JsonObject, path: string): ReasoningPart {
  const text = requireString(block['thinking'], `${path}.thinking`);
  const signature = block['signature'];
  if (signature !== undefined && signature !== null && typeof signature !== 'string') {
    throw invalid(`${path}.signature`, 'a string');
  }
  const sealed = typeof signature === 'string' ? openSealedReasoning(signature) : null;
  if (sealed !== null) return { type: 'reasoning', text, ...sealed };
  const bag = unknownFields(block, THINKING);
  if (typeof signature !== 'string') bag['#signature'] = signature === null ? 'null' : 'absent';
  else if (signature === '') bag['#signature'] = 'empty';
  const signed = typeof signature === 'string' && signature !== '' ? { signature } : {};
  return { type: 'reasoning', text, ...signed, ...carry(bag) };
}

function readRedacted(block: JsonObject, path: string): ReasoningPart {
  const data = requireText(block['data'], `${path}.data`);
  return { type: 'reasoning', text: '', opaque: data, ...carry(unknownFields(block, REDACTED)) };
}

function readToolResult(block: JsonObject, path: string): ToolResultPart {
  const callId = requireText(block['tool_use_id'], `${path}.tool_use_id`);
  const bag = unknownFields(block, RESULT);
  const { content, is_error: isError } = block;
  const parts = content === undefined ? [] : readContent(content, `${path}.content`, bag);
  if (content === undefined) bag['#content'] = 'absent';
  const failed = optionalBoolean(isError, `${path}.is_error`);
  if (isError === null) bag['is_error'] = null;
  return {
    type: 'tool-result',
    callId,
    content: parts,
    ...(failed === null ? {} : { isError: failed }),
    ...carry(bag),
  };
}
