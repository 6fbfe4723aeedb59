/** Generators of chat requests, bodies and frames. */
import fc from 'fast-check';
import type { ChatRequest, Extra, Message, Part, Tool, ToolCallPart } from '../../../../src/core/chat.ts';
import type { Json, JsonObject } from '../../../../src/core/json.ts';
import type { Frame } from '../../../../src/core/protocol.ts';
import type { ProtocolArbitraries } from '../../protocol.ts';
import { json, number, object, responseFormat, some, text, toolChoice, word } from '../values.ts';
import { USAGE } from './answers.ts';

const textPart = fc.record({ type: fc.constant('text'), text }, { noNullPrototype: true }) as fc.Arbitrary<Part>;
const media = fc.constantFrom<Part>(
  { type: 'media', mediaType: 'image/png', source: { kind: 'base64', data: 'iVBO' } },
  { type: 'media', mediaType: 'image/*', source: { kind: 'url', url: 'https://example.com/a' } },
  { type: 'media', mediaType: 'audio/wav', source: { kind: 'base64', data: 'UklG' } },
  { type: 'media', mediaType: 'audio/mpeg', source: { kind: 'base64', data: 'SUQz' } },
  { type: 'media', mediaType: 'application/pdf', source: { kind: 'base64', data: 'JVBE' }, filename: 'a.pdf' },
  { type: 'media', mediaType: 'application/*', source: { kind: 'id', id: 'file-1' } },
  {
    type: 'opaque',
    protocol: 'openai-chat',
    value: { type: 'audio_url', audio_url: { url: 'https://example.com/a' } },
  },
);

const call: fc.Arbitrary<ToolCallPart> = fc.tuple(word, word, text, fc.boolean()).map(([id, name, args, custom]) => ({
  type: 'tool-call',
  id,
  name,
  arguments: args,
  ...(custom ? { kind: 'custom' as const } : {}),
}));

const assistant: fc.Arbitrary<Message> = fc
  .tuple(fc.option(text), fc.array(textPart, { maxLength: 2 }), fc.option(text), fc.array(call, { maxLength: 2 }))
  .map(([thought, parts, refusal, calls]) => ({
    role: 'assistant',
    parts: [
      ...(thought === null ? [] : [{ type: 'reasoning' as const, text: thought }]),
      ...parts,
      ...(refusal === null ? [] : [{ type: 'text' as const, text: refusal, refusal: true as const }]),
      ...calls,
    ],
  }));

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record(
    { role: fc.constantFrom('system', 'developer'), parts: fc.array(textPart, { maxLength: 2 }) },
    { noNullPrototype: true },
  ) as fc.Arbitrary<Message>,
  fc
    .tuple(fc.array(fc.oneof(textPart, media), { maxLength: 3 }), fc.option(word))
    .map(([parts, name]): Message => ({ role: 'user', parts, ...(name === null ? {} : { name }) })),
  assistant,
  fc
    .tuple(word, fc.array(textPart as fc.Arbitrary<Part>, { maxLength: 2 }))
    .map(([callId, content]): Message => ({ role: 'tool', parts: [{ type: 'tool-result', callId, content }] })),
);

const tool: fc.Arbitrary<Tool> = fc.oneof(
  fc
    .tuple(
      word,
      some<{ description: string; schema: JsonObject; strict: boolean }>({
        description: fc.string(),
        schema: object,
        strict: fc.boolean(),
      }),
    )
    .map(([name, more]): Tool => ({ type: 'function', name, ...more })),
  word.map((name): Tool => ({
    type: 'opaque',
    protocol: 'openai-chat',
    name,
    value: { type: 'custom', custom: { name } },
  })),
);

const parameters: fc.Arbitrary<Partial<ChatRequest>> = some<Partial<ChatRequest>>({
  ...({} as { [K in keyof ChatRequest]-?: fc.Arbitrary<NonNullable<ChatRequest[K]>> }),
  maxOutputTokens: fc.integer({ min: 1, max: 1e7 }),
  temperature: number,
  topP: number,
  topK: number,
  seed: fc.integer(),
  presencePenalty: number,
  frequencyPenalty: number,
  stop: fc.array(fc.string(), { maxLength: 16 }),
  choices: fc.integer({ min: 1, max: 128 }),
  logprobs: some<{ top: number }>({ top: fc.integer({ min: 0, max: 20 }) }),
  logitBias: object,
  tools: fc.array(tool, { maxLength: 3 }),
  toolChoice: toolChoice(
    word,
    word.map((name) => ({ type: 'opaque', protocol: 'openai-chat', value: { type: 'custom', custom: { name } } })),
  ),
  parallelToolCalls: fc.boolean(),
  responseFormat,
  reasoning: fc
    .constantFrom('none' as const, 'low' as const, 'high' as const, 'max' as const)
    .map((effort) => ({ effort })),
  modalities: fc.constantFrom(['text'], ['text', 'audio']),
  audio: object,
  user: fc.string(),
  metadata: object,
  serviceTier: word,
  cacheKey: word,
  extra: fc
    .dictionary(fc.constantFrom('verbosity', 'store', 'prediction', 'vendor_field'), json, {
      minKeys: 1,
      noNullPrototype: true,
    })
    .map((bag): Extra => ({ 'openai-chat': bag as JsonObject })),
});

const request: fc.Arbitrary<ChatRequest> = fc
  .tuple(word, fc.array(message, { minLength: 1, maxLength: 4 }), fc.boolean(), parameters)
  .map(([model, messages, stream, more]) => ({
    operation: 'chat',
    model,
    messages,
    stream,
    ...(stream ? { streamUsage: true } : {}),
    ...more,
  }));

const FOREIGN: Extra = { 'anthropic-messages': { cache_control: { type: 'ephemeral' } } };
const foreignMessage = fc.constantFrom<Message>(
  { role: 'user', parts: [{ type: 'text', text: 'x', extra: FOREIGN }] },
  { role: 'user', parts: [{ type: 'text', text: 'x' }], extra: FOREIGN },
  { role: 'user', parts: [{ type: 'opaque', protocol: 'anthropic-messages', value: { type: 'document' } }] },
  {
    role: 'user',
    parts: [{ type: 'media', mediaType: 'application/pdf', source: { kind: 'url', url: 'https://example.com' } }],
  },
  {
    role: 'user',
    parts: [
      { type: 'tool-result', callId: 'a', content: [{ type: 'text', text: 'x' }], isError: true },
      { type: 'text', text: 'y' },
    ],
  },
  {
    role: 'tool',
    parts: [
      {
        type: 'tool-result',
        callId: 'a',
        content: [{ type: 'media', mediaType: 'image/png', source: { kind: 'base64', data: 'iVBO' } }],
      },
    ],
  },
  {
    role: 'assistant',
    parts: [
      { type: 'tool-call', id: 'a', name: 'f', arguments: '{}' },
      { type: 'text', text: 'after' },
    ],
  },
  {
    role: 'assistant',
    parts: [
      { type: 'reasoning', text: 'Hm', signature: 's', origin: 'b' },
      { type: 'text', text: 'x' },
    ],
  },
);

const foreign: fc.Arbitrary<ChatRequest> = fc
  .tuple(
    request,
    fc.array(foreignMessage, { maxLength: 1 }),
    some<Partial<ChatRequest>>({
      ...({} as { [K in keyof ChatRequest]-?: fc.Arbitrary<NonNullable<ChatRequest[K]>> }),
      extra: fc.constant(FOREIGN),
      reasoning: fc.constant({ budgetTokens: 1024, enabled: true }),
      tools: fc.constant<Tool[]>([
        { type: 'opaque', protocol: 'anthropic-messages', name: 'bash', value: { type: 'bash' } },
      ]),
      responseFormat: fc.constant({ type: 'opaque' as const, protocol: 'gemini-generate' as const, value: {} }),
    }),
  )
  .map(([base, messages, more]) => ({ ...base, messages: [...base.messages, ...messages], ...more }));

/** A field of the wire: a plausible value or an explicit null. */
const maybe = <T extends Json>(value: fc.Arbitrary<T>): fc.Arbitrary<Json> =>
  fc.oneof({ weight: 4, arbitrary: value as fc.Arbitrary<Json> }, { weight: 1, arbitrary: fc.constant(null) });

const wirePart = fc.oneof(
  fc.record({ type: fc.constant('text'), text: fc.string() }, { noNullPrototype: true }),
  fc.record(
    {
      type: fc.constant('image_url'),
      image_url: fc.record(
        { url: fc.webUrl(), detail: fc.constantFrom('low', 'high') },
        { requiredKeys: ['url'], noNullPrototype: true },
      ),
    },
    { noNullPrototype: true },
  ),
  fc.record({ type: fc.constant('vendor_part'), value: json }, { noNullPrototype: true }),
) as fc.Arbitrary<JsonObject>;
const content = fc.oneof(fc.string(), fc.array(wirePart, { maxLength: 3 }));

const wireMessage = fc.oneof(
  fc.record(
    { role: fc.constantFrom('system', 'developer', 'user'), content, name: maybe(word), vendor_field: json },
    { requiredKeys: ['role', 'content'], noNullPrototype: true },
  ),
  fc.record(
    {
      role: fc.constant('assistant'),
      content: fc.oneof(content, fc.constant(null)),
      refusal: maybe(fc.string()),
      reasoning: maybe(fc.string()),
      reasoning_content: maybe(fc.string()),
      tool_calls: maybe(
        fc.array(
          fc.record(
            {
              id: word,
              type: fc.constant('function'),
              function: fc.record({ name: word, arguments: fc.string() }, { noNullPrototype: true }),
            },
            { noNullPrototype: true },
          ),
          { maxLength: 2 },
        ),
      ),
      reasoning_details: json,
    },
    { requiredKeys: ['role'], noNullPrototype: true },
  ),
  fc.record(
    { role: fc.constant('tool'), tool_call_id: word, content, name: word },
    { requiredKeys: ['role', 'tool_call_id'], noNullPrototype: true },
  ),
);

const wire = fc.record(
  {
    model: word,
    messages: fc.array(wireMessage, { minLength: 1, maxLength: 4 }),
    stream: maybe(fc.boolean()),
    stream_options: maybe(
      fc.record(
        { include_usage: maybe(fc.boolean()), include_obfuscation: fc.boolean() },
        { requiredKeys: [], noNullPrototype: true },
      ) as fc.Arbitrary<JsonObject>,
    ),
    max_tokens: maybe(fc.integer({ min: 1, max: 1e7 })),
    max_completion_tokens: maybe(fc.integer({ min: 1, max: 1e7 })),
    temperature: maybe(number),
    n: maybe(fc.integer({ min: 1, max: 128 })),
    stop: maybe(fc.oneof(fc.string(), fc.array(fc.string(), { maxLength: 16 })) as fc.Arbitrary<Json>),
    logprobs: maybe(fc.boolean()),
    top_logprobs: maybe(fc.integer({ min: 0, max: 20 })),
    reasoning_effort: maybe(fc.constantFrom('low', 'max', 'galactic')),
    user: maybe(word),
    safety_identifier: maybe(word),
    tools: maybe(
      fc.array(
        fc.record(
          {
            type: fc.constant('function'),
            function: fc.record(
              { name: word, description: maybe(fc.string()), parameters: maybe(object), strict: maybe(fc.boolean()) },
              { requiredKeys: ['name'], noNullPrototype: true },
            ),
          },
          { noNullPrototype: true },
        ),
        { maxLength: 2 },
      ) as fc.Arbitrary<Json>,
    ),
    metadata: maybe(object),
    modalities: maybe(fc.constant(['text']) as fc.Arbitrary<Json>),
    vendor_field: json,
  },
  { requiredKeys: ['model', 'messages'], noNullPrototype: true },
) as fc.Arbitrary<JsonObject>;

const delta = fc.record(
  {
    content: fc.oneof(fc.string(), fc.constant(null), json),
    reasoning: fc.string(),
    refusal: fc.oneof(fc.string(), json),
    audio: json,
    tool_calls: fc.oneof(
      json,
      fc.array(
        fc.record(
          {
            index: fc.oneof(fc.nat(2), json),
            id: fc.oneof(word, json),
            function: fc.oneof(json, fc.record({ name: word, arguments: fc.string() })),
          },
          { requiredKeys: [] },
        ),
        { maxLength: 2 },
      ),
    ),
    function_call: json,
    vendor_field: json,
  },
  { requiredKeys: [] },
);

const frame: fc.Arbitrary<Frame> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('[DONE]', ' [DONE] ', '', '{', 'null', '[]', '{}', '{"error":null}', '{"error":{"message":"x"}}')
      .map((data) => ({ event: null, data })),
  },
  {
    weight: 4,
    arbitrary: fc
      .record(
        {
          id: fc.oneof(word, json),
          created: fc.oneof(fc.integer(), json),
          model: word,
          choices: fc.oneof(
            json,
            fc.array(
              fc.record(
                {
                  index: fc.oneof(fc.nat(2), json),
                  delta: fc.oneof(delta, json),
                  finish_reason: fc.oneof(fc.constantFrom('stop', 'tool_calls', ''), json),
                },
                { requiredKeys: [] },
              ),
              { maxLength: 2 },
            ),
          ),
          usage: fc.oneof(fc.constant(USAGE), json),
          x_groq: json,
        },
        { requiredKeys: [] },
      )
      .map((body) => ({ event: null, data: JSON.stringify(body) })),
  },
);

/** The generators. */
export const arbitraries: ProtocolArbitraries = { request, foreign, wire, frame };
