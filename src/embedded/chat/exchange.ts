/** One chat completion from request bytes to answer bytes. */
import type { JsonObject } from '../../core/json.ts';
import { GatewayError } from '../../core/gateway-error.ts';
import type { UpstreamRequest } from '../../core/transport.ts';
import type { Cancel, EngineFailure, GenerationEnd, GenerationListener, Responder } from '../engine.ts';
import type { Outbox } from '../outbox.ts';
import type { TokenLogprobs } from '../sampling/logprobs.ts';
import type { Piece } from '../sampling/stop-scanner.ts';
import { type AnswerHead, type ChunkWriter, createChunkWriter, wholeAnswer } from './chat-answer.ts';
import { type ChatDefaults, type ChatRequest, readChatRequest } from './chat-request.ts';
import { faultOf, OpenAiFault } from './openai-fault.ts';

const encoder = new TextEncoder();

/** Sends a whole JSON answer. */
export function sendJson(outbox: Outbox, status: number, body: JsonObject, headers: readonly string[] = []): void {
  const bytes = encoder.encode(JSON.stringify(body));
  const length = String(bytes.length);
  outbox.head(status, ['content-type', 'application/json', 'content-length', length, ...headers]);
  outbox.data(bytes);
  outbox.end();
}

/** Sends a refusal; one that is worth another try says when. */
export function sendFault(outbox: Outbox, fault: OpenAiFault): void {
  sendJson(outbox, fault.status, fault.body, fault.status === 503 ? ['retry-after', '1'] : []);
}

/** Starts answering; the returned cancel stops the engine. */
export function answerChat(
  request: UpstreamRequest,
  engine: Responder,
  head: AnswerHead,
  defaults: ChatDefaults,
  outbox: Outbox,
): Cancel | null {
  try {
    const chat = readChatRequest(request.body, defaults);
    const listener = chat.isStream ? new StreamedAnswer(chat, head, outbox) : new WholeAnswer(chat, head, outbox);
    return engine.generate(chat.generation, listener);
  } catch (error) {
    if (!(error instanceof OpenAiFault)) throw error;
    sendFault(outbox, error);
    return null;
  }
}

/** Before the head a refusal in the API's words where there is one; otherwise the exchange breaks off like a lost connection. */
function sendFailure(outbox: Outbox, failure: EngineFailure, hasHead: boolean): void {
  const fault = hasHead ? null : faultOf(failure);
  if (fault !== null) return sendFault(outbox, fault);
  const code = hasHead ? 'upstream-disconnected' : 'upstream-reset';
  const error = new GatewayError(code, 'The embedded model broke off.', { where: 'embedded' });
  if (failure.kind === 'broken') error.cause = failure.message;
  outbox.fail(error);
}

class WholeAnswer implements GenerationListener {
  readonly #head: AnswerHead;
  readonly #outbox: Outbox;
  readonly #logprobs: TokenLogprobs[] | null;
  #text = '';

  constructor({ generation }: ChatRequest, head: AnswerHead, outbox: Outbox) {
    this.#head = head;
    this.#outbox = outbox;
    this.#logprobs = generation.topLogprobs === null ? null : [];
  }

  started(): void {
    // The head of a whole answer waits for the answer.
  }
  piece({ text, logprobs }: Piece): void {
    this.#text += text;
    this.#logprobs?.push(...logprobs);
  }
  finished(end: GenerationEnd): void {
    sendJson(this.#outbox, 200, wholeAnswer(this.#head, this.#text, this.#logprobs, end));
  }
  failed(failure: EngineFailure): void {
    sendFailure(this.#outbox, failure, false);
  }
}

class StreamedAnswer implements GenerationListener {
  readonly #outbox: Outbox;
  readonly #writer: ChunkWriter;
  #hasHead = false;

  constructor({ generation, hasUsageFrame }: ChatRequest, head: AnswerHead, outbox: Outbox) {
    this.#outbox = outbox;
    this.#writer = createChunkWriter(head, generation.topLogprobs !== null, hasUsageFrame);
  }

  started(): void {
    this.#hasHead = true;
    this.#outbox.head(200, ['content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache']);
    this.#outbox.data(this.#writer.role());
  }
  piece(piece: Piece): void {
    this.#outbox.data(this.#writer.piece(piece));
  }
  finished(end: GenerationEnd): void {
    for (const frame of this.#writer.end(end)) this.#outbox.data(frame);
    this.#outbox.end();
  }
  failed(failure: EngineFailure): void {
    sendFailure(this.#outbox, failure, this.#hasHead);
  }
}
