/** The Anthropic SDK on Messages. */
import Anthropic, { BadRequestError, InternalServerError, NotFoundError, RateLimitError } from '@anthropic-ai/sdk';
import type {
  ContentBlockParam,
  Message,
  MessageCreateParamsNonStreaming,
  MessageParam,
} from '@anthropic-ai/sdk/resources/messages';
import { PROMPT, TOOLS, type Ask, type Got, type GotCall, type Place, type SdkClient } from './client.ts';

/** The client. */
export const anthropicClient: SdkClient = {
  name: 'anthropic messages',
  speaks: 'anthropic-messages',
  finishes: { text: 'end_turn', calls: 'tool_use' },
  errors: {
    notFound: NotFoundError,
    rateLimit: RateLimitError,
    badRequest: BadRequestError,
    server: InternalServerError,
  },
  ask: converse,
};

async function converse({ url, model }: Place, ask: Ask): Promise<Got> {
  const client = new Anthropic({ baseURL: url, apiKey: 'sk-test', maxRetries: 0 });
  const messages: MessageParam[] = [{ role: 'user', content: contentOf(ask) }];
  let calls: readonly GotCall[] | null = null;
  for (;;) {
    const answer = await create(client, bodyOf(model, messages, ask), ask);
    const made = callsOf(answer);
    calls ??= made;
    if (ask.tools === undefined || made.length === 0) {
      return {
        text: answer.content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
        reasoning: answer.content.map((part) => (part.type === 'thinking' ? part.thinking : '')).join(''),
        calls,
        finish: answer.stop_reason,
        tokens: [answer.usage.input_tokens, answer.usage.output_tokens],
        model: answer.model,
      };
    }
    const { tools } = ask;
    messages.push({ role: 'assistant', content: answer.content as ContentBlockParam[] });
    messages.push({
      role: 'user',
      content: made.map(({ id, name, input }) => ({
        type: 'tool_result' as const,
        tool_use_id: id,
        content: tools(name, input),
      })),
    });
  }
}

function bodyOf(model: string, messages: MessageParam[], ask: Ask): MessageCreateParamsNonStreaming {
  return {
    model,
    messages,
    system: 'Be brief.',
    max_tokens: 4096,
    ...(ask.reasoning === undefined ? {} : { thinking: { type: 'enabled' as const, budget_tokens: 2048 } }),
    ...(ask.schema === undefined
      ? {}
      : { output_config: { format: { type: 'json_schema' as const, schema: { ...ask.schema } } } }),
    ...(ask.tools === undefined
      ? {}
      : { tools: TOOLS.map(({ name, description, schema }) => ({ name, description, input_schema: { ...schema } })) }),
  };
}

function contentOf({ prompt = PROMPT, image, document }: Ask): string | ContentBlockParam[] {
  if (image === undefined && document === undefined) return prompt;
  const parts: ContentBlockParam[] = [{ type: 'text', text: prompt }];
  if (image !== undefined) {
    parts.push({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: image } });
  }
  if (document !== undefined) {
    parts.push({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: document } });
  }
  return parts;
}

async function create(
  client: Anthropic,
  body: MessageCreateParamsNonStreaming,
  { stream, signal, onText }: Ask,
): Promise<Message> {
  const options = signal === undefined ? {} : { signal };
  if (!stream) return client.messages.create(body, options);
  const run = client.messages.stream(body, options);
  run.on('text', () => onText?.());
  return run.finalMessage();
}

function callsOf({ content }: Message): GotCall[] {
  return content.flatMap((part) =>
    part.type === 'tool_use' ? [{ id: part.id, name: part.name, input: part.input }] : [],
  );
}
