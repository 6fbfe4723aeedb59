/** What policy must know of a request, read from its top-level fields without building the block model. */
import { Capability } from '../../core/backend.ts';
import { isJsonArray, isJsonObject, type Json } from '../../core/json.ts';
import type { FieldScan, RequestOutline } from '../../core/protocol.ts';
import { invalid, LIMITS, missing, optionalBoolean, optionalInteger, requireText } from '../../wire/codec/field.ts';
import { refuseOwnUpstream } from '../../wire/codec/own-upstream.ts';
import { countElements, hasName, quoted } from '../../wire/json-glance.ts';

/** The keys that policy, limits and accounting rely on: they must stand in a body once, in this spelling, unescaped. */
export const POLICY_KEYS: readonly string[] = Object.freeze([
  'model',
  'messages',
  'system',
  'stream',
  'max_tokens',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'stop_sequences',
  'metadata',
  'service_tier',
  'container',
  'mcp_servers',
  'context_management',
  'inference_geo',
]);

/** The least bytes that a tool and a message take, with their comma. */
const LEAST = { tool: 2, message: 27 };

/**
 * Reads the outline. Streams of this language always tell their usage. A missing `max_tokens` is for the reader or the upstream
 * to refuse.
 * @throws GatewayError `missing-field`, `invalid-value` on values that cannot be judged, `unknown-parameter` on a field that
 * would choose the upstream
 */
export function outline(scan: FieldScan): RequestOutline {
  refuseOwnUpstream(scan);
  requireText(scan.value('model'), 'model', 'the name of a model');
  const stream = optionalBoolean(scan.value('stream'), 'stream') ?? false;
  return {
    stream,
    streamUsage: stream,
    maxOutputTokens: optionalInteger(scan.value('max_tokens'), 'max_tokens', 1, LIMITS.tokens),
    choices: 1,
    user: readUser(scan),
    needs: toolNeeds(scan) | outputNeeds(scan) | mediaNeeds(scan) | (stream ? Capability.stream : 0),
  };
}

function readUser(scan: FieldScan): string | null {
  const metadata = scan.has('metadata') ? scan.value('metadata') : null;
  if (metadata === null || metadata === undefined) return null;
  if (!isJsonObject(metadata)) throw invalid('metadata', 'an object');
  const user = metadata['user_id'];
  if (user === undefined || user === null) return null;
  if (typeof user !== 'string') throw invalid('metadata.user_id', 'a string');
  return user;
}

function toolNeeds(scan: FieldScan): number {
  const range = scan.range('tools');
  if (range === null) return 0;
  const count = countElements(scan.body, range[0], range[1], LIMITS.tools, LEAST.tool);
  if (count === null && scan.value('tools') !== null) throw invalid('tools', 'an array');
  if ((count ?? 0) > LIMITS.tools) throw invalid('tools', `an array of at most ${LIMITS.tools} elements`);
  return (count ?? 0) > 0 ? Capability.tools : 0;
}

/** Thinking by a budget is a wish for reasoning; adaptive thinking, which agents always send, leaves it to the model. */
function outputNeeds(scan: FieldScan): number {
  const thinking = scan.has('thinking') ? scan.value('thinking') : null;
  const config = scan.has('output_config') ? scan.value('output_config') : null;
  const format =
    isJsonObject(config) && isJsonObject(config['format']) ? config['format'] : scan.value('output_format');
  const thinks = isJsonObject(thinking) && thinking['type'] === 'enabled';
  const shaped = isJsonObject(format) && format['type'] === 'json_schema';
  return (thinks ? Capability.reasoning : 0) | (shaped ? Capability.jsonSchema : 0);
}

const MEDIA_NAMES = ['image', 'document'].map(quoted);

/** Messages are parsed only when their bytes hold the quoted name of a media block. */
function mediaNeeds(scan: FieldScan): number {
  const range = scan.range('messages');
  if (range === null) throw missing('messages', 'an array with at least one message');
  const count = countElements(scan.body, range[0], range[1], LIMITS.messages, LEAST.message);
  if (count === null || count === 0) throw invalid('messages', 'an array with at least one message');
  if (count > LIMITS.messages) throw invalid('messages', `an array of at most ${LIMITS.messages} elements`);
  // a media part stands in a list of parts
  if (scan.arrays === 1 || !hasName(scan.body, range[0], range[1], MEDIA_NAMES)) return 0;
  const messages = scan.value('messages');
  let needs = 0;
  for (const message of isJsonArray(messages) ? messages : []) {
    if (isJsonObject(message)) needs |= blockNeeds(message['content'], 0);
  }
  return needs;
}

/** Blocks stand in messages and in the results of tools within them; a document of plain text is text to every model. */
function blockNeeds(content: Json | undefined, depth: number): number {
  let needs = 0;
  for (const block of isJsonArray(content) ? content : []) {
    if (!isJsonObject(block)) continue;
    const source = isJsonObject(block['source']) ? block['source']['type'] : undefined;
    if (block['type'] === 'image') needs |= Capability.images;
    if (block['type'] === 'document' && source !== 'text' && source !== 'content') needs |= Capability.files;
    if (block['type'] === 'tool_result' && depth === 0) needs |= blockNeeds(block['content'], 1);
  }
  return needs;
}
