/** Writes a request for an upstream in its dialect. */
import type { ChatRequest } from '../../core/chat.ts';
import { isJsonObject, type JsonObject, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Dialect, WireRequest } from '../../core/protocol.ts';
import { createCallIds } from '../../wire/codec/call-ids.ts';
import { isPlainDialect, writeReasoning } from './dialect.ts';
import { isEmpty, sendable, setDefined } from '../../wire/codec/extra.ts';
import { applySettings } from '../../wire/codec/steering.ts';
import { fitTools } from '../../wire/codec/fit-tools.ts';
import { writeJsonFormat } from '../../wire/codec/json-format.ts';
import { somethingSaid } from '../../wire/codec/something-said.ts';
import { fitToVendor } from '../../wire/codec/vendor-fields.ts';
import { loseForeign, ownBag } from './extra.ts';
import { writeMessages } from './message-write.ts';
import { FLAGS, FORMAT, NUMBERS, OBJECTS, TEXTS } from './parameters.ts';
import { writeToolChoice, writeTools } from './tools.ts';

/** Path of the operation, relative to the base URL. */
export const PATH = '/chat/completions';

/**
 * Writes a request. A stream is always asked for its usage where the dialect allows it. What the dialect refuses and what only
 * other protocols know is left out with a Loss each. `names` are the call ids and tool names that were changed.
 */
export function writeRequest(asked: ChatRequest, to: Dialect, losses: LossLog): WireRequest {
  const { request, names } = fitTools(asked, to, losses, isPlainDialect(to) ? null : NAME_LENGTH);
  loseForeign(request.extra, '', losses);
  const bag = ownBag(request.extra);
  const ids = createCallIds(to.toolCallId);
  const body: MutableJsonObject = {
    ...sendable(bag, OPTIONS),
    model: request.model,
    messages: somethingSaid(writeMessages(request.messages, { to, ids, losses })),
  };
  writeParameters(request, body, bag);
  writeStream(request, body, bag, to, losses);
  if (request.tools !== undefined) {
    const tools = writeTools(request.tools, losses);
    if (tools.length > 0 || request.tools.length === 0) body['tools'] = tools;
  }
  if (request.toolChoice !== undefined) setDefined(body, 'tool_choice', writeToolChoice(request.toolChoice, losses));
  if (request.responseFormat !== undefined) {
    setDefined(body, 'response_format', writeJsonFormat(request.responseFormat, FORMAT, losses));
  }
  if (request.reasoning !== undefined) applySettings(body, writeReasoning(request.reasoning, bag, to, losses));
  fitToVendor(body, to, losses, request.streamUsage === true ? [] : ['stream_options']);
  return { path: PATH, headers: [], body, names: names.size === 0 ? ids.names : new Map([...ids.names, ...names]) };
}

/** Longest name of a function, of letters, digits, `_` and `-`: https://platform.openai.com/docs/api-reference/chat/create */
const NAME_LENGTH = 64;

const OPTIONS = new Set(['stream_options']);

function writeParameters(request: ChatRequest, body: MutableJsonObject, bag: JsonObject): void {
  for (const [name, key] of [...NUMBERS, ...TEXTS, ...FLAGS, ...OBJECTS]) setDefined(body, key, request[name]);
  setDefined(body, bag['#limit'] === 'max_tokens' ? 'max_tokens' : 'max_completion_tokens', request.maxOutputTokens);
  setDefined(body, 'n', request.choices);
  setDefined(body, 'modalities', request.modalities);
  setDefined(body, bag['#user'] === 'safety_identifier' ? 'safety_identifier' : 'user', request.user);
  const { stop, logprobs } = request;
  if (stop !== undefined) body['stop'] = bag['#stop'] === 'string' && stop.length === 1 ? (stop[0] ?? '') : stop;
  if (logprobs !== undefined) body['logprobs'] = true;
  setDefined(body, 'top_logprobs', logprobs?.top);
}

function writeStream(
  request: ChatRequest,
  body: MutableJsonObject,
  bag: JsonObject,
  to: Dialect,
  losses: LossLog,
): void {
  if (request.stream || bag['#stream'] === false) body['stream'] = request.stream;
  const options: MutableJsonObject = isJsonObject(bag['stream_options']) ? { ...bag['stream_options'] } : {};
  if (request.stream && to.streamUsage) {
    options['include_usage'] = true;
  } else if (request.stream && request.streamUsage === true) {
    const why = `${to.provider} cannot be asked for the usage of a stream.`;
    losses.add({ field: 'stream_options.include_usage', kind: 'dropped', why });
  } else if (!request.stream) {
    setDefined(options, 'include_usage', request.streamUsage);
  }
  if (!isEmpty(options)) body['stream_options'] = options;
  else if (!request.stream) setDefined(body, 'stream_options', bag['stream_options']);
}
