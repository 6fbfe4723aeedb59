/** What policy must know of a request, read from its top-level fields without building the block model. */
import { Capability } from '../../core/backend.ts';
import { isJsonArray, isJsonObject, type Json } from '../../core/json.ts';
import type { FieldScan, RequestOutline } from '../../core/protocol.ts';
import { refuseOwnUpstream } from '../../wire/codec/own-upstream.ts';
import {
  invalid,
  LIMITS,
  missing,
  optionalBoolean,
  optionalInteger,
  optionalStops,
  requireText,
} from '../../wire/codec/field.ts';
import { countElements, hasName, quoted } from '../../wire/json-glance.ts';

/** The keys that policy, limits and accounting rely on: they must stand in a body once, in this spelling, unescaped. */
export const POLICY_KEYS: readonly string[] = Object.freeze([
  'model',
  'messages',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'n',
  'stop',
  'tools',
  'functions',
  'tool_choice',
  'response_format',
  'logprobs',
  'top_logprobs',
  'modalities',
  'audio',
  'reasoning_effort',
  'user',
  'safety_identifier',
  'metadata',
  'service_tier',
  'provider',
]);

/**
 * Reads the outline.
 * @throws GatewayError `missing-field`, `invalid-value` on values that cannot be judged, `unknown-parameter` on a field that
 * would choose the upstream
 */
export function outline(scan: FieldScan): RequestOutline {
  refuseOwnUpstream(scan);
  requireText(scan.value('model'), 'model', 'the name of a model');
  const stream = optionalBoolean(scan.value('stream'), 'stream') ?? false;
  const old = optionalInteger(scan.value('max_tokens'), 'max_tokens', 1, LIMITS.tokens);
  const limit = optionalInteger(scan.value('max_completion_tokens'), 'max_completion_tokens', 1, LIMITS.tokens);
  const choices = optionalInteger(scan.value('n'), 'n', 1, LIMITS.choices) ?? 1;
  if (scan.has('stop')) optionalStops(scan.value('stop'), 'stop');
  const needs = toolNeeds(scan) | shapeNeeds(scan) | mediaNeeds(scan);
  return {
    stream,
    streamUsage: readStreamUsage(scan),
    maxOutputTokens: old === null || limit === null ? (limit ?? old) : Math.max(limit, old),
    choices,
    user: readUser(scan),
    needs: needs | (stream ? Capability.stream : 0) | (choices > 1 ? Capability.choices : 0),
  };
}

function readStreamUsage(scan: FieldScan): boolean {
  const options = scan.has('stream_options') ? scan.value('stream_options') : null;
  if (options === null || options === undefined) return false;
  if (!isJsonObject(options)) throw invalid('stream_options', 'an object');
  return optionalBoolean(options['include_usage'], 'stream_options.include_usage') ?? false;
}

function readUser(scan: FieldScan): string | null {
  for (const key of ['user', 'safety_identifier']) {
    const value = scan.has(key) ? scan.value(key) : null;
    if (value === null || value === undefined) continue;
    if (typeof value !== 'string') throw invalid(key, 'a string');
    return value;
  }
  return null;
}

/** Bytes that an element takes at least, with its comma: `{"role":"user","content":""}`; a tool may be written by a vandal. */
const LEAST_MESSAGE = 28;
const LEAST_TOOL = 16;

function toolNeeds(scan: FieldScan): number {
  let count = 0;
  for (const key of ['tools', 'functions']) {
    const range = scan.range(key);
    if (range === null) continue;
    const found = countElements(scan.body, range[0], range[1], LIMITS.tools, LEAST_TOOL);
    if (found === null && scan.value(key) !== null) throw invalid(key, 'an array');
    if ((found ?? 0) > LIMITS.tools) throw invalid(key, `an array of at most ${LIMITS.tools} elements`);
    count += found ?? 0;
  }
  return count > 0 ? Capability.tools : 0;
}

function shapeNeeds(scan: FieldScan): number {
  let needs = 0;
  const format = scan.has('response_format') ? scan.value('response_format') : null;
  const type = isJsonObject(format) ? format['type'] : null;
  if (type === 'json_schema') needs |= Capability.jsonSchema;
  if (type === 'json_object') needs |= Capability.jsonObject;
  const top = optionalInteger(scan.value('top_logprobs'), 'top_logprobs', 0, LIMITS.topLogprobs);
  if (optionalBoolean(scan.value('logprobs'), 'logprobs') === true || (top ?? 0) > 0) needs |= Capability.logprobs;
  const kinds = scan.has('modalities') ? scan.value('modalities') : null;
  if ((isJsonArray(kinds) && kinds.includes('audio')) || isJsonObject(scan.value('audio')))
    needs |= Capability.audioOut;
  const effort = scan.value('reasoning_effort');
  return typeof effort === 'string' && effort !== 'none' ? needs | Capability.reasoning : needs;
}

const MEDIA: Readonly<Record<string, number>> = {
  image_url: Capability.images,
  input_audio: Capability.audioIn,
  file: Capability.files,
};
const MEDIA_NAMES = Object.keys(MEDIA).map(quoted);

/** Messages are parsed only when their bytes hold the quoted name of a media part. */
function mediaNeeds(scan: FieldScan): number {
  const range = scan.range('messages');
  if (range === null) throw missing('messages', 'an array with at least one message');
  const count = countElements(scan.body, range[0], range[1], LIMITS.messages, LEAST_MESSAGE);
  if (count === null || count === 0) throw invalid('messages', 'an array with at least one message');
  if (count > LIMITS.messages) throw invalid('messages', `an array of at most ${LIMITS.messages} messages`);
  // a media part stands in a list of parts
  if (scan.arrays === 1 || !hasName(scan.body, range[0], range[1], MEDIA_NAMES)) return 0;
  const messages = scan.value('messages');
  let needs = 0;
  for (const message of isJsonArray(messages) ? messages : []) {
    const content: Json | undefined = isJsonObject(message) ? message['content'] : null;
    for (const part of isJsonArray(content) ? content : []) {
      if (isJsonObject(part) && typeof part['type'] === 'string') needs |= MEDIA[part['type']] ?? 0;
    }
  }
  return needs;
}
