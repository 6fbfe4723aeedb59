/** Generators of Messages requests, bodies and frames. */
import fc from 'fast-check';
import type { ChatRequest, Extra, Message, Part, ReasoningControl, Tool } from '../../../../src/core/chat.ts';
import type { Json, JsonObject } from '../../../../src/core/json.ts';
import type { Frame } from '../../../../src/core/protocol.ts';
import type { ProtocolArbitraries } from '../../protocol.ts';
import { json, object, some, text, word } from '../values.ts';
import { USAGE } from './answers.ts';
import { requests } from './requests.ts';
import { streams } from './streams.ts';

const unit = fc.integer({ min: 0, max: 8 }).map((n) => n / 8);
const schema = object.map((more): JsonObject => ({ ...more, type: 'object' }));
const own = (bag: fc.Arbitrary<JsonObject>): fc.Arbitrary<Extra> => bag.map((own) => ({ 'anthropic-messages': own }));
const MARK: Extra = { 'anthropic-messages': { cache_control: { type: 'ephemeral' } } };

/** A part or tool with or without a cache mark. */
function marked<T extends object>(thing: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.tuple(thing, fc.boolean()).map(([value, mark]) => (mark ? { ...value, extra: MARK } : value));
}

const textPart = marked(text.map((words): Part => ({ type: 'text', text: words })));
const media = marked(
  fc.constantFrom<Part>(
    { type: 'media', mediaType: 'image/png', source: { kind: 'base64', data: 'iVBO' } },
    { type: 'media', mediaType: 'image/*', source: { kind: 'url', url: 'https://example.com/a' } },
    { type: 'media', mediaType: 'application/pdf', source: { kind: 'base64', data: 'JVBE' }, filename: 'a.pdf' },
    { type: 'media', mediaType: 'application/pdf', source: { kind: 'url', url: 'https://example.com/a' } },
    { type: 'media', mediaType: 'text/plain', source: { kind: 'text', text: 'words' }, filename: 'notes' },
  ),
);
const opaque = fc.constantFrom<Part>(
  { type: 'opaque', protocol: 'anthropic-messages', value: { type: 'search_result', title: 't' } },
  { type: 'opaque', protocol: 'anthropic-messages', value: { type: 'container_upload', file_id: 'f' } },
);
const result = marked(
  fc
    .tuple(word, fc.array(fc.oneof(textPart, media), { maxLength: 2 }), fc.option(fc.boolean()))
    .map(([callId, content, failed]): Part => ({
      type: 'tool-result',
      callId,
      content,
      ...(failed === null ? {} : { isError: failed }),
    })),
);
const call = marked(
  fc.tuple(word, word, object).map(([id, name, input]): Part => ({
    type: 'tool-call',
    id,
    name,
    arguments: JSON.stringify(input),
  })),
);
const thought = fc.oneof(
  fc.tuple(fc.string(), word).map(([words, signature]): Part => ({ type: 'reasoning', text: words, signature })),
  word.map((data): Part => ({ type: 'reasoning', text: '', opaque: data })),
);

const message: fc.Arbitrary<Message> = fc.oneof(
  fc
    .tuple(
      fc.array(result, { maxLength: 2 }),
      fc.array(fc.oneof(textPart, media, opaque), { minLength: 1, maxLength: 3 }),
    )
    .map(([results, rest]): Message => ({ role: 'user', parts: [...results, ...rest] })),
  fc
    .tuple(fc.array(thought, { maxLength: 2 }), textPart, fc.array(call, { maxLength: 2 }))
    .map(([thoughts, words, calls]): Message => ({ role: 'assistant', parts: [...thoughts, words, ...calls] })),
);
const system = fc.array(textPart, { minLength: 1, maxLength: 2 }).map((parts): Message => ({ role: 'system', parts }));
const conversation = fc
  .tuple(
    fc.option(system),
    message,
    fc.array(fc.oneof({ weight: 4, arbitrary: message }, { weight: 1, arbitrary: system }), { maxLength: 3 }),
  )
  .map(([top, first, rest]): Message[] => [...(top === null ? [] : [top]), first, ...rest]);

const tool: fc.Arbitrary<Tool> = fc.oneof(
  marked(
    fc
      .tuple(
        word,
        schema,
        some<{ description: string; strict: boolean }>({ description: fc.string(), strict: fc.boolean() }),
      )
      .map(([name, shape, more]): Tool => ({ type: 'function', name, schema: shape, ...more })),
  ),
  fc.constant<Tool>({
    type: 'opaque',
    protocol: 'anthropic-messages',
    name: 'bash',
    value: { type: 'bash_20250124', name: 'bash' },
  }),
);

const LIMIT = 8192;
const thinking: fc.Arbitrary<ReasoningControl> = fc.oneof(
  fc.constant<ReasoningControl>({ enabled: false }),
  fc
    .tuple(
      fc.integer({ min: 1024, max: LIMIT - 1 }),
      some<ReasoningControl>({ summary: fc.constantFrom('auto', 'none') }),
    )
    .map(([budgetTokens, more]) => ({ enabled: true, budgetTokens, ...more })),
  some<ReasoningControl>({
    effort: fc.constantFrom('low', 'medium', 'high', 'xhigh', 'max'),
    summary: fc.constantFrom('auto', 'none'),
  }).map((more) => ({ enabled: true, ...more })),
);

const parameters = some<ChatRequest>({
  temperature: unit,
  topP: unit,
  topK: fc.integer({ min: 1, max: 100 }),
  stop: fc.array(fc.string(), { maxLength: 16 }),
  tools: fc.array(tool, { maxLength: 3 }),
  toolChoice: fc.oneof(
    fc.constantFrom({ type: 'auto' as const }, { type: 'none' as const }, { type: 'required' as const }),
    word.map((name) => ({ type: 'named' as const, name })),
  ),
  responseFormat: schema.map((shape) => ({ type: 'json-schema' as const, name: 'answer', schema: shape })),
  reasoning: thinking,
  user: fc.string(),
  serviceTier: fc.constantFrom('auto', 'default'),
  extra: own(
    fc.dictionary(fc.constantFrom('container', 'context_management', 'mcp_servers', 'vendor_field'), json, {
      minKeys: 1,
      noNullPrototype: true,
    }) as fc.Arbitrary<JsonObject>,
  ),
});

/** Thinking excludes sampling and forced calls; parallel calls are said within a choice only. */
function consistent(request: ChatRequest, parallel: boolean): ChatRequest {
  const { temperature, topP, topK, toolChoice, ...rest } = request;
  const thinks = request.reasoning !== undefined && request.reasoning.enabled !== false;
  const isFree = toolChoice?.type === 'auto' || toolChoice?.type === 'none';
  return {
    ...rest,
    ...(thinks || temperature === undefined ? {} : { temperature }),
    ...(thinks || topP === undefined ? {} : { topP }),
    ...(thinks || topK === undefined ? {} : { topK }),
    ...(toolChoice === undefined || (thinks && !isFree) ? {} : { toolChoice }),
    ...(toolChoice !== undefined && isFree && toolChoice.type !== 'none' ? { parallelToolCalls: parallel } : {}),
    ...(thinks ? { messages: request.messages.map(withoutCalls) } : {}),
  };
}

function withoutCalls(message: Message): Message {
  return { ...message, parts: message.parts.filter(({ type }) => type !== 'tool-call') };
}

const ANYTHING: readonly Message[] = [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }];

const request: fc.Arbitrary<ChatRequest> = fc
  .tuple(word, conversation, fc.boolean(), parameters, fc.boolean())
  .map(([model, messages, stream, more, parallel]) => {
    const base: ChatRequest = { operation: 'chat', model, messages, stream, maxOutputTokens: LIMIT, ...more };
    const whole = consistent({ ...base, ...(stream ? { streamUsage: true } : {}) }, parallel);
    const turns = whole.messages.filter(({ role }) => role !== 'system');
    return turns.length === 0 ? { ...whole, messages: [...whole.messages.slice(0, 1), ...ANYTHING] } : whole;
  });

const FOREIGN: Extra = { 'openai-chat': { annotations: [1] } };
const foreignMessage = fc.constantFrom<Message>(
  { role: 'user', parts: [{ type: 'text', text: 'x', extra: FOREIGN }] },
  { role: 'user', parts: [{ type: 'text', text: 'x' }], extra: FOREIGN },
  { role: 'user', name: 'Ann', parts: [{ type: 'text', text: 'x' }] },
  { role: 'developer', parts: [{ type: 'text', text: 'x' }] },
  {
    role: 'user',
    parts: [
      { type: 'opaque', protocol: 'openai-chat', value: { type: 'x' } },
      { type: 'text', text: 'x' },
    ],
  },
  { role: 'user', parts: [{ type: 'media', mediaType: 'audio/wav', source: { kind: 'base64', data: 'UklG' } }] },
  { role: 'user', parts: [{ type: 'media', mediaType: 'image/*', source: { kind: 'id', id: 'file-1' } }] },
  { role: 'user', parts: [] },
  {
    role: 'assistant',
    parts: [
      { type: 'reasoning', text: 'Hm' },
      { type: 'text', text: 'x' },
    ],
  },
  {
    role: 'assistant',
    parts: [
      { type: 'reasoning', text: 'Hm', opaque: 'sealed', extra: { 'openai-responses': { id: 'rs_1' } } },
      { type: 'text', text: 'x' },
    ],
  },
  {
    role: 'assistant',
    parts: [
      { type: 'reasoning', text: 'Hm', signature: 's', origin: 'another' },
      { type: 'text', text: 'x' },
    ],
  },
  { role: 'assistant', parts: [{ type: 'tool-call', id: 'a', name: 'f', arguments: '{"x"' }] },
  { role: 'assistant', parts: [{ type: 'tool-call', id: 'a', name: 'f', arguments: 'free', kind: 'custom' }] },
  {
    role: 'user',
    parts: [
      { type: 'text', text: 'x' },
      { type: 'tool-result', callId: 'a', content: [] },
    ],
  },
);

const foreign: fc.Arbitrary<ChatRequest> = fc
  .tuple(
    request,
    fc.array(foreignMessage, { maxLength: 1 }),
    some<ChatRequest>({
      extra: fc.constant(FOREIGN),
      reasoning: fc.constantFrom(
        { effort: 'minimal' as const },
        { effort: 'none' as const },
        { summary: 'detailed' as const },
      ),
      tools: fc.constant<Tool[]>([
        { type: 'opaque', protocol: 'openai-chat', name: 'd', value: { type: 'custom', custom: { name: 'd' } } },
      ]),
      responseFormat: fc.constantFrom(
        { type: 'json-object' as const },
        { type: 'opaque' as const, protocol: 'ollama' as const, value: {} },
      ),
      toolChoice: fc.constant({ type: 'allowed' as const, mode: 'auto' as const, names: ['f'] }),
      choices: fc.constant(2),
      seed: fc.constant(1),
      presencePenalty: fc.constant(0.5),
      frequencyPenalty: fc.constant(0.5),
      logprobs: fc.constant({ top: 2 }),
      logitBias: fc.constant({ 1: 2 }),
      modalities: fc.constant(['text', 'audio']),
      audio: fc.constant({ voice: 'v' }),
      metadata: fc.constant({ a: 'b' }),
      cacheKey: fc.constant('k'),
      serviceTier: fc.constant('flex'),
      temperature: fc.constant(1.5),
    }),
  )
  .map(([base, messages, more]) => ({ ...base, messages: [...base.messages, ...messages], ...more }))
  .filter(({ reasoning }) => reasoning?.effort !== 'none');

/** Bodies that are nearly like the samples: some of their fields together, some null. */
const FIELDS = requests
  .flatMap(({ body }) => Object.entries(body))
  .filter(([key]) => key !== 'model' && key !== 'max_tokens');
const wire = fc
  .tuple(word, fc.integer({ min: 1, max: 1e7 }), fc.shuffledSubarray(FIELDS, { maxLength: 8 }))
  .map(([model, limit, fields]): JsonObject => {
    const body = Object.fromEntries(fields);
    if (isFormat(body['output_config'])) delete body['output_format'];
    return { messages: [{ role: 'user', content: 'hi' }], ...body, model, max_tokens: limit };
  });

function isFormat(config: Json | undefined): boolean {
  return typeof config === 'object' && config !== null && 'format' in config;
}

const data = fc.oneof(
  fc.record(
    {
      type: fc.constantFrom(
        'content_block_start',
        'content_block_delta',
        'content_block_stop',
        'message_delta',
        'ping',
      ),
      index: fc.oneof(fc.integer({ min: -1, max: 2 }), json),
      delta: fc.oneof(
        fc.constantFrom({ type: 'text_delta', text: 'x' }, { type: 'input_json_delta', partial_json: '{' }),
        json,
      ),
      content_block: fc.oneof(
        fc.constantFrom({ type: 'text', text: '' }, { type: 'tool_use', id: 'a', name: 'f' }),
        json,
      ),
      usage: fc.oneof(fc.constant(USAGE), json),
    },
    { requiredKeys: ['type'], noNullPrototype: true },
  ),
  fc.record(
    { type: fc.constant('message_start'), message: fc.oneof(fc.constant({ id: 'm' }), json) },
    { noNullPrototype: true },
  ),
  fc.record({ type: fc.constant('error'), error: json }, { requiredKeys: ['type'], noNullPrototype: true }),
);
const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.constantFrom(...streams.flatMap(({ frames }) => frames)),
  data.map((body): Frame => ({ event: body.type, data: JSON.stringify(body) })),
  fc.constantFrom<Frame>({ event: null, data: '[DONE]' }, { event: 'ping', data: '' }, { event: 'error', data: '{}' }),
);

/** All of them. */
export const arbitraries: ProtocolArbitraries = { request, foreign, wire, frame };
