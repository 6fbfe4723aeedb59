/** The three client surfaces as raw clients that believe nothing: what they ask, and how strictly they read answers, errors and broken streams. */
import { expect } from 'vitest';
import type { ProtocolId } from '../../src/core/chat.ts';

/** One event of a stream: its name (null = unnamed) and its data, parsed where it is JSON. */
export interface Heard {
  readonly event: string | null;
  readonly data: Record<string, unknown>;
  readonly raw: string;
}

/** One surface. Every method that judges throws on the first thing that this protocol does not allow. */
export interface FaultClient {
  readonly id: ProtocolId;
  readonly path: string;
  request(model: string, stream: boolean): object;
  /** The words of a whole answer. */
  said(body: Record<string, unknown>, model: string): string;
  /** The words of a good stream: whole lifecycle, one terminal event at the end, no error. */
  streamed(events: readonly Heard[], model: string): string;
  /** The words before the one error that ends a broken stream; no terminal event, nothing after the error. */
  broken(events: readonly Heard[]): string;
  /** Judges an error's body; returns the code that agents match on, or the type where the protocol has no codes. */
  error(body: Record<string, unknown>, status: number): string;
  /** The status this surface gives an overload that the upstream called 529. */
  readonly status529: number;
  /** What agents match on: the code or type where nobody listens, and the words that make them compact. */
  readonly words: { readonly unreachable: string; readonly tooLong: RegExp };
}

const QUESTION = { role: 'user', content: 'What is it?' };
const WORD = /^[a-z0-9_-]+$/;

/** The events of a stream; throws when bytes are left over, which would be half an event. */
export function eventsOf(text: string): Heard[] {
  if (!text.endsWith('\n\n')) throw new Error('the stream ends inside an event');
  return text
    .slice(0, -2)
    .split('\n\n')
    .map((block) => {
      const raw = /^data: (.*)$/m.exec(block)?.[1];
      if (raw === undefined) throw new Error(`an event without data: ${block}`);
      const data = raw === '[DONE]' ? {} : (JSON.parse(raw) as Record<string, unknown>);
      return { event: /^event: (.*)$/m.exec(block)?.[1] ?? null, data, raw };
    });
}

interface Chunk {
  readonly model: string;
  readonly choices: readonly { readonly delta: { readonly content?: string }; readonly finish_reason: string | null }[];
}

function chatWords(events: readonly Heard[]): { readonly words: string; readonly finishes: number } {
  const choices = events.flatMap(({ data }) => (data as unknown as Chunk).choices);
  return {
    words: choices.map(({ delta }) => delta.content ?? '').join(''),
    finishes: choices.filter(({ finish_reason: finish }) => finish != null).length,
  };
}

/** `{error: {message, type, param, code}}`, and what is ours beside it. */
function openaiError(body: Record<string, unknown>, status: number): string {
  const error = body['error'] as Record<string, string>;
  expect(Object.keys(body)).toEqual(['error']);
  expect(error).toMatchObject({ message: expect.any(String), type: expect.stringMatching(WORD) });
  expect(error).toHaveProperty('param');
  expect(error['code']).toMatch(WORD);
  const types: Readonly<Record<number, string>> = { 400: 'invalid_request_error', 429: 'rate_limit_error' };
  expect(error['type']).toBe(types[status] ?? 'server_error');
  return error['code']!;
}

/** Chat Completions. */
const chat: FaultClient = {
  id: 'openai-chat',
  path: '/v1/chat/completions',
  status529: 503,
  words: { unreachable: 'upstream-connect', tooLong: /"code":"context_length_exceeded"/ },
  request: (model, stream) => ({ model, stream, messages: [QUESTION] }),
  said({ model: named, choices }, model) {
    expect(named).toBe(model);
    return (choices as { message: { content: string } }[])[0]!.message.content;
  },
  streamed(events, model) {
    expect(events.map(({ raw }) => raw).indexOf('[DONE]')).toBe(events.length - 1);
    const chunks = events.slice(0, -1);
    for (const { event, data } of chunks)
      expect([event, data['model'], data['error']]).toEqual([null, model, undefined]);
    const { words, finishes } = chatWords(chunks);
    expect(finishes).toBe(1);
    return words;
  },
  broken(events) {
    const last = events.at(-1)!;
    expect(last.event).toBe(null);
    openaiError(last.data, 500);
    const chunks = events.slice(0, -1);
    for (const { raw, data } of chunks) expect([raw === '[DONE]', 'error' in data]).toEqual([false, false]);
    return chatWords(chunks).words;
  },
  error: openaiError,
};

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  429: 'rate_limit_error',
  502: 'api_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** `{type: "error", error: {type, message}, request_id}`. */
function messagesError(body: Record<string, unknown>, status: number | null): string {
  const error = body['error'] as Record<string, string>;
  expect(body).toMatchObject({ type: 'error', error: { message: expect.any(String) } });
  expect(Object.keys(body).toSorted()).toEqual(['error', 'request_id', 'type']);
  expect(body['request_id']).toMatch(/^req_/);
  if (status === null) expect(Object.values(ERROR_TYPES)).toContain(error['type']);
  else expect(error['type']).toBe(ERROR_TYPES[status]);
  return error['type']!;
}

/** Messages: names equal types, blocks do not overlap; returns the words. */
function messageWords(events: readonly Heard[]): string {
  let words = '';
  let open: number | null = null;
  let next = 0;
  for (const { event, data } of events) {
    expect(event).toBe(data['type']);
    if (event === 'content_block_start') {
      expect([open, data['index']]).toEqual([null, next++]);
      open = next - 1;
    } else if (event === 'content_block_delta') {
      expect(data['index']).toBe(open);
      words += (data['delta'] as { text?: string }).text ?? '';
    } else if (event === 'content_block_stop') {
      expect(data['index']).toBe(open);
      open = null;
    } else if (event === 'message_delta') expect(open).toBe(null);
  }
  return words;
}

/** Anthropic Messages. */
const messages: FaultClient = {
  id: 'anthropic-messages',
  path: '/v1/messages',
  status529: 529,
  words: { unreachable: 'api_error', tooLong: /prompt is too long: 210000 tokens > 200000 maximum/ },
  request: (model, stream) => ({ model, stream, max_tokens: 100, messages: [QUESTION] }),
  said({ type, model: named, content, stop_reason: stop }, model) {
    expect([type, named, stop]).toEqual(['message', model, 'end_turn']);
    return (content as { text: string }[])[0]!.text;
  },
  streamed(events, model) {
    const names = events.map(({ event }) => event).filter((name) => name !== 'ping');
    expect(names.join(' ')).toMatch(
      /^message_start content_block_start (content_block_delta )+content_block_stop message_delta message_stop$/,
    );
    expect(events[0]!.data).toMatchObject({ message: { model, role: 'assistant', content: [] } });
    expect(events.at(-2)!.data).toMatchObject({ delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 4 } });
    return messageWords(events);
  },
  broken(events) {
    expect(events.map(({ event }) => event).indexOf('error')).toBe(events.length - 1);
    messagesError(events.at(-1)!.data, null);
    expect(events.some(({ event }) => event === 'message_stop')).toBe(false);
    return messageWords(events);
  },
  error: messagesError,
};

/** Responses: sequence without gap from 0, words only inside announced items and parts; returns the words. */
function responseWords(events: readonly Heard[]): string {
  let words = '';
  const announced = new Set<string>();
  events.forEach(({ event, data }, i) => {
    expect([event, data['sequence_number']]).toEqual([data['type'], i]);
    const item = data['item'] as { id: string } | undefined;
    if (event === 'response.output_item.added') announced.add(item!.id);
    if (event === 'response.content_part.added')
      announced.add(`${String(data['item_id'])} ${String(data['content_index'])}`);
    if (event !== 'response.output_text.delta') return;
    expect(announced).toContain(data['item_id']);
    expect(announced).toContain(`${String(data['item_id'])} ${String(data['content_index'])}`);
    words += String(data['delta']);
  });
  expect(events[0]?.event).toBe('response.created');
  return words;
}

interface ResponseObject {
  readonly id: string;
  readonly model: string;
  readonly status: string;
  readonly output: readonly { readonly status: string; readonly content: readonly { readonly text: string }[] }[];
}

function responseSaid(response: ResponseObject, model: string): string {
  expect([response.model, response.status, response.output[0]?.status]).toEqual([model, 'completed', 'completed']);
  return response.output[0]!.content[0]!.text;
}

/** OpenAI Responses. */
const responses: FaultClient = {
  id: 'openai-responses',
  path: '/v1/responses',
  status529: 503,
  words: { unreachable: 'upstream-connect', tooLong: /"code":"context_length_exceeded"/ },
  request: (model, stream) => ({ model, stream, input: 'What is it?' }),
  said: (body, model) => responseSaid(body as unknown as ResponseObject, model),
  streamed(events, model) {
    const ends = events.filter(({ event }) =>
      /^response\.(completed|failed|incomplete|cancelled)$|^error$/.test(event!),
    );
    expect(ends.map(({ event }) => event)).toEqual(['response.completed']);
    expect(events.at(-1)).toBe(ends[0]);
    const words = responseWords(events);
    expect(responseSaid(ends[0]!.data['response'] as ResponseObject, model)).toBe(words);
    return words;
  },
  broken(events) {
    const ends = events.slice(-2);
    expect(ends.map(({ event }) => event)).toEqual(['error', 'response.failed']);
    const [error, failed] = ends.map(({ data }) => data);
    openaiError({ error: error!['error'] }, 500);
    expect(error).toMatchObject({ code: expect.stringMatching(WORD), message: expect.any(String) });
    const { id } = events[0]!.data['response'] as ResponseObject;
    expect(failed).toMatchObject({
      response: { id, object: 'response', status: 'failed', error: { code: error!['code'] } },
    });
    expect(events.some(({ event }) => /completed|incomplete|cancelled/.test(event!))).toBe(false);
    return responseWords(events);
  },
  error: openaiError,
};

/** Every surface. */
export const FAULT_CLIENTS: readonly FaultClient[] = [chat, responses, messages];

/** Asks a gateway. */
export function ask(url: string, client: FaultClient, body: object, signal?: AbortSignal): Promise<Response> {
  return fetch(url + client.path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-canary-client' },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** An error of the API in the caller's own protocol, that names its code and nothing that is secret; returns what agents match on. */
export async function expectHonestError(
  client: FaultClient,
  response: Response,
  status: number,
  code: string,
): Promise<string> {
  const text = await response.text();
  const { headers } = response;
  expect([response.status, headers.get('x-thalweg-code')]).toEqual([status, code]);
  expect(headers.get('content-type')).toBe('application/json');
  expect(text + JSON.stringify([...headers])).not.toMatch(/canary|127\.0\.0\.1|set-cookie/);
  return client.error(JSON.parse(text) as Record<string, unknown>, status);
}

/** A stream with what was `said` before the fault, one error in the caller's own protocol and nothing after it. */
export async function expectHonestBreak(client: FaultClient, response: Response, said: string): Promise<void> {
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
  const text = await response.text();
  expect(text).not.toMatch(/canary|127\.0\.0\.1/);
  expect('The Thalweg.').toContain(client.broken(eventsOf(text)));
  expect(text).toContain(said);
  // A call that was cut is never told as one that may be made.
  expect(text).not.toMatch(/"finish_reason":"tool_calls"|"stop_reason":"tool_use"|function_call_arguments\.done/);
}

/** The whole answer that every upstream gives, streamed or not, under the name that was asked for. */
export async function expectWholeAnswer(
  client: FaultClient,
  response: Response,
  model: string,
  stream: boolean,
): Promise<void> {
  const text = await response.text();
  expect(response.status).toBe(200);
  const words = stream
    ? client.streamed(eventsOf(text), model)
    : client.said(JSON.parse(text) as Record<string, unknown>, model);
  expect(words).toBe('The Thalweg.');
}
