/** The recorded exchanges of anthropic-messages and of the clouds that speak it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChatResponse } from '../../src/core/chat.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createLossLog } from '../../src/core/loss.ts';
import { plainDialect, type Frame, type ReadContext } from '../../src/core/protocol.ts';
import { anthropicMessages } from '../../src/protocols/anthropic-messages/index.ts';
import { createSseDecoder } from '../../src/wire/sse.ts';
import type { ExpectedAnswer } from './facts.ts';
import { corpusFolder } from './material.ts';

const folders = ['anthropic-messages', 'vertex-anthropic', 'bedrock-invoke-anthropic'];
/** The folder of the recorded exchanges. */
export const root = join(corpusFolder, 'wire/cases');
/** False where the material is absent. */
export const isHere = existsSync(join(root, 'anthropic-messages'));
if (!isHere) process.stderr.write(`skipped: ${root} is not there; set THALWEG_CORPUS to the folder that holds wire/\n`);

/** What two readers agreed on. */
export interface Expected {
  readonly request: { readonly facts: JsonObject };
  readonly response: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly facts: ExpectedAnswer & AnswerShape;
  };
}

/** What only this language's facts have. */
export interface AnswerShape {
  readonly finish: string;
  readonly blockTypes?: readonly string[];
}

/** One exchange. */
export interface Case {
  readonly name: string;
  readonly expected: Expected;
  readonly request: JsonObject;
  readonly answer: Uint8Array;
  readonly kind: 'sse' | 'json' | 'eventstream';
}

function loadCase(folder: string, name: string): Case {
  const path = join(root, folder, name);
  const json = <T>(file: string): T => JSON.parse(readFileSync(join(path, file), 'utf8')) as T;
  const kind = (['sse', 'json', 'eventstream'] as const).find((ending) => existsSync(join(path, `response.${ending}`)));
  if (kind === undefined) throw new Error(`${path} has no response`);
  const expected = json<Expected>('expected.json');
  // clouds name the model, and whether it streams, in the path
  const inPath = {
    model: 'claude-in-the-path',
    ...(expected.request.facts['stream'] === true ? { stream: true } : {}),
  };
  const request: JsonObject = { ...inPath, ...json<JsonObject>('request.json') };
  const answer = readFileSync(join(path, `response.${kind}`));
  return { name, expected, request, answer, kind };
}

/** All exchanges. */
export const cases: readonly Case[] = isHere
  ? folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => loadCase(folder, name)))
  : [];
/** Those with a stream. */
export const streams = cases.filter(({ kind }) => kind === 'sse');
/** Those with a whole answer. */
export const wholes = cases.filter(({ kind, expected }) => kind === 'json' && expected.response.status === 200);
/** Those with an error. */
export const errors = cases.filter(({ expected }) => expected.response.status !== 200);
/** The protocol itself, nothing renamed. */
export const plain: ReadContext = { dialect: plainDialect('anthropic-messages'), names: new Map() };

/** The text of recorded bytes. */
export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The frames of a recorded stream. */
export function framesOf(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  const decoder = createSseDecoder({ maxEventBytes: 1 << 20 });
  decoder.push(bytes, frames);
  decoder.end(frames);
  return frames;
}

/** The expected facts of an answer in the form that answerFacts gives. */
export function factsOf(facts: ExpectedAnswer): object {
  const { id, model, text: words, reasoning, refusal, toolCalls, finishRaw, usage } = facts;
  const { input, output, cacheRead, cacheWrite, reasoning: thought } = usage;
  const counts = { input, output, cacheRead, cacheWrite, reasoning: thought };
  return { id, model, text: words, reasoning, refusal, toolCalls, finishRaw, usage: counts };
}

/** The corpus' words for finish reasons that we spell otherwise. */
export const FINISH: Readonly<Record<string, string>> = { tool_calls: 'tool-calls', content_filter: 'content-filter' };

/** The types of blocks that an answer has on the wire, but for empty text. */
export function blockTypes(answer: ChatResponse): string[] {
  const body = anthropicMessages.writeResponse(answer, createLossLog());
  return (body['content'] as readonly JsonObject[]).map(({ type }) => String(type));
}
