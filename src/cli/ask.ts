/** One chat request as any client makes it, over whatever leads to a gateway: its answer comes as text while it arrives. */
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../core/json.ts';
import type { Frame } from '../core/protocol.ts';
import { createSseDecoder } from '../wire/sse.ts';
import { CommandError } from './command-error.ts';
import { ExitCode } from './exit-code.ts';

/** Sends a request to a path of a gateway. */
export type Send = (path: string, init: RequestInit) => Promise<Response>;

/** One turn of a conversation. */
export interface ChatMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

/** What is asked. */
export interface Question {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
}

/** An answer that came to its end. */
export interface Answer {
  readonly text: string;
  /** Id of the backend that answered; null = the gateway did not say. */
  readonly backend: string | null;
  readonly decision: string | null;
  /** The protocol's word for how it ended; null = not told. */
  readonly finish: string | null;
}

const MAX_EVENT_BYTES = 1_048_576;
const REFUSED_BY_POLICY = new Set(['policy-no-eligible-backend', 'capacity-exhausted-within-policy']);

/** The request that asks `body` of a path. */
export function postJson(body: JsonObject, signal: AbortSignal | null = null): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal };
}

/** The body of the request that asks a question. */
export function questionBody({ model, messages }: Question): JsonObject {
  return { model, messages: messages.map(({ role, content }) => ({ role, content })), stream: true };
}

/**
 * Asks, and hands text on as it arrives.
 * @throws CommandError with the gateway's own words; what `signal` aborts rejects as fetch does
 */
export async function ask(
  send: Send,
  question: Question,
  onText: (text: string) => void,
  signal: AbortSignal | null = null,
): Promise<Answer> {
  const response = await send('/v1/chat/completions', postJson(questionBody(question), signal));
  if (!response.ok || response.body === null) throw refusalOf(await readJson(response), response.headers);
  let text = '';
  let finish: string | null = null;
  const take = (chunk: JsonObject): void => {
    if (isJsonObject(chunk['error'])) throw refusalOf(chunk, response.headers);
    const [choice] = isJsonArray(chunk['choices']) ? chunk['choices'] : [];
    if (!isJsonObject(choice)) return;
    if (typeof choice['finish_reason'] === 'string') finish = choice['finish_reason'];
    const piece = isJsonObject(choice['delta']) ? choice['delta']['content'] : null;
    if (typeof piece !== 'string' || piece === '') return;
    text += piece;
    onText(piece);
  };
  for await (const chunk of readChunks(response.body, signal)) take(chunk);
  const { headers } = response;
  return { text, finish, backend: headers.get('x-thalweg-backend'), decision: headers.get('x-thalweg-decision') };
}

/** A gateway in this process hears of an abort by itself, but only a network breaks the body off: here the reader lets go. */
async function* readChunks(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | null,
): AsyncGenerator<JsonObject, void, undefined> {
  const decoder = createSseDecoder({ maxEventBytes: MAX_EVENT_BYTES });
  const reader = body.getReader();
  signal?.addEventListener('abort', () => void reader.cancel().catch(() => undefined), { once: true });
  for (;;) {
    const { done, value } = await reader.read();
    signal?.throwIfAborted();
    const frames: Frame[] = [];
    if (done) decoder.end(frames);
    else decoder.push(value, frames);
    yield* frames.flatMap(parseFrame);
    if (done) return;
  }
}

function parseFrame({ data }: Frame): JsonObject[] {
  if (data === '[DONE]') return [];
  const chunk: Json = JSON.parse(data);
  return isJsonObject(chunk) ? [chunk] : [];
}

async function readJson(response: Response): Promise<JsonObject> {
  const body: Json = JSON.parse(await response.text());
  return isJsonObject(body) ? body : {};
}

/** The gateway's refusal as the end of a command. */
function refusalOf({ error }: JsonObject, headers: Headers): CommandError {
  const { message = null, code: inner = null, thalweg = null } = isJsonObject(error) ? error : {};
  const code = headers.get('x-thalweg-code') ?? (typeof inner === 'string' ? inner : 'no-answer');
  const hint = isJsonObject(thalweg) && typeof thalweg['hint'] === 'string' ? ` ${thalweg['hint']}` : '';
  const exit =
    code === 'model-not-found' ? ExitCode.usage : REFUSED_BY_POLICY.has(code) ? ExitCode.refused : ExitCode.failure;
  const text = typeof message === 'string' ? message : 'the gateway gave no answer.';
  return new CommandError(exit, code, text.includes(hint.trim()) ? text : `${text}${hint}`);
}
