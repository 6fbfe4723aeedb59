/** The openai SDK on the Responses API. */
import OpenAI, { BadRequestError, InternalServerError, NotFoundError, RateLimitError } from 'openai';
import type {
  Response,
  ResponseCreateParamsNonStreaming,
  ResponseInputContent,
  ResponseInputItem,
} from 'openai/resources/responses/responses';
import { PROMPT, TOOLS, type Ask, type Got, type GotCall, type Place, type SdkClient } from './client.ts';

type Body = Omit<ResponseCreateParamsNonStreaming, 'stream'>;

/** The client. */
export const openaiResponsesClient: SdkClient = {
  name: 'openai responses',
  speaks: 'openai-responses',
  finishes: { text: 'completed', calls: 'completed' },
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
  const input: ResponseInputItem[] = [{ role: 'user', content: contentOf(ask) }];
  let calls: readonly GotCall[] | null = null;
  for (;;) {
    const answer = await respond(client, bodyOf(model, input, ask), ask);
    const made = callsOf(answer);
    calls ??= made;
    if (ask.tools === undefined || made.length === 0) {
      return {
        text: answer.output_text,
        reasoning: reasoningOf(answer),
        calls,
        finish: answer.status,
        tokens: [answer.usage?.input_tokens, answer.usage?.output_tokens],
        model: answer.model,
      };
    }
    // As an agent without stored responses does: every item goes back, reasoning with what is sealed in it.
    input.push(...(answer.output as ResponseInputItem[]));
    for (const { id, name, input: given } of made) {
      input.push({ type: 'function_call_output', call_id: id, output: ask.tools(name, given) });
    }
  }
}

function bodyOf(model: string, input: ResponseInputItem[], ask: Ask): Body {
  return {
    model,
    input,
    instructions: 'Be brief.',
    store: false,
    include: ['reasoning.encrypted_content'],
    ...(ask.reasoning === undefined ? {} : { reasoning: { effort: 'high' as const, summary: 'auto' as const } }),
    ...(ask.schema === undefined
      ? {}
      : {
          text: {
            format: { type: 'json_schema' as const, name: 'river', strict: true, schema: { ...ask.schema } },
          },
        }),
    ...(ask.tools === undefined
      ? {}
      : {
          tools: TOOLS.map(({ name, description, schema }) => ({
            type: 'function' as const,
            name,
            description,
            parameters: { ...schema },
            strict: false,
          })),
        }),
  };
}

function contentOf({ prompt = PROMPT, image, document }: Ask): string | ResponseInputContent[] {
  if (image === undefined && document === undefined) return prompt;
  const parts: ResponseInputContent[] = [{ type: 'input_text', text: prompt }];
  if (image !== undefined) {
    parts.push({ type: 'input_image', image_url: `data:image/png;base64,${image}`, detail: 'auto' });
  }
  if (document !== undefined) {
    parts.push({
      type: 'input_file',
      filename: 'river.pdf',
      file_data: `data:application/pdf;base64,${document}`,
    });
  }
  return parts;
}

async function respond(client: OpenAI, body: Body, { stream, signal, onText }: Ask): Promise<Response> {
  const options = signal === undefined ? {} : { signal };
  if (!stream) return client.responses.create(body, options);
  const run = client.responses.stream(body, options);
  run.on('response.output_text.delta', () => onText?.());
  return run.finalResponse();
}

function callsOf({ output }: Response): GotCall[] {
  return output.flatMap((item) =>
    item.type === 'function_call'
      ? [{ id: item.call_id, name: item.name, input: JSON.parse(item.arguments) as unknown }]
      : [],
  );
}

/** The summary, or what is said outright where there is none. */
function reasoningOf({ output }: Response): string {
  return output
    .flatMap((item) => (item.type === 'reasoning' ? [...item.summary, ...(item.content ?? [])] : []))
    .map(({ text }) => text)
    .join('');
}
