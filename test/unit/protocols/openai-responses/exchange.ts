/** Sends events and answers of other languages through the codec, for the tests of single traps. */
import type { ChatRequest, ChatResponse, Part } from '../../../../src/core/chat.ts';
import type { ChatEvent, PartStart } from '../../../../src/core/events.ts';
import { NO_HEADERS } from '../../../../src/core/headers.ts';
import { isJsonArray, isJsonObject, type JsonObject } from '../../../../src/core/json.ts';
import { createLossLog } from '../../../../src/core/loss.ts';
import { plainDialect, type Dialect, type Frame } from '../../../../src/core/protocol.ts';
import { openaiResponses } from '../../../../src/protocols/openai-responses/index.ts';

const REQUEST: ChatRequest = { operation: 'chat', model: 'm', messages: [], stream: true, streamUsage: true };

/** The beginning of an answer. */
export const START: ChatEvent = { type: 'response-start', id: 'a-1', model: 'm', createdAtMs: 1_700_000_000_000 };
/** A good end. */
export const STOP: readonly ChatEvent[] = [
  { type: 'choice-end', choice: 0, finish: { unified: 'stop', raw: 'stop' } },
  { type: 'response-end' },
];

/** A part's beginning. */
export function start(index: number, part: PartStart['part'], more: Partial<PartStart> = {}): ChatEvent {
  return { type: 'part-start', choice: 0, index, part, ...more };
}

/** More of a part. */
export function delta(index: number, text: string): ChatEvent {
  return { type: 'part-delta', choice: 0, index, delta: text };
}

/** A part's end. */
export function end(index: number): ChatEvent {
  return { type: 'part-end', choice: 0, index };
}

/** What a client of this language sees of events, and what was lost. */
export function written(events: readonly ChatEvent[]): {
  readonly bodies: readonly JsonObject[];
  readonly types: readonly string[];
  readonly losses: readonly string[];
} {
  const losses = createLossLog();
  const writer = openaiResponses.createEventWriter(REQUEST, losses);
  const frames: Frame[] = [];
  for (const event of events) writer.write(event, frames);
  writer.end(frames);
  const bodies = frames.map(({ data }) => JSON.parse(data) as JsonObject);
  const types = frames.map(({ event }) => (event ?? '').replace('response.', ''));
  return { bodies, types, losses: losses.losses.map(({ kind, field }) => `${kind} ${field}`) };
}

/** The output of a response object, or of an event that carries one. */
export function outputOf(body: JsonObject | undefined): readonly JsonObject[] {
  const response = isJsonObject(body?.['response']) ? body['response'] : body;
  const output = response?.['output'];
  return isJsonArray(output) ? output.filter((item) => isJsonObject(item)) : [];
}

/** A whole answer of another language as this one says it. */
export function answered(parts: readonly Part[], more: Partial<ChatResponse> = {}): JsonObject {
  const choices = [{ index: 0, parts, finish: { unified: 'stop' as const, raw: null } }];
  return openaiResponses.writeResponse(
    { id: 'a-1', model: 'm', createdAtMs: null, choices, usage: null, ...more },
    createLossLog(),
  );
}

/** What an upstream of this language gets of a request. */
export function asked(
  request: Partial<ChatRequest>,
  to: Partial<Dialect> = {},
): { readonly body: JsonObject; readonly losses: readonly string[] } {
  const losses = createLossLog();
  const dialect = { ...plainDialect('openai-responses'), ...to };
  const { body } = openaiResponses.writeRequest({ ...REQUEST, ...request }, dialect, losses);
  return { body, losses: losses.losses.map(({ kind, field }) => `${kind} ${field}`) };
}

/** A client's request in the block model. */
export function readInput(...input: readonly JsonObject[]): ChatRequest {
  return openaiResponses.readRequest({ model: 'm', input }, NO_HEADERS);
}
