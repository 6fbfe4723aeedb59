/** The AI SDK over its OpenAI (Responses and Chat), Anthropic and OpenAI-compatible providers. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import {
  APICallError,
  generateText,
  isStepCount,
  jsonSchema,
  Output,
  streamText,
  tool,
  type LanguageModel,
  type ModelMessage,
  type ToolSet,
} from 'ai';
import { PROMPT, TOOLS, type Ask, type Got, type Place, type SdkClient } from './client.ts';

const apiKey = 'sk-test';

/** The clients. */
export const aiSdkClients: readonly SdkClient[] = [
  define('ai, openai responses', 'openai-responses', ({ url, model }) =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey }).responses(model),
  ),
  define('ai, openai chat', 'openai-chat', ({ url, model }) =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey }).chat(model),
  ),
  define('ai, anthropic', 'anthropic-messages', ({ url, model }) =>
    createAnthropic({ baseURL: `${url}/v1`, apiKey })(model),
  ),
  define('ai, openai-compatible', 'openai-chat', ({ url, model }) =>
    createOpenAICompatible({
      name: 'thalweg',
      baseURL: `${url}/v1`,
      apiKey,
      includeUsage: true,
      supportsStructuredOutputs: true,
    })(model),
  ),
];

function define(name: string, speaks: SdkClient['speaks'], open: (place: Place) => LanguageModel): SdkClient {
  return {
    name,
    speaks,
    finishes: { text: 'stop', calls: 'tool-calls' },
    errors: { notFound: APICallError, rateLimit: APICallError, badRequest: APICallError, server: APICallError },
    ask: (place, ask) => (ask.stream ? stream(open(place), ask) : generate(open(place), ask)),
  };
}

function settingsOf(model: LanguageModel, ask: Ask) {
  return {
    model,
    instructions: 'Be brief.',
    messages: messagesOf(ask),
    maxRetries: 0,
    maxOutputTokens: 4096,
    ...(ask.tools === undefined ? {} : { tools: toolsOf(ask.tools), stopWhen: isStepCount(3) }),
    ...(ask.schema === undefined ? {} : { output: Output.object({ schema: jsonSchema({ ...ask.schema }) }) }),
    providerOptions: {
      // For a model whose name it does not know, this provider would make a tool of the schema.
      anthropic: { structuredOutputMode: 'outputFormat' },
      // Otherwise earlier items go back as references, which nobody but OpenAI can resolve.
      openai: { store: false, forceReasoning: ask.reasoning === true, reasoningSummary: ask.reasoning && 'auto' },
    },
    ...(ask.reasoning === undefined ? {} : { reasoning: 'high' as const }),
    ...(ask.signal === undefined ? {} : { abortSignal: ask.signal }),
  };
}

function toolsOf(run: NonNullable<Ask['tools']>): ToolSet {
  return Object.fromEntries(
    TOOLS.map(({ name, description, schema }) => [
      name,
      tool({
        description,
        inputSchema: jsonSchema({ ...schema }),
        execute: (input: unknown) => Promise.resolve(run(name, input)),
      }),
    ]),
  );
}

function messagesOf({ prompt = PROMPT, image, document }: Ask): ModelMessage[] {
  return [
    {
      role: 'user',
      content: [
        { type: 'text', text: prompt },
        ...(image === undefined ? [] : [{ type: 'file' as const, data: image, mediaType: 'image/png' }]),
        ...(document === undefined
          ? []
          : [{ type: 'file' as const, data: document, mediaType: 'application/pdf', filename: 'river.pdf' }]),
      ],
    },
  ];
}

async function generate(model: LanguageModel, ask: Ask): Promise<Got> {
  const result = await generateText(settingsOf(model, ask));
  const [first] = result.steps;
  return {
    text: result.text,
    reasoning: result.steps.map(({ reasoningText = '' }) => reasoningText).join(''),
    calls: callsOf(first),
    finish: ask.tools === undefined ? result.finishReason : first?.finishReason,
    tokens: [result.steps.at(-1)?.usage.inputTokens, result.steps.at(-1)?.usage.outputTokens],
    model: result.response.modelId,
  };
}

async function stream(model: LanguageModel, ask: Ask): Promise<Got> {
  const failures: unknown[] = [];
  const result = streamText({ ...settingsOf(model, ask), onError: ({ error }) => void failures.push(error) });
  for await (const piece of result.textStream) if (piece !== '') ask.onText?.();
  if (failures.length > 0) throw failures[0];
  const steps = await result.steps;
  return {
    text: await result.text,
    reasoning: steps.map(({ reasoningText = '' }) => reasoningText).join(''),
    calls: callsOf(steps[0]),
    finish: ask.tools === undefined ? await result.finishReason : steps[0]?.finishReason,
    tokens: [steps.at(-1)?.usage.inputTokens, steps.at(-1)?.usage.outputTokens],
    model: (await result.response).modelId,
  };
}

interface Step {
  readonly toolCalls: readonly { readonly toolCallId: string; readonly toolName: string; readonly input: unknown }[];
}

function callsOf(step: Step | undefined): Got['calls'] {
  return (step?.toolCalls ?? []).map(({ toolCallId, toolName, input }) => ({ id: toolCallId, name: toolName, input }));
}
