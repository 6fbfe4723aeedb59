/** Facts of requests and answers in the form of the recorded corpus, taken from the block model. */
import type { ChatRequest, ChatResponse, Message, Part, ToolCallPart } from '../../src/core/chat.ts';
import type { Json } from '../../src/core/json.ts';

/** Facts of an answer as the corpus has them. */
export interface ExpectedAnswer {
  readonly id: string;
  readonly model: string;
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string | null;
  readonly toolCalls: readonly unknown[];
  readonly finishRaw: string;
  readonly usage: Readonly<Record<'input' | 'output' | 'cacheRead' | 'cacheWrite' | 'reasoning', number | null>>;
}

const textOf = (parts: readonly Part[]): string =>
  parts.map((part) => (part.type === 'text' && part.refusal !== true ? part.text : '')).join('');
const reasoningOf = (parts: readonly Part[]): string =>
  parts.map((part) => (part.type === 'reasoning' ? part.text : '')).join('');

function callsOf(parts: readonly Part[]): unknown[] {
  return parts
    .filter((part): part is ToolCallPart => part.type === 'tool-call')
    .map(({ id, name, arguments: args, kind }) =>
      kind === 'custom' ? { id, name, custom: args } : { id, name, args: parsed(args) },
    );
}

/** Arguments without their spaces; what a limit cut off stays text. */
function parsed(text: string): Json {
  try {
    return text === '' ? {} : (JSON.parse(text) as Json);
  } catch {
    return text;
  }
}

/** What a request or an answer says, fact by fact. */
export type Facts = Readonly<Record<string, unknown>>;

/** What a client asked. */
export function requestFacts(request: ChatRequest): Facts {
  const by = (...roles: readonly Message['role'][]): Part[] =>
    request.messages.filter(({ role }) => roles.includes(role)).flatMap(({ parts }) => parts);
  const all = request.messages.flatMap(({ parts }) => parts);
  const media = (kind: string): number =>
    all.filter((part) => part.type === 'media' && part.mediaType.startsWith(kind)).length;
  const { toolChoice: choice, responseFormat: format } = request;
  return {
    system: textOf(by('system', 'developer')),
    user: textOf(by('user')),
    assistant: textOf(by('assistant')),
    reasoning: reasoningOf(by('assistant')),
    toolCalls: callsOf(all),
    toolResults: all
      .filter((part) => part.type === 'tool-result')
      .map(({ callId, content }) => ({ id: callId, text: textOf(content) })),
    images: media('image/'),
    documents: media('application/'),
    audio: media('audio/'),
    tools: (request.tools ?? []).map(({ name }) => name),
    toolChoice: choice === undefined ? null : choice.type === 'named' ? `tool:${choice.name}` : choice.type,
    maxTokens: request.maxOutputTokens ?? null,
    temperature: request.temperature ?? null,
    topP: request.topP ?? null,
    stop: request.stop ?? [],
    stream: request.stream,
    format: format?.type ?? null,
    roles: request.messages.map(({ role }) => role),
  };
}

/**
 * What an answer says. The corpus keeps the id of the first chunk: where that is empty (Azure's prologue) ours, which is that of
 * the first chunk with content, is not compared.
 */
export function answerFacts(answer: ChatResponse, expected: Pick<ExpectedAnswer, 'id'> = answer): Facts {
  const choice = answer.choices[0];
  const parts = choice?.parts ?? [];
  const refusal = parts.map((part) => (part.type === 'text' && part.refusal === true ? part.text : '')).join('');
  return {
    id: expected.id === '' ? '' : answer.id,
    model: answer.model,
    text: textOf(parts),
    reasoning: reasoningOf(parts),
    refusal: refusal === '' ? null : refusal,
    toolCalls: callsOf(parts),
    finishRaw: choice?.finish.raw ?? null,
    usage: {
      input: answer.usage?.inputTokens ?? null,
      output: answer.usage?.outputTokens ?? null,
      cacheRead: answer.usage?.cachedInputTokens ?? null,
      cacheWrite: answer.usage?.cacheWriteTokens ?? null,
      reasoning: answer.usage?.reasoningTokens ?? null,
    },
  };
}

/** The expected facts of an answer in the form that answerFacts gives. */
export function expectedFacts(facts: ExpectedAnswer): Facts {
  const { id, model, text, reasoning, toolCalls, finishRaw, usage } = facts;
  const { input, output, cacheRead, cacheWrite, reasoning: thought } = usage;
  const refusal = facts.refusal === '' ? null : facts.refusal;
  const counts = { input, output, cacheRead, cacheWrite, reasoning: thought };
  return { id, model, text, reasoning, refusal, toolCalls, finishRaw, usage: counts };
}
