/** Every recorded exchange of anthropic-messages, and of the clouds that speak it, beside facts that two other readers agreed on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChatResponse } from '../../src/core/chat.ts';
import { foldEvents } from '../../src/core/fold.ts';
import type { GatewayError } from '../../src/core/gateway-error.ts';
import { NO_HEADERS, viewOfRecord } from '../../src/core/headers.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createLossLog } from '../../src/core/loss.ts';
import { plainDialect, type Dialect, type Frame, type ReadContext } from '../../src/core/protocol.ts';
import { anthropicMessages } from '../../src/protocols/anthropic-messages/index.ts';
import { openaiChat } from '../../src/protocols/openai-chat/index.ts';
import { scanObject } from '../../src/wire/json-scan.ts';
import { createSseDecoder } from '../../src/wire/sse.ts';
import { cut, eventsOf, readAll, splitAt, tapAll, writeAll } from '../conformance/protocol-run.ts';
import { answerFacts, requestFacts, type ExpectedAnswer } from './facts.ts';
import { corpusFolder } from './material.ts';

const folders = ['anthropic-messages', 'vertex-anthropic', 'bedrock-invoke-anthropic'];
const root = join(corpusFolder, 'wire/cases');
const isHere = existsSync(join(root, 'anthropic-messages'));
if (!isHere) process.stderr.write(`skipped: ${root} is not there; set THALWEG_CORPUS to the folder that holds wire/\n`);

interface Expected {
  readonly request: { readonly facts: JsonObject };
  readonly response: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly facts: ExpectedAnswer & AnswerShape;
  };
}

interface AnswerShape {
  readonly finish: string;
  readonly blockTypes?: readonly string[];
}

interface Case {
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

const cases = isHere
  ? folders.flatMap((folder) => readdirSync(join(root, folder)).map((name) => loadCase(folder, name)))
  : [];
const streams = cases.filter(({ kind }) => kind === 'sse');
const wholes = cases.filter(({ kind, expected }) => kind === 'json' && expected.response.status === 200);
const errors = cases.filter(({ expected }) => expected.response.status !== 200);
const plain: ReadContext = { dialect: plainDialect('anthropic-messages'), names: new Map() };
const chat: ReadContext = { dialect: plainDialect('openai-chat'), names: new Map() };
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function framesOf(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  const decoder = createSseDecoder({ maxEventBytes: 1 << 20 });
  decoder.push(bytes, frames);
  decoder.end(frames);
  return frames;
}

/** The expected facts of an answer in the form that answerFacts gives. */
function factsOf(facts: ExpectedAnswer): object {
  const { id, model, text: words, reasoning, refusal, toolCalls, finishRaw, usage } = facts;
  const { input, output, cacheRead, cacheWrite, reasoning: thought } = usage;
  const counts = { input, output, cacheRead, cacheWrite, reasoning: thought };
  return { id, model, text: words, reasoning, refusal, toolCalls, finishRaw, usage: counts };
}

const FINISH: Readonly<Record<string, string>> = { tool_calls: 'tool-calls', content_filter: 'content-filter' };

/** The types of blocks that an answer has on the wire, but for empty text. */
function blockTypes(answer: ChatResponse): string[] {
  const body = anthropicMessages.writeResponse(answer, createLossLog());
  return (body['content'] as readonly JsonObject[]).map(({ type }) => String(type));
}

/** Requests of this language have the system prompt at the top: the corpus does not count it as a role. */
function comparableRequest(facts: unknown, expected: JsonObject): unknown {
  const { roles, ...rest } = facts as { roles: readonly string[] };
  const hasTop = (expected['roles'] as readonly string[]).length < roles.length;
  return { ...rest, roles: hasTop ? roles.slice(1) : roles };
}

describe.skipIf(!isHere)('recorded anthropic-messages', () => {
  it('is all there', () => {
    expect([cases.length, streams.length, wholes.length, errors.length]).toEqual([27, 5, 19, 1]);
  });

  it.for(cases)('request $name', ({ request, expected }) => {
    const losses = createLossLog();
    const read = anthropicMessages.readRequest(request, NO_HEADERS);
    expect(comparableRequest(requestFacts(read), expected.request.facts)).toEqual(expected.request.facts);
    const written = anthropicMessages.writeRequest(read, plainDialect('anthropic-messages'), losses);
    expect(written.body).toEqual(request);
    expect(losses.losses).toEqual([]);
    const bytes = new TextEncoder().encode(JSON.stringify(request));
    const outline = anthropicMessages.outline(scanObject(bytes, anthropicMessages.policyKeys));
    expect([outline.stream, outline.maxOutputTokens]).toEqual([
      expected.request.facts['stream'],
      expected.request.facts['maxTokens'],
    ]);
  });

  it.for(wholes)('answer $name', ({ answer, expected }) => {
    const { facts } = expected.response;
    const body = JSON.parse(text(answer)) as JsonObject;
    const read = anthropicMessages.readResponse(body, plain);
    expect(answerFacts(read, facts)).toEqual(factsOf(facts));
    expect(read.choices[0]?.finish.unified).toBe(FINISH[facts.finish] ?? facts.finish);
    const losses = createLossLog();
    const written = anthropicMessages.writeResponse(read, losses);
    expect(blockTypes(read)).toEqual(facts.blockTypes);
    expect(written).toMatchObject({ ...body, usage: {} });
    expect(anthropicMessages.readResponse(written, plain)).toEqual({
      ...read,
      usage: { ...read.usage, raw: written['usage'] },
    });
    expect(losses.losses).toEqual([]);
    const seen = anthropicMessages.inspectResponse(body, plain);
    expect([seen.id, seen.model, seen.usage, seen.finish]).toEqual([
      read.id,
      read.model,
      read.usage,
      read.choices[0]?.finish,
    ]);
  });

  it.for(streams)('stream $name', ({ answer, expected }) => {
    const { facts } = expected.response;
    const frames = framesOf(answer);
    const events = eventsOf(anthropicMessages, plain, frames);
    const { response, complete, error } = foldEvents(events);
    expect([complete, error]).toEqual([true, null]);
    expect(answerFacts(response, facts)).toEqual(factsOf(facts));
    expect(blockTypes(response)).toEqual(facts.blockTypes);
    const losses = createLossLog();
    const written = writeAll(anthropicMessages, events, losses);
    expect(losses.losses).toEqual([]);
    expect(written.at(-1)).toEqual({ event: 'message_stop', data: '{"type":"message_stop"}' });
    const again = foldEvents(eventsOf(anthropicMessages, plain, written)).response;
    expect(answerFacts(again, facts)).toEqual(factsOf(facts));
    expect(again.choices).toEqual(response.choices);
    expect(tapAll(anthropicMessages, plain, frames)).toMatchObject({
      error: null,
      terminal: true,
      usage: response.usage,
      finish: response.choices[0]?.finish,
    });
  });

  it.for(streams)('every cut of $name', ({ answer }) => {
    const whole = JSON.stringify(readAll(anthropicMessages, plain, [answer]));
    // every border between two bytes of a small stream, a spread of them over a large one
    const step = Math.max(1, Math.floor(answer.length / 1500));
    const others: number[] = [];
    for (let at = 1; at < answer.length; at += step) {
      if (JSON.stringify(readAll(anthropicMessages, plain, splitAt(answer, at))) !== whole) others.push(at);
    }
    expect(others).toEqual([]);
    expect(JSON.stringify(readAll(anthropicMessages, plain, cut(answer, 1)))).toBe(whole);
  });

  it.for(streams)('every early end of $name', ({ answer }) => {
    const frames = framesOf(answer);
    for (let length = 0; length < frames.length; length++) {
      const events = eventsOf(anthropicMessages, plain, frames.slice(0, length));
      const ends = events.filter(({ type }) => type === 'error' || type === 'response-end' || type === 'choice-end');
      expect(ends).toEqual([
        { type: 'error', error: expect.objectContaining({ code: 'upstream-truncated' }) as GatewayError },
      ]);
      expect(tapAll(anthropicMessages, plain, frames.slice(0, length)).terminal).toBe(false);
    }
  });

  it.for(errors)('error $name', ({ answer, expected }) => {
    const { status, headers } = expected.response;
    const error = anthropicMessages.readError(status, viewOfRecord(headers), text(answer));
    expect(error.code).toBe('context-length-exceeded');
    const written = anthropicMessages.writeError(error);
    expect(written.status).toBe(status);
    expect(JSON.stringify(written.body)).toContain('prompt is too long: 3333404 tokens > 200000 maximum');
  });

  it.for(wholes)('answer $name for a client of openai-chat', ({ answer, expected }) => {
    const { facts } = expected.response;
    const read = anthropicMessages.readResponse(JSON.parse(text(answer)) as JsonObject, plain);
    const losses = createLossLog();
    const again = openaiChat.readResponse(openaiChat.writeResponse(read, losses), chat);
    const { finishRaw: _, ...said } = answerFacts(again, facts) as { finishRaw: string };
    expect(said).toEqual({ ...factsOf(facts), finishRaw: undefined });
    const hosted = facts.blockTypes?.filter((type) => /server_tool|_tool_result|mcp_|fallback/.test(type)) ?? [];
    expect(losses.losses.some(({ why }) => why.includes('opaque'))).toBe(hosted.length > 0);
  });

  it.for(streams)('stream $name for a client of openai-chat', ({ answer, expected }) => {
    const { facts } = expected.response;
    const frames = writeAll(openaiChat, eventsOf(anthropicMessages, plain, framesOf(answer)), createLossLog());
    const { response, complete } = foldEvents(eventsOf(openaiChat, chat, frames));
    const { finishRaw: _, ...said } = answerFacts(response, facts) as { finishRaw: string };
    expect([complete, said]).toEqual([true, { ...factsOf(facts), finishRaw: undefined }]);
  });
});

const chatFolder = join(root, 'openai-chat');
const chatCases = isHere ? readdirSync(chatFolder) : [];

describe.skipIf(!isHere)('recorded openai-chat for a Messages client, and to a Messages upstream', () => {
  it.for(chatCases)('request %s', (name) => {
    const request = JSON.parse(readFileSync(join(chatFolder, name, 'request.json'), 'utf8')) as JsonObject;
    const losses = createLossLog();
    const asked = openaiChat.readRequest(request, NO_HEADERS);
    const wire = anthropicMessages.writeRequest(asked, plainDialect('anthropic-messages'), losses);
    const again = anthropicMessages.readRequest(wire.body, NO_HEADERS);
    const facts = requestFacts(again) as Record<string, unknown>;
    const before = requestFacts(asked) as Record<string, unknown>;
    const kept = ['system', 'user', 'assistant', 'toolCalls', 'toolResults', 'images', 'toolChoice', 'stop', 'stream'];
    for (const key of kept) expect({ [key]: facts[key] }).toEqual({ [key]: before[key] });
    const lost = losses.losses.map(({ field }) => field);
    if (facts['format'] !== before['format']) expect(lost).toContain('response_format');
    if (facts['reasoning'] !== before['reasoning']) expect(lost.join()).toContain('reasoning');
    if (facts['temperature'] !== before['temperature']) expect(lost).toContain('temperature');
    if (before['maxTokens'] === null) expect(facts['maxTokens']).toBeGreaterThanOrEqual(8192);
    else expect(facts['maxTokens']).toBe(before['maxTokens']);
  });

  it.for(chatCases)('answer %s', (name) => {
    const path = join(chatFolder, name);
    const { response } = JSON.parse(readFileSync(join(path, 'expected.json'), 'utf8')) as Expected;
    if (response.status !== 200) return;
    const file = join(path, existsSync(join(path, 'response.sse')) ? 'response.sse' : 'response.json');
    const bytes = readFileSync(file);
    const losses = createLossLog();
    const isStream = file.endsWith('sse');
    const events = isStream ? eventsOf(openaiChat, chat, framesOf(bytes)) : [];
    const before = isStream
      ? foldEvents(events).response
      : openaiChat.readResponse(JSON.parse(text(bytes)) as JsonObject, chat);
    const after = isStream
      ? foldEvents(eventsOf(anthropicMessages, plain, writeAll(anthropicMessages, events, losses))).response
      : anthropicMessages.readResponse(anthropicMessages.writeResponse(before, losses), plain);
    const {
      finishRaw: _,
      refusal,
      ...said
    } = answerFacts(after, response.facts) as { finishRaw: string; refusal: unknown };
    const {
      finishRaw: __,
      refusal: refused,
      ...expected
    } = answerFacts(before, response.facts) as typeof said & {
      finishRaw: string;
      refusal: unknown;
    };
    expect(refusal).toBe(null);
    if (refused === null) expect(said).toEqual({ ...expected, usage: inOrder(before) });
    const finish = before.choices[0]?.finish.unified;
    if (finish !== 'other' && refused === null) expect(after.choices[0]?.finish.unified).toBe(finish);
  });
});

/** Counts of input add up here, also where a vendor's own do not (Azure's grok: 161 cached of 7; OpenRouter's Gemini). */
function inOrder({ usage }: ChatResponse): object {
  const input = usage?.inputTokens ?? 0;
  const least = (count: number | null | undefined, room: number): number | null =>
    typeof count === 'number' ? Math.min(count, room) : null;
  const cacheRead = least(usage?.cachedInputTokens, input);
  return {
    input,
    output: usage?.outputTokens ?? 0,
    cacheRead,
    cacheWrite: least(usage?.cacheWriteTokens, input - (cacheRead ?? 0)),
    reasoning: usage?.reasoningTokens ?? null,
  };
}

const clientFolder = join(corpusFolder, 'wire/clients');
const clients = ['claude-code.json', 'claude-code-2.1.330.json', 'sdks-node20.json'];

describe.skipIf(!existsSync(clientFolder))('request shapes of real clients', () => {
  interface Recorded {
    readonly path: string;
    readonly headers: Record<string, string>;
    readonly body?: JsonObject;
  }
  const requests = clients.flatMap((file) => {
    const { requests: all } = JSON.parse(readFileSync(join(clientFolder, file), 'utf8')) as { requests: Recorded[] };
    return all
      .filter(({ path, body }) => /\/v1\/messages(\?|$)/.test(path) && body !== undefined)
      .map(({ headers, body }, i) => ({ name: `${file} ${i}`, headers, body: body ?? {} }));
  });

  it('are all there', () => {
    expect(requests).toHaveLength(4);
  });

  it.for(requests)('$name unchanged', ({ headers, body }) => {
    const losses = createLossLog();
    const view = viewOfRecord(headers);
    const dialect: Dialect = {
      ...plainDialect('anthropic-messages'),
      provider: 'anthropic',
      reasoning: { field: 'thinking', output: 'field', replay: 'field', control: 'thinking' },
    };
    for (const to of [plainDialect('anthropic-messages'), dialect]) {
      const written = anthropicMessages.writeRequest(anthropicMessages.readRequest(body, view), to, losses);
      expect(written.body).toEqual(body);
      expect(written.headers).toEqual([
        'anthropic-version',
        headers['anthropic-version'],
        ...(headers['anthropic-beta'] === undefined ? [] : ['anthropic-beta', headers['anthropic-beta']]),
      ]);
    }
    expect(losses.losses).toEqual([]);
  });

  it.for(requests)('$name for an upstream of openai-chat', ({ headers, body }) => {
    const losses = createLossLog();
    const read = anthropicMessages.readRequest(body, viewOfRecord(headers));
    const written = openaiChat.writeRequest(read, plainDialect('openai-chat'), losses);
    expect(JSON.stringify(written.body)).not.toContain('x-anthropic-billing-header');
    expect(requestFacts(openaiChat.readRequest(written.body, NO_HEADERS))).toMatchObject({
      ...(requestFacts(read) as object),
      documents: 0,
      roles: (written.body['messages'] as readonly JsonObject[]).map(({ role }) => role),
    });
  });
});

const decodedFolder = join(corpusFolder, 'wire/decoded/anthropic');
const decoded = existsSync(decodedFolder)
  ? readdirSync(decodedFolder).filter((file) => !file.endsWith('.expected.json'))
  : [];

describe.skipIf(decoded.length === 0)('decoded anthropic-messages', () => {
  it('is all there', () => {
    expect(decoded).toHaveLength(12);
  });

  it.for(decoded)('%s', (file) => {
    const path = join(decodedFolder, file);
    const { facts } = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8')) as {
      facts: ExpectedAnswer & AnswerShape;
    };
    const answer = readDecoded(readFileSync(path, 'utf8'), file.endsWith('.json'));
    expect(answerFacts(answer, facts)).toEqual(factsOf(facts));
    expect(answer.choices[0]?.finish.unified).toBe(FINISH[facts.finish] ?? facts.finish);
    expect(blockTypes(answer)).toEqual(facts.blockTypes);
  });
});

/** Streams are stored as one JSON text per line, without their framing. */
function readDecoded(material: string, isWhole: boolean): ChatResponse {
  if (isWhole) return anthropicMessages.readResponse(JSON.parse(material) as JsonObject, plain);
  const lines = material.split('\n').filter((line) => line.trim() !== '');
  const { response, complete } = foldEvents(
    eventsOf(
      anthropicMessages,
      plain,
      lines.map((data): Frame => ({ event: null, data })),
    ),
  );
  expect(complete).toBe(true);
  return response;
}
