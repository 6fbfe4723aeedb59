/** The recorded exchanges of the three client languages, read in one way: request, answer, and the facts that two other readers agreed on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChatResponse } from '../../src/core/chat.ts';
import type { ChatEvent } from '../../src/core/events.ts';
import { foldEvents } from '../../src/core/fold.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { plainDialect, type ChatProtocol, type Frame, type ReadContext } from '../../src/core/protocol.ts';
import { anthropicMessages } from '../../src/protocols/anthropic-messages/index.ts';
import { openaiChat } from '../../src/protocols/openai-chat/index.ts';
import { openaiResponses } from '../../src/protocols/openai-responses/index.ts';
import { createSseDecoder } from '../../src/wire/sse.ts';
import { eventsOf } from '../conformance/protocol-run.ts';
import type { ExpectedAnswer } from '../conformance/facts.ts';
import { corpusFolder } from './material.ts';

/** The languages that clients speak, each with the folders of the corpus that hold its exchanges (clouds speak Messages too). */
export const LANGUAGES: readonly { readonly protocol: ChatProtocol; readonly folders: readonly string[] }[] = [
  { protocol: openaiChat, folders: ['openai-chat'] },
  { protocol: openaiResponses, folders: ['openai-responses'] },
  {
    protocol: anthropicMessages,
    folders: ['anthropic-messages', 'vertex-anthropic', 'bedrock-invoke-anthropic'],
  },
];

/** What the corpus knows of an answer; `blockTypes` and `itemTypes` only where the language has them. */
export interface ExpectedFacts extends ExpectedAnswer {
  readonly finish: string;
  readonly blockTypes?: readonly string[];
  readonly itemTypes?: readonly string[];
}

/** One exchange. */
export interface Exchange {
  readonly name: string;
  readonly protocol: ChatProtocol;
  readonly request: JsonObject;
  readonly requestFacts: JsonObject;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly facts: ExpectedFacts;
  readonly answer: Uint8Array;
  readonly kind: 'sse' | 'json' | 'eventstream';
  readonly from: ReadContext;
}

interface ExpectedFile {
  readonly vendor: string;
  readonly request: { readonly facts: JsonObject };
  readonly response: Pick<Exchange, 'status' | 'headers' | 'facts'>;
}

const root = join(corpusFolder, 'wire/cases');
/** False where the material is absent. */
export const isHere = existsSync(join(root, 'openai-chat'));
if (!isHere) process.stderr.write(`skipped: ${root} is not there; set THALWEG_CORPUS to the folder that holds wire/\n`);

/** All exchanges of a language. */
export function exchangesOf({ id }: ChatProtocol): readonly Exchange[] {
  if (!isHere) return [];
  return LANGUAGES.filter(({ protocol }) => protocol.id === id).flatMap(({ protocol, folders }) =>
    folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => load(protocol, folder, name))),
  );
}

function load(protocol: ChatProtocol, folder: string, name: string): Exchange {
  const path = join(root, folder, name);
  const json = <T>(file: string): T => JSON.parse(readFileSync(join(path, file), 'utf8')) as T;
  const kind = (['sse', 'json', 'eventstream'] as const).find((ending) => existsSync(join(path, `response.${ending}`)));
  if (kind === undefined) throw new Error(`${path} has no response`);
  const expected = json<ExpectedFile>('expected.json');
  const { status, headers, facts } = expected.response;
  // clouds name the model, and whether it streams, in the path
  const inPath =
    folder === protocol.id
      ? {}
      : { model: 'claude-in-the-path', ...(expected.request.facts['stream'] === true ? { stream: true } : {}) };
  return {
    name,
    protocol,
    request: { ...inPath, ...json<JsonObject>('request.json') },
    requestFacts: expected.request.facts,
    status,
    headers,
    facts,
    answer: readFileSync(join(path, `response.${kind}`)),
    kind,
    from: contextOf(protocol, expected.vendor),
  };
}

/** What is known of the upstream that answered. */
export function contextOf(protocol: ChatProtocol, vendor = ''): ReadContext {
  const isXaiChat = protocol.id === 'openai-chat' && vendor === 'xai';
  return { dialect: { ...plainDialect(protocol.id), usageExcludesReasoning: isXaiChat }, names: new Map() };
}

/** The exchanges with a stream in server-sent events. */
export function streamsOf(exchanges: readonly Exchange[]): readonly Exchange[] {
  return exchanges.filter(({ kind }) => kind === 'sse');
}

/** The exchanges with a whole answer. */
export function wholesOf(exchanges: readonly Exchange[]): readonly Exchange[] {
  return exchanges.filter(({ kind, status }) => kind === 'json' && status === 200);
}

/** The exchanges that ended in an error. */
export function errorsOf(exchanges: readonly Exchange[]): readonly Exchange[] {
  return exchanges.filter(({ status }) => status !== 200);
}

/** The text of recorded bytes. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The body of a whole answer. */
export function bodyOf({ answer }: Exchange): JsonObject {
  return JSON.parse(textOf(answer)) as JsonObject;
}

/** The frames of a recorded stream. */
export function framesOf(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  const decoder = createSseDecoder({ maxEventBytes: 1 << 20 });
  decoder.push(bytes, frames);
  decoder.end(frames);
  return frames;
}

/** The frames of a decoded stream: one JSON text per line, without framing. */
export function framesOfLines(material: string, ...last: readonly string[]): Frame[] {
  const lines = material.split('\n').filter((line) => line.trim() !== '');
  return [...lines, ...last].map((data): Frame => ({ event: null, data }));
}

/** The recorded answer as events; a whole answer has none. */
export function recordedEvents({ kind, protocol, from, answer }: Exchange): readonly ChatEvent[] {
  return kind === 'sse' ? eventsOf(protocol, from, framesOf(answer)) : [];
}

/** The recorded answer in the block model, streamed or not. */
export function recordedAnswer(exchange: Exchange): ChatResponse {
  const { kind, protocol, from } = exchange;
  return kind === 'sse' ? foldEvents(recordedEvents(exchange)).response : protocol.readResponse(bodyOf(exchange), from);
}

/** The corpus' words for finish reasons that the block model spells otherwise. */
export const FINISH: Readonly<Record<string, string>> = { tool_calls: 'tool-calls', content_filter: 'content-filter' };
