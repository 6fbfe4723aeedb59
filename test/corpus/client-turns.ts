/** How agents take a turn: the recorded request through the vendor's SDK, and the next request with what its tools returned. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import type { ChatCompletionStreamParams } from 'openai/lib/ChatCompletionStream';
import type { ResponseCreateParamsStreaming } from 'openai/resources/responses/responses';

/** A recorded body, whatever it holds. */
export type Body = Readonly<Record<string, unknown>>;

/** One call as the agent sees it; `name` with its namespace where the language has those. */
export interface AgentCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** What came back. */
export interface AgentTurn {
  readonly text: string;
  readonly calls: readonly AgentCall[];
  /** The next request: the turn as it came, then a result for every call. */
  next(resultOf: (call: AgentCall) => string): Body;
}

/** The surface that an agent speaks. */
export interface AgentSurface {
  /** The wire language. */
  readonly id: 'openai-chat' | 'openai-responses' | 'anthropic-messages';
  /** The provider row over which its own bytes pass. */
  readonly passesOver: string;
  /** Names of the tools that a request declares, as calls name them; hosted tools are left out. */
  toolsOf(body: Body): readonly string[];
  take(url: string, body: Body, headers: Readonly<Record<string, string>>): Promise<AgentTurn>;
}

const KEY = { apiKey: 'sk-agent', maxRetries: 0 };

const chat: AgentSurface = {
  id: 'openai-chat',
  passesOver: 'openai-compatible',
  toolsOf: (body) => listOf(body, 'tools').map((tool) => String((tool['function'] as Body)['name'])),
  async take(url, body, headers) {
    const client = new OpenAI({ baseURL: `${url}/v1`, ...KEY });
    const run = client.chat.completions.stream(body as unknown as ChatCompletionStreamParams, { headers });
    const { message } = (await run.finalChatCompletion()).choices[0]!;
    const made = (message.tool_calls ?? []).flatMap((call) => (call.type === 'function' ? [call] : []));
    const calls = made.map((call) => callOf(call.id, call.function.name, call.function.arguments));
    return {
      text: message.content ?? '',
      calls,
      next(resultOf) {
        const turn = { role: 'assistant', content: message.content, tool_calls: made };
        const results = calls.map((call) => ({ role: 'tool', tool_call_id: call.id, content: resultOf(call) }));
        return { ...body, messages: [...listOf(body, 'messages'), turn, ...results] };
      },
    };
  },
};

const responses: AgentSurface = {
  id: 'openai-responses',
  passesOver: 'openai-responses',
  toolsOf: (body) =>
    listOf(body, 'tools').flatMap((tool) => {
      if (tool['type'] === 'function') return [String(tool['name'])];
      return listOf(tool, 'tools').map(({ name }) => `${String(tool['name'])}.${String(name)}`);
    }),
  async take(url, body, headers) {
    const client = new OpenAI({ baseURL: `${url}/v1`, ...KEY });
    // Not `.stream()`: it parses the arguments of declared functions only, and namespaces are unknown to it.
    const stream = await client.responses.create(body as unknown as ResponseCreateParamsStreaming, { headers });
    let text = '';
    const output: Body[] = [];
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') text += event.delta;
      if (event.type === 'response.output_item.done') output.push(event.item as unknown as Body);
    }
    const calls = output
      .filter(({ type }) => type === 'function_call')
      .map(({ call_id, name, namespace, arguments: input }) =>
        callOf(call_id, namespace === undefined ? name : `${String(namespace)}.${String(name)}`, input),
      );
    return {
      text,
      calls,
      next(resultOf) {
        const results = calls.map((call) => ({
          type: 'function_call_output',
          call_id: call.id,
          output: resultOf(call),
        }));
        return { ...body, input: [...inputOf(body), ...output, ...results] };
      },
    };
  },
};

const messages: AgentSurface = {
  id: 'anthropic-messages',
  passesOver: 'anthropic',
  toolsOf: (body) => listOf(body, 'tools').map(({ name }) => String(name)),
  async take(url, body, headers) {
    const client = new Anthropic({ baseURL: url, ...KEY });
    const run = client.messages.stream(body as unknown as Anthropic.MessageStreamParams, { headers });
    const { content } = await run.finalMessage();
    const made = content.flatMap((part) => (part.type === 'tool_use' ? [part] : []));
    const calls = made.map(({ id, name, input }) => ({ id, name, input }));
    return {
      text: content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
      calls,
      next(resultOf) {
        const results = calls.map((call) => ({
          type: 'tool_result',
          tool_use_id: call.id,
          content: resultOf(call),
          is_error: false,
        }));
        const turns = [
          { role: 'assistant', content },
          { role: 'user', content: results },
        ];
        return { ...body, messages: [...listOf(body, 'messages'), ...turns] };
      },
    };
  },
};

/** The surface of a recorded path; null for one that is not served. */
export function surfaceOf(path: string): AgentSurface | null {
  const [plain] = path.split('?');
  if (plain === '/v1/chat/completions') return chat;
  if (plain === '/v1/responses') return responses;
  return plain === '/v1/messages' ? messages : null;
}

function callOf(id: unknown, name: unknown, input: unknown): AgentCall {
  return { id: String(id), name: String(name), input: JSON.parse(String(input)) as unknown };
}

function listOf(body: Body, key: string): readonly Body[] {
  const list = body[key];
  return Array.isArray(list) ? (list as Body[]) : [];
}

function inputOf(body: Body): readonly Body[] {
  return typeof body['input'] === 'string' ? [{ role: 'user', content: body['input'] }] : listOf(body, 'input');
}
