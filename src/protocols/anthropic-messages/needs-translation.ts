/** Says when a backend's dialect asks for more than the byte path may do to a request or its answer. */
import { isJsonArray, isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Dialect, FieldScan, RequestOutline } from '../../core/protocol.ts';
import { SEAL_PREFIX } from '../../core/sealed-reasoning.ts';
import { decodeUtf8 } from '../../wire/utf8.ts';
import { isAnthropic } from './dialect.ts';
import { BILLING_LINE } from './messages.ts';

/**
 * True when answers carry their reasoning between tags, when call ids have another pattern there, when Claude Code's billing line would
 * go to somebody who is not Anthropic (it differs per session and spoils every prefix cache), or when thinking that another backend
 * answered with would go to Anthropic, which refuses a request with thinking that it did not sign.
 */
export function needsTranslation(scan: FieldScan, _outline: RequestOutline, dialect: Dialect): boolean {
  const { output } = dialect.reasoning;
  if (output === 'tags' || output === 'primed') return true;
  if (isAnthropic(dialect)) {
    const messages = textOf(scan, 'messages');
    if (messages.includes(SEAL_PREFIX) || UNSIGNED.test(messages)) return true;
  } else if (textOf(scan, 'system').includes(BILLING_LINE)) return true;
  if (dialect.toolCallId === null || !textOf(scan, 'messages').includes('tool_use')) return false;
  return hasOtherIds(scan, dialect.toolCallId);
}

/** In text, its quotes would be escaped. */
const UNSIGNED = /"signature"\s*:\s*""/;

function textOf(scan: FieldScan, key: string): string {
  const range = scan.range(key);
  return range === null ? '' : decodeUtf8(scan.body.subarray(range[0], range[1]));
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
