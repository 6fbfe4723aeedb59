/** Every recorded exchange of openai-chat, beside facts that two other readers agreed on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChatResponse } from '../../src/core/chat.ts';
import type { GatewayError } from '../../src/core/gateway-error.ts';
import { foldEvents } from '../../src/core/fold.ts';
import { NO_HEADERS, viewOfRecord } from '../../src/core/headers.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createLossLog } from '../../src/core/loss.ts';
import { plainDialect, type Frame, type ReadContext } from '../../src/core/protocol.ts';
import { openaiChat } from '../../src/protocols/openai-chat/index.ts';
import { scanObject } from '../../src/wire/json-scan.ts';
import { createSseDecoder } from '../../src/wire/sse.ts';
import { cut, eventsOf, readAll, splitAt, tapAll, writeAll } from '../conformance/protocol-run.ts';
import { answerFacts, requestFacts, type ExpectedAnswer } from './facts.ts';
import { corpusFolder } from './material.ts';
import { createSchemaCheck } from './openai-schema.ts';

const folder = join(corpusFolder, 'wire/cases/openai-chat');
const isHere = existsSync(folder);
if (!isHere)
  process.stderr.write(`skipped: ${folder} is not there; set THALWEG_CORPUS to the folder that holds wire/\n`);

interface Expected {
  readonly vendor: string;
  readonly request: { readonly facts: JsonObject };
  readonly response: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly facts: ExpectedAnswer;
  };
}

interface Case {
  readonly name: string;
  readonly expected: Expected;
  readonly request: JsonObject;
  readonly requestBytes: Uint8Array;
  readonly answer: Uint8Array;
  readonly streamed: boolean;
  readonly from: ReadContext;
}

function loadCase(name: string): Case {
  const read = (file: string): Uint8Array => readFileSync(join(folder, name, file));
  const json = <T>(file: string): T => JSON.parse(readFileSync(join(folder, name, file), 'utf8')) as T;
  const expected = json<Expected>('expected.json');
  const streamed = existsSync(join(folder, name, 'response.sse'));
  const dialect = { ...plainDialect('openai-chat'), usageExcludesReasoning: expected.vendor === 'xai' };
  return {
    name,
    expected,
    request: json<JsonObject>('request.json'),
    requestBytes: read('request.json'),
    answer: read(streamed ? 'response.sse' : 'response.json'),
    streamed,
    from: { dialect, names: new Map() },
  };
}

const cases = isHere ? readdirSync(folder).map(loadCase) : [];
const streams = cases.filter(({ streamed }) => streamed);
const wholes = cases.filter(({ streamed, expected }) => !streamed && expected.response.status === 200);
const errors = cases.filter(({ expected }) => expected.response.status !== 200);
const issuesOfAnswer = isHere ? createSchemaCheck('CreateChatCompletionResponse') : null;
const issuesOfChunk = isHere ? createSchemaCheck('CreateChatCompletionStreamResponse') : null;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function framesOf(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  const decoder = createSseDecoder({ maxEventBytes: 1 << 20 });
  decoder.push(bytes, frames);
  decoder.end(frames);
  return frames;
}

describe.skipIf(!isHere)('recorded openai-chat', () => {
  it('is all there', () => {
    expect([cases.length, streams.length, wholes.length, errors.length]).toEqual([45, 14, 28, 3]);
  });

  it.for(cases)('request $name', ({ request, requestBytes, expected }) => {
    const losses = createLossLog();
    const read = openaiChat.readRequest(request, NO_HEADERS);
    expect(requestFacts(read)).toEqual(expected.request.facts);
    const written = openaiChat.writeRequest(read, plainDialect('openai-chat'), losses);
    const options = { ...(request['stream_options'] as JsonObject | undefined), include_usage: true };
    expect(written.body).toEqual(request['stream'] === true ? { ...request, stream_options: options } : request);
    expect(losses.losses).toEqual([]);
    const outline = openaiChat.outline(scanObject(requestBytes, openaiChat.policyKeys));
    expect([outline.stream, outline.maxOutputTokens]).toEqual([
      expected.request.facts['stream'],
      expected.request.facts['maxTokens'],
    ]);
  });

  it.for(wholes)('answer $name', ({ answer, expected, from }) => {
    const body = JSON.parse(text(answer)) as JsonObject;
    const read = openaiChat.readResponse(body, from);
    expect(answerFacts(read, expected.response.facts)).toEqual(factsOf(expected.response.facts));
    const losses = createLossLog();
    const written = openaiChat.writeResponse(read, losses);
    expect(issuesOfAnswer?.(written)).toEqual([]);
    const again = openaiChat.readResponse(written, { ...from, dialect: plainDialect('openai-chat') });
    // an unsaid finish (Snowflake) is said when there are calls
    const said = { finishRaw: again.choices[0]?.finish.raw ?? null };
    expect(answerFacts(again, expected.response.facts)).toEqual({ ...factsOf(expected.response.facts), ...said });
    expect(again.choices[0]?.finish.unified).toBe(read.choices[0]?.finish.unified);
    expect(losses.losses).toEqual([]);
    const facts = openaiChat.inspectResponse(body, from);
    expect([facts.id ?? '', facts.model, facts.usage]).toEqual([read.id, read.model, read.usage]);
    expect(facts.finish).toEqual(read.choices[0]?.finish);
  });

  it.for(streams)('stream $name', ({ answer, expected, from }) => {
    const frames = framesOf(answer);
    const events = eventsOf(openaiChat, from, frames);
    const { response, complete, error } = foldEvents(events);
    expect([complete, error]).toEqual([true, null]);
    expect(answerFacts(response, expected.response.facts)).toEqual(factsOf(expected.response.facts));
    const written = writeAll(openaiChat, events, createLossLog());
    const chunks = written.slice(0, -1).map(({ data }) => JSON.parse(data) as JsonObject);
    expect(chunks.flatMap((chunk) => issuesOfChunk?.(chunk))).toEqual([]);
    expect(written.at(-1)?.data).toBe('[DONE]');
    const again = foldEvents(eventsOf(openaiChat, { ...from, dialect: plainDialect('openai-chat') }, written));
    expect(answerFacts(again.response, expected.response.facts)).toEqual(factsOf(expected.response.facts));
    const tap = tapAll(openaiChat, from, frames);
    expect(tap).toMatchObject({
      error: null,
      terminal: true,
      usage: response.usage,
      finish: response.choices[0]?.finish,
    });
  });

  it.for(streams)('every cut of $name', ({ answer, from }) => {
    const whole = JSON.stringify(readAll(openaiChat, from, [answer]));
    // every border between two bytes of a small stream, a spread of them over a large one
    const step = Math.max(1, Math.floor(answer.length / 1500));
    const others: number[] = [];
    for (let at = 1; at < answer.length; at += step) {
      if (JSON.stringify(readAll(openaiChat, from, splitAt(answer, at))) !== whole) others.push(at);
    }
    expect(others).toEqual([]);
    expect(JSON.stringify(readAll(openaiChat, from, cut(answer, 1)))).toBe(whole);
  });

  it.for(streams)('every early end of $name', ({ answer, from }) => {
    const frames = framesOf(answer);
    for (let length = 0; length < frames.length; length++) {
      const events = eventsOf(openaiChat, from, frames.slice(0, length));
      const ends = events.filter(({ type }) => type === 'error' || type === 'response-end' || type === 'choice-end');
      expect(ends).toEqual([
        { type: 'error', error: expect.objectContaining({ code: 'upstream-truncated' }) as GatewayError },
      ]);
      expect(tapAll(openaiChat, from, frames.slice(0, length)).terminal).toBe(false);
    }
  });

  it.for(errors)('error $name', ({ answer, expected }) => {
    const { status, headers } = expected.response;
    const error = openaiChat.readError(status, viewOfRecord(headers), text(answer));
    expect(error.code).toBe(status === 429 ? 'upstream-rate-limited' : 'upstream-rejected');
    expect(openaiChat.writeError(error).status).toBe(status);
    expect(error.message).not.toMatch(/https?:|user_/);
  });
});

/** The expected facts of an answer in the form that answerFacts gives. */
function factsOf(facts: ExpectedAnswer): object {
  const { id, model, text: words, reasoning, toolCalls, finishRaw, usage } = facts;
  const { input, output, cacheRead, cacheWrite, reasoning: thought } = usage;
  const refusal = facts.refusal === '' ? null : facts.refusal;
  const counts = { input, output, cacheRead, cacheWrite, reasoning: thought };
  return { id, model, text: words, reasoning, refusal, toolCalls, finishRaw, usage: counts };
}

const decodedFolder = join(corpusFolder, 'wire/decoded');
const vendors = ['alibaba', 'deepseek', 'groq', 'mistral', 'moonshotai', 'perplexity', 'xai'];
const decoded = existsSync(decodedFolder)
  ? vendors.flatMap((vendor) =>
      readdirSync(join(decodedFolder, vendor))
        .filter((file) => !file.endsWith('.expected.json'))
        .map((file) => ({ vendor, file })),
    )
  : [];

describe.skipIf(decoded.length === 0)('decoded openai-chat', () => {
  it('is all there', () => {
    expect(decoded).toHaveLength(18);
  });

  it.for(decoded)('$vendor $file', ({ vendor, file }) => {
    const path = join(decodedFolder, vendor, file);
    const { facts } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8')) as { facts: ExpectedAnswer };
    const dialect = { ...plainDialect('openai-chat'), usageExcludesReasoning: vendor === 'xai' };
    const from: ReadContext = { dialect, names: new Map() };
    const material = readFileSync(path, 'utf8');
    expect(answerFacts(readDecoded(material, file.endsWith('.json'), from), facts)).toEqual(factsOf(facts));
  });
});

/** Streams are stored as one JSON text per line, without their terminal marker. */
function readDecoded(material: string, isWhole: boolean, from: ReadContext): ChatResponse {
  if (isWhole) return openaiChat.readResponse(JSON.parse(material) as JsonObject, from);
  const lines = material.split('\n').filter((line) => line.trim() !== '');
  const frames = [...lines, '[DONE]'].map((data): Frame => ({ event: null, data }));
  return foldEvents(eventsOf(openaiChat, from, frames)).response;
}
