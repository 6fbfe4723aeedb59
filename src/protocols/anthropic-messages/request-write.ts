/** Writes a request for an upstream in its dialect. */
import type { ChatRequest } from '../../core/chat.ts';
import { isJsonArray, isJsonObject, type Json, type MutableJsonObject } from '../../core/json.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Dialect, WireRequest } from '../../core/protocol.ts';
import { isEmpty, sendable, setDefined } from '../../wire/codec/extra.ts';
import { fitTools } from '../../wire/codec/fit-tools.ts';
import { somethingSaid } from '../../wire/codec/something-said.ts';
import { fitToVendor } from '../../wire/codec/vendor-fields.ts';
import { loseForeign } from './extra.ts';
import { lacksThinking, writeMessages } from './message-write.ts';
import { defaultMaxTokens } from './model-rules.ts';
import { writeFormat } from './output-config.ts';
import { writeSampling } from './sampling.ts';
import { partMessages, writeSystem } from './system-write.ts';
import { writeThinking } from './thinking-write.ts';
import { writeToolChoice } from './tool-choice.ts';
import { writeTools } from './tools.ts';
import { writeHeaders } from './version.ts';
import { contextOf, type WriteContext } from './write-context.ts';

/** Path of the operation, relative to the base URL. */
export const PATH = '/messages';

/** Bag fields that are written within others. */
const WITHIN = new Set(['thinking', 'output_config', 'metadata']);

/**
 * Writes a request. `max_tokens`, which is required, has the default of model-rules.ts where the request sets no limit. What the
 * version, the model or the dialect refuses and what only other protocols know is left out with a Loss each. `names` are the
 * call ids and tool names that were changed.
 */
export function writeRequest(asked: ChatRequest, to: Dialect, losses: LossLog): WireRequest {
  const { request } = fitTools(asked, to, losses, null);
  const context = contextOf(request, to, losses);
  const { bag, rules, ids, names } = context;
  loseForeign(request.extra, '', losses);
  loseUnsayable(request, losses);
  const { top, conversation } = partMessages(request.messages, context);
  const body: MutableJsonObject = { ...sendable(bag, WITHIN), model: request.model };
  setDefined(body, 'system', writeSystem(top, context));
  const messages = somethingSaid(writeMessages(conversation, context));
  body['messages'] = messages;
  if (request.stream || bag['#stream'] === false) body['stream'] = request.stream;
  setDefined(body, 'stop_sequences', request.stop);
  writeTooling(body, context);
  const thinking = writeThinking(context, lacksThinking(messages));
  if (thinking.thinking !== null) body['thinking'] = thinking.thinking;
  body['max_tokens'] = request.maxOutputTokens ?? defaultMaxTokens(rules, thinking.budget);
  writeOutput(body, thinking.effort, context);
  writeSampling(body, context, thinking.on);
  writeUser(body, context);
  for (const key of WITHIN) if (bag[key] === null) body[key] ??= null;
  fitToVendor(body, to, losses, []);
  const betas = isJsonArray(bag['#betas']) ? bag['#betas'].filter((beta) => typeof beta === 'string') : [];
  return {
    path: PATH,
    headers: writeHeaders(context.version, betas, to),
    body,
    names: new Map([...ids.names, ...names.names]),
  };
}

function writeTooling(body: MutableJsonObject, context: WriteContext): void {
  const { request, rules, names, losses } = context;
  const { tools, toolChoice } = request;
  const allowed = toolChoice?.type === 'allowed' ? new Set(toolChoice.names) : null;
  if (tools !== undefined) {
    const written = writeTools(tools, { names, rules, allowed, losses });
    if (written.length > 0 || tools.length === 0) body['tools'] = written;
  }
  const neverForced = rules?.forcedTool === false;
  setDefined(body, 'tool_choice', writeToolChoice(request, { names, neverForced, losses }));
}

function writeOutput(
  body: MutableJsonObject,
  effort: string | null,
  { request, bag, rules, losses }: WriteContext,
): void {
  const rest = bag['output_config'];
  const config: MutableJsonObject = isJsonObject(rest) ? { ...rest } : {};
  if (effort !== null) config['effort'] = effort;
  const format = request.responseFormat === undefined ? undefined : writeFormat(request.responseFormat, rules, losses);
  if (bag['#format'] === 'output_format') setDefined(body, 'output_format', format);
  else setDefined(config, 'format', format);
  if (!isEmpty(config) || isJsonObject(rest)) body['output_config'] = config;
}

/** Tiers of other vendors: `default` is Anthropic's plain capacity, the rest has no word here. */
const TIERS: Readonly<Record<string, string>> = { auto: 'auto', default: 'standard_only' };

function writeUser(body: MutableJsonObject, { request, bag, losses }: WriteContext): void {
  const rest = bag['metadata'];
  if (request.user !== undefined) body['metadata'] = { ...(isJsonObject(rest) ? rest : {}), user_id: request.user };
  else if (isJsonObject(rest)) body['metadata'] = rest;
  const tier = request.serviceTier;
  if (tier === undefined) return;
  const written = typeof bag['#tier'] === 'string' ? bag['#tier'] : TIERS[tier];
  setDefined(body, 'service_tier', written);
  if (written !== undefined) return;
  losses.add({ field: 'service_tier', kind: 'dropped', why: 'Messages knows the tiers auto and standard_only.' });
}

/** Names every wish that this language has no field for. */
function loseUnsayable(request: ChatRequest, losses: LossLog): void {
  const { choices, modalities } = request;
  const wishes: Readonly<Record<string, Json | undefined>> = {
    n: choices === 1 ? undefined : choices,
    seed: request.seed,
    logprobs: request.logprobs === undefined ? undefined : true,
    logit_bias: request.logitBias,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
    modalities: modalities?.every((kind) => kind === 'text') === true ? undefined : modalities,
    audio: request.audio,
    metadata: request.metadata,
    prompt_cache_key: request.cacheKey,
  };
  for (const [field, value] of Object.entries(wishes)) {
    if (value !== undefined) losses.add({ field, kind: 'dropped', why: 'Messages has no such field.' });
  }
}
