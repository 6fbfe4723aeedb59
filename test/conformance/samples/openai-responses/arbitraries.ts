/** Generators of requests in the block model, for the Responses language. */
import fc from 'fast-check';
import type { ChatRequest, Extra, Message, Part, Tool, ToolCallPart } from '../../../../src/core/chat.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import type { ProtocolArbitraries } from '../../protocol.ts';
import { SEARCH } from './answers.ts';
import { number, object, responseFormat, said, some, text, toolChoice, word } from '../values.ts';
import { frame, wire } from './wire-arbitraries.ts';

const own = (bag: JsonObject): { readonly extra: Extra } => ({ extra: { 'openai-responses': bag } });
const textPart = fc.record({ type: fc.constant('text'), text }, { noNullPrototype: true }) as fc.Arbitrary<Part>;
const media = fc.constantFrom<Part>(
  { type: 'media', mediaType: 'image/png', source: { kind: 'base64', data: 'iVBO' } },
  { type: 'media', mediaType: 'image/*', source: { kind: 'url', url: 'https://example.com/a' } },
  { type: 'media', mediaType: 'image/*', source: { kind: 'id', id: 'file-0' }, ...own({ detail: 'high' }) },
  { type: 'media', mediaType: 'audio/mpeg', source: { kind: 'base64', data: 'SUQz' } },
  { type: 'media', mediaType: 'application/pdf', source: { kind: 'base64', data: 'JVBE' }, filename: 'a.pdf' },
  { type: 'media', mediaType: 'application/*', source: { kind: 'url', url: 'https://example.com/a.pdf' } },
  { type: 'media', mediaType: 'application/*', source: { kind: 'id', id: 'file-1' } },
  { type: 'opaque', protocol: 'openai-responses', value: { type: 'input_hologram', hologram: 1 } },
);

const toolName = fc.oneof(
  word,
  fc.tuple(word, word).map(([namespace, name]) => `${namespace}__${name}__n${namespace.length}`),
);
const callPart: fc.Arbitrary<ToolCallPart> = fc
  .tuple(word, toolName, text, fc.boolean())
  .map(([id, name, args, custom]) => ({
    type: 'tool-call',
    id,
    name,
    arguments: args,
    ...(custom ? { kind: 'custom' as const } : {}),
  }));
const thought: fc.Arbitrary<Part> = fc.oneof(
  text.map((words): Part => ({ type: 'reasoning', text: words })),
  fc
    .tuple(fc.string(), word)
    .map(([words, seal]): Part => ({ type: 'reasoning', text: words, opaque: seal, ...own({ vendor_field: 1 }) })),
  word.map((id): Part => ({ type: 'reasoning', text: '', ...own({ id: `rs_${id}` }) })),
);
const opaqueItem = fc.constantFrom<Part>(
  { type: 'opaque', protocol: 'openai-responses', value: SEARCH },
  { type: 'opaque', protocol: 'openai-responses', value: { type: 'item_reference', id: 'msg_0' } },
);

/** One turn: thoughts, texts that are one item, calls; hosted items anywhere between. */
const assistant: fc.Arbitrary<Message> = fc
  .tuple(
    fc.array(thought, { maxLength: 2 }),
    fc.array(opaqueItem, { maxLength: 1 }),
    fc.array(textPart, { maxLength: 2 }),
    fc.option(text),
    fc.array(fc.oneof(callPart, opaqueItem), { maxLength: 3 }),
  )
  .map(([thoughts, hosted, texts, refusal, calls]) => ({
    role: 'assistant' as const,
    parts: [
      ...thoughts,
      ...hosted,
      ...texts,
      ...(refusal === null ? [] : [{ type: 'text' as const, text: refusal, refusal: true as const }]),
      ...calls,
    ],
  }));

const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record(
    { role: fc.constantFrom('system', 'developer'), parts: fc.array(textPart, { maxLength: 2 }) },
    { noNullPrototype: true },
  ) as fc.Arbitrary<Message>,
  fc.array(fc.oneof(textPart, media), { maxLength: 3 }).map((parts): Message => ({ role: 'user', parts })),
  assistant,
  fc
    .tuple(word, fc.array(fc.oneof(textPart, media), { maxLength: 2 }))
    .map(([callId, content]): Message => ({ role: 'tool', parts: [{ type: 'tool-result', callId, content }] })),
);

/** Turns of the assistant that follow each other, or say nothing, are one turn or none: the items do not tell them apart. */
function asTurns(messages: readonly Message[]): Message[] {
  return messages.filter(
    ({ role, parts }, i) => role !== 'assistant' || (parts.length > 0 && messages[i - 1]?.role !== 'assistant'),
  );
}

const tool: fc.Arbitrary<Tool> = fc.oneof(
  fc
    .tuple(
      toolName,
      fc.boolean(),
      some<{ description: string; schema: JsonObject }>({ description: fc.string(), schema: object }),
    )
    .map(([name, strict, more]): Tool => ({ type: 'function', name, strict, ...more })),
  word.map((name): Tool => ({ type: 'opaque', protocol: 'openai-responses', name, value: { type: 'custom', name } })),
  fc.constant<Tool>({
    type: 'opaque',
    protocol: 'openai-responses',
    name: 'web_search',
    value: { type: 'web_search' },
  }),
);

/** Fields of one namespace are told once, at the first tool of a row: rows are made as the reader makes them. */
function withNamespaces(tools: readonly Tool[]): Tool[] {
  let before = '';
  return tools.map((one) => {
    const namespace = one.type === 'function' ? (/^(.*)__[a-z0-9_]+__n(\d+)$/.exec(one.name) ?? [])[0] : undefined;
    if (namespace === undefined || one.type !== 'function') {
      before = '';
      return one;
    }
    const length = Number(/n(\d+)$/.exec(one.name)?.[1]);
    const name = one.name.slice(0, length);
    const isFirst = name !== before;
    before = name;
    return isFirst ? { ...one, ...own({ namespace: { type: 'namespace', name } }) } : one;
  });
}

const parameters: fc.Arbitrary<Partial<ChatRequest>> = some<Partial<ChatRequest>>({
  ...({} as { [K in keyof ChatRequest]-?: fc.Arbitrary<NonNullable<ChatRequest[K]>> }),
  maxOutputTokens: fc.integer({ min: 1, max: 1e7 }),
  temperature: number,
  topP: number,
  logprobs: some<{ top: number }>({ top: fc.integer({ min: 0, max: 20 }) }),
  tools: fc.array(tool, { maxLength: 4 }).map(withNamespaces),
  toolChoice: toolChoice(
    toolName,
    fc.constant({ type: 'opaque', protocol: 'openai-responses', value: { type: 'web_search' } }),
  ),
  parallelToolCalls: fc.boolean(),
  responseFormat,
  reasoning: fc.constantFrom(
    { effort: 'none' as const },
    { effort: 'xhigh' as const, summary: 'auto' as const },
    { summary: 'detailed' as const },
  ),
  user: fc.string(),
  metadata: object,
  serviceTier: word,
  cacheKey: word,
});

const bag: fc.Arbitrary<Extra> = fc
  .dictionary(fc.constantFrom('truncation', 'background', 'previous_response_id', 'vendor_field'), said, {
    noNullPrototype: true,
  })
  .map((more): Extra => ({ 'openai-responses': { store: false, ...(more as JsonObject) } }));

const request: fc.Arbitrary<ChatRequest> = fc
  .tuple(word, fc.array(message, { minLength: 1, maxLength: 5 }), fc.boolean(), parameters, bag)
  .map(([model, messages, stream, more, extra]) => ({
    operation: 'chat',
    model,
    messages: asTurns(messages),
    stream,
    ...(stream ? { streamUsage: true } : {}),
    ...more,
    extra,
  }));

const FOREIGN: Extra = { 'anthropic-messages': { cache_control: { type: 'ephemeral' } } };
const foreignMessage = fc.constantFrom<Message>(
  { role: 'user', parts: [{ type: 'text', text: 'x', extra: FOREIGN }] },
  { role: 'user', parts: [{ type: 'text', text: 'x' }], extra: FOREIGN },
  { role: 'user', name: 'Ann', parts: [{ type: 'text', text: 'x' }] },
  { role: 'user', parts: [{ type: 'opaque', protocol: 'anthropic-messages', value: { type: 'document' } }] },
  {
    role: 'user',
    parts: [{ type: 'media', mediaType: 'video/*', source: { kind: 'url', url: 'https://example.com' } }],
  },
  { role: 'user', parts: [{ type: 'media', mediaType: 'text/plain', source: { kind: 'text', text: 'x' } }] },
  {
    role: 'tool',
    parts: [{ type: 'tool-result', callId: 'a', content: [{ type: 'text', text: 'x' }], isError: true }],
  },
  { role: 'user', parts: [{ type: 'reasoning', text: 'Hm' }] },
  { role: 'user', parts: [{ type: 'tool-call', id: 'a', name: 'f', arguments: '{}' }] },
);
const foreignTurn = fc.constantFrom<Message>(
  { role: 'user', parts: [{ type: 'text', text: 'x' }] },
  { role: 'assistant', parts: [{ type: 'reasoning', text: 'Hm', signature: 's', origin: 'b' }] },
  { role: 'assistant', parts: [{ type: 'reasoning', text: '', opaque: 'redacted', extra: FOREIGN }] },
  {
    role: 'assistant',
    parts: [{ type: 'media', mediaType: 'audio/wav', source: { kind: 'base64', data: 'UklG' } }],
  },
  {
    role: 'assistant',
    parts: [{ type: 'opaque', protocol: 'anthropic-messages', value: { type: 'server_tool_use' } }],
  },
);

const foreign: fc.Arbitrary<ChatRequest> = fc
  .tuple(
    request,
    fc.array(foreignMessage, { maxLength: 1 }),
    some<Partial<ChatRequest>>({
      ...({} as { [K in keyof ChatRequest]-?: fc.Arbitrary<NonNullable<ChatRequest[K]>> }),
      topK: fc.integer(),
      seed: fc.integer(),
      presencePenalty: number,
      frequencyPenalty: number,
      stop: fc.constant(['x']),
      choices: fc.integer({ min: 2, max: 128 }),
      logitBias: object,
      modalities: fc.constant(['text', 'audio']),
      audio: object,
      reasoning: fc.constant({ budgetTokens: 1024, enabled: true }),
      tools: fc.constant<Tool[]>([
        { type: 'opaque', protocol: 'anthropic-messages', name: 'bash', value: { type: 'bash' } },
      ]),
      toolChoice: fc.constant({ type: 'opaque' as const, protocol: 'gemini-generate' as const, value: {} }),
      responseFormat: fc.constant({ type: 'opaque' as const, protocol: 'gemini-generate' as const, value: {} }),
    }),
    foreignTurn,
  )
  .map(([base, messages, more, turn]) => ({
    ...base,
    messages: [
      ...base.messages,
      ...messages,
      { role: 'user' as const, parts: [{ type: 'text' as const, text: 'z' }] },
      turn,
    ],
    ...more,
  }));

/** The generators. */
export const arbitraries: ProtocolArbitraries = { request, foreign, wire, frame };
