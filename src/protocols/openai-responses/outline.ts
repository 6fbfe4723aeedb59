/** What policy must know of a request, read from its top-level fields without building the block model. */
import { Capability } from '../../core/backend.ts';
import { isJsonArray, isJsonObject, type Json } from '../../core/json.ts';
import type { FieldScan, RequestOutline } from '../../core/protocol.ts';
import { invalid, LIMITS, missing, optionalBoolean, optionalInteger, requireText } from '../../wire/codec/field.ts';
import { refuseOwnUpstream } from '../../wire/codec/own-upstream.ts';
import { countElements, hasName, quoted } from '../../wire/json-glance.ts';
import { MAX_ITEMS } from './items.ts';
import { INCLUDE_LOGPROBS } from './parameters.ts';

/** The keys that policy, limits and accounting rely on: they must stand in a body once, in this spelling, unescaped. */
export const POLICY_KEYS: readonly string[] = Object.freeze([
  'model',
  'input',
  'instructions',
  'stream',
  'stream_options',
  'max_output_tokens',
  'tools',
  'tool_choice',
  'text',
  'reasoning',
  'include',
  'top_logprobs',
  'user',
  'safety_identifier',
  'metadata',
  'service_tier',
  'store',
  'background',
  'previous_response_id',
  'conversation',
  'prompt',
]);

/**
 * Reads the outline. Streams of this language carry their usage unasked.
 * @throws GatewayError `missing-field`, `invalid-value` on values that cannot be judged, `unknown-parameter` on a field that
 * would choose the upstream
 */
export function outline(scan: FieldScan): RequestOutline {
  refuseOwnUpstream(scan);
  requireText(scan.value('model'), 'model', 'the name of a model');
  const stream = optionalBoolean(scan.value('stream'), 'stream') ?? false;
  for (const key of ['background', 'store']) optionalBoolean(scan.value(key), key);
  for (const key of ['previous_response_id']) optionalText(scan, key);
  const needs = toolNeeds(scan) | shapeNeeds(scan) | mediaNeeds(scan);
  return {
    stream,
    streamUsage: stream,
    maxOutputTokens: optionalInteger(scan.value('max_output_tokens'), 'max_output_tokens', 1, LIMITS.tokens),
    choices: 1,
    user: optionalText(scan, 'user') ?? optionalText(scan, 'safety_identifier'),
    needs: needs | (stream ? Capability.stream : 0),
  };
}

function optionalText(scan: FieldScan, key: string): string | null {
  const value = scan.has(key) ? scan.value(key) : null;
  if (value === null || value === undefined) return null;
  if (typeof value !== 'string') throw invalid(key, 'a string');
  return value;
}

/** `{"type":""}` is the least that an element can be. */
const LEAST = 12;

function toolNeeds(scan: FieldScan): number {
  const range = scan.range('tools');
  if (range === null) return 0;
  const found = countElements(scan.body, range[0], range[1], LIMITS.tools, LEAST);
  if (found === null && scan.value('tools') !== null) throw invalid('tools', 'an array');
  if ((found ?? 0) > LIMITS.tools) throw invalid('tools', `an array of at most ${LIMITS.tools} elements`);
  return (found ?? 0) > 0 ? Capability.tools : 0;
}

function shapeNeeds(scan: FieldScan): number {
  let needs = 0;
  const text = scan.has('text') ? scan.value('text') : null;
  const format = isJsonObject(text) ? text['format'] : null;
  const type = isJsonObject(format) ? format['type'] : null;
  if (type === 'json_schema') needs |= Capability.jsonSchema;
  if (type === 'json_object') needs |= Capability.jsonObject;
  const top = optionalInteger(scan.value('top_logprobs'), 'top_logprobs', 0, LIMITS.topLogprobs) ?? 0;
  const include = scan.has('include') ? scan.value('include') : null;
  if (top > 0 || (isJsonArray(include) && include.includes(INCLUDE_LOGPROBS))) needs |= Capability.logprobs;
  const reasoning = scan.has('reasoning') ? scan.value('reasoning') : null;
  const effort = isJsonObject(reasoning) ? reasoning['effort'] : null;
  return typeof effort === 'string' && effort !== 'none' ? needs | Capability.reasoning : needs;
}

const MEDIA: Readonly<Record<string, number>> = {
  input_image: Capability.images,
  input_audio: Capability.audioIn,
  input_file: Capability.files,
};
const MEDIA_NAMES = Object.keys(MEDIA).map(quoted);
const STORED = ['previous_response_id', 'conversation', 'prompt'];

/** Items are parsed only when their bytes hold the quoted name of a media part. */
function mediaNeeds(scan: FieldScan): number {
  const range = scan.range('input');
  const first = range === null ? undefined : scan.body[range[0]];
  if (range === null || first === NULL) {
    if (STORED.some((key) => scan.has(key) && scan.value(key) !== null)) return 0;
    throw missing('input', 'a string or a list of items');
  }
  if (first === QUOTE) return 0;
  const count = countElements(scan.body, range[0], range[1], MAX_ITEMS, LEAST);
  if (count === null) throw invalid('input', 'a string or a list of items');
  if (count > MAX_ITEMS) throw invalid('input', `a list of at most ${MAX_ITEMS} items`);
  if (!hasName(scan.body, range[0], range[1], MEDIA_NAMES)) return 0;
  const items = scan.value('input');
  let needs = 0;
  for (const item of isJsonArray(items) ? items : []) {
    if (!isJsonObject(item)) continue;
    for (const list of [item['content'], item['output']]) needs |= needsOf(list);
  }
  return needs;
}

function needsOf(list: Json | undefined): number {
  let needs = 0;
  for (const part of isJsonArray(list) ? list : []) {
    if (isJsonObject(part) && typeof part['type'] === 'string') needs |= MEDIA[part['type']] ?? 0;
  }
  return needs;
}

const QUOTE = 0x22;
/** The first letter of `null`. */
const NULL = 0x6e;
