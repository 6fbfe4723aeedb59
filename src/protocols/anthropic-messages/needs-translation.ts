/** Says when a backend's dialect asks for more than the byte path may do to a request or its answer. */
import { isJsonArray, isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Dialect, FieldScan, RequestOutline } from '../../core/protocol.ts';
import { decodeUtf8 } from '../../wire/utf8.ts';
import { isAnthropic } from './dialect.ts';
import { BILLING_LINE } from './messages.ts';

/**
 * True when answers carry their reasoning between tags, when call ids have another pattern there, or when Claude Code's billing
 * line would go to somebody who is not Anthropic: it differs per session and spoils every prefix cache.
 */
export function needsTranslation(scan: FieldScan, _outline: RequestOutline, dialect: Dialect): boolean {
  const { output } = dialect.reasoning;
  if (output === 'tags' || output === 'primed') return true;
  if (!isAnthropic(dialect) && holds(scan, 'system', BILLING_LINE)) return true;
  return dialect.toolCallId !== null && holds(scan, 'messages', 'tool_use') && hasOtherIds(scan, dialect.toolCallId);
}

function holds(scan: FieldScan, key: string, words: string): boolean {
  const range = scan.range(key);
  return range !== null && decodeUtf8(scan.body.subarray(range[0], range[1])).includes(words);
}

function hasOtherIds(scan: FieldScan, pattern: string): boolean {
  const allowed = new RegExp(pattern);
  const messages = scan.value('messages');
  if (!isJsonArray(messages)) return false;
  const blocks = messages.flatMap((message) => {
    const content = isJsonObject(message) ? message['content'] : null;
    return isJsonArray(content) ? content.filter(isJsonObject) : [];
  });
  return blocks.some((block) => {
    const id = idOf(block);
    return typeof id === 'string' && !allowed.test(id);
  });
}

function idOf(block: JsonObject): unknown {
  if (block['type'] === 'tool_use') return block['id'];
  return block['type'] === 'tool_result' ? block['tool_use_id'] : null;
}
