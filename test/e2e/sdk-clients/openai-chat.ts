/** The openai SDK on Chat Completions. */
import OpenAI, { BadRequestError, InternalServerError, NotFoundError, RateLimitError } from 'openai';
import type {
  ChatCompletion,
  ChatCompletionContentPart,
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import { PROMPT, TOOLS, type Ask, type Got, type GotCall, type Place, type SdkClient } from './client.ts';

type Body = Omit<ChatCompletionCreateParamsNonStreaming, 'stream'>;

/** The client. */
export const openaiChatClient: SdkClient = {
  name: 'openai chat',
  speaks: 'openai-chat',
  finishes: { text: 'stop', calls: 'tool_calls' },
  errors: {
    notFound: NotFoundError,
    rateLimit: RateLimitError,
    badRequest: BadRequestError,
    server: InternalServerError,
  },
  ask: converse,
};

async function converse({ url, model }: Place, ask: Ask): Promise<Got> {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'sk-test', maxRetries: 0 });
  const messages: ChatCompletionMessageParam[] = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: contentOf(ask) },
  ];
  let calls: readonly GotCall[] | null = null;
  for (;;) {
    const { answer, reasoning } = await complete(client, bodyOf(model, messages, ask), ask);
    const { message, finish_reason } = answer.choices[0]!;
    const made = callsOf(message);
    calls ??= made;
    if (ask.tools === undefined || made.length === 0) {
      return {
        text: message.content ?? '',
        reasoning,
        calls,
        finish: finish_reason,
        tokens: [answer.usage?.prompt_tokens, answer.usage?.completion_tokens],
        model: answer.model,
      };
    }
    const { content, tool_calls } = message;
    messages.push({ role: 'assistant', content, ...(tool_calls === undefined ? {} : { tool_calls }) });
    for (const { id, name, input } of made) {
      messages.push({ role: 'tool', tool_call_id: id, content: ask.tools(name, input) });
    }
  }
}

function bodyOf(model: string, messages: ChatCompletionMessageParam[], ask: Ask): Body {
  return {
    model,
    messages,
    ...(ask.reasoning === undefined ? {} : { reasoning_effort: 'high' as const }),
    ...(ask.schema === undefined
      ? {}
      : {
          response_format: {
            type: 'json_schema' as const,
            json_schema: { name: 'river', strict: true, schema: { ...ask.schema } },
          },
        }),
    ...(ask.tools === undefined
      ? {}
      : {
          tools: TOOLS.map(({ name, description, schema }) => ({
            type: 'function' as const,
            function: { name, description, parameters: { ...schema } },
          })),
        }),
  };
}

function contentOf({ prompt = PROMPT, image, document }: Ask): string | ChatCompletionContentPart[] {
  if (image === undefined && document === undefined) return prompt;
  const parts: ChatCompletionContentPart[] = [{ type: 'text', text: prompt }];
  if (image !== undefined) parts.push({ type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } });
  if (document !== undefined) {
    const file_data = `data:application/pdf;base64,${document}`;
    parts.push({ type: 'file', file: { filename: 'river.pdf', file_data } });
  }
  return parts;
}

interface Completed {
  readonly answer: ChatCompletion;
  readonly reasoning: string;
}

async function complete(client: OpenAI, body: Body, { stream, signal, onText }: Ask): Promise<Completed> {
  const options = signal === undefined ? {} : { signal };
  if (!stream) {
    const answer = await client.chat.completions.create(body, options);
    return { answer, reasoning: reasoningIn(answer.choices[0]?.message) };
  }
  const run = client.chat.completions.stream({ ...body, stream_options: { include_usage: true } }, options);
  // The SDK knows no reasoning: of a field that it does not know it keeps the last piece only.
  let reasoning = '';
  run.on('chunk', ({ choices }) => (reasoning += reasoningIn(choices[0]?.delta)));
  run.on('content', () => onText?.());
  return { answer: await run.finalChatCompletion(), reasoning };
}

function reasoningIn(said: object | undefined): string {
  return (said as { reasoning_content?: string } | undefined)?.reasoning_content ?? '';
}

function callsOf({ tool_calls = [] }: ChatCompletion['choices'][number]['message']): GotCall[] {
  return tool_calls.flatMap((call) =>
    call.type === 'function'
      ? [{ id: call.id, name: call.function.name, input: JSON.parse(call.function.arguments) as unknown }]
      : [],
  );
}
