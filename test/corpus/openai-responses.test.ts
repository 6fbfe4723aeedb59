/** Every recorded exchange of openai-responses, beside facts that two other readers agreed on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChatRequest, ChatResponse } from '../../src/core/chat.ts';
import { foldEvents } from '../../src/core/fold.ts';
import { NO_HEADERS, viewOfRecord } from '../../src/core/headers.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { createLossLog } from '../../src/core/loss.ts';
import { plainDialect } from '../../src/core/protocol.ts';
import { openaiResponses } from '../../src/protocols/openai-responses/index.ts';
import { scanObject } from '../../src/wire/json-scan.ts';
import { plainContext } from '../conformance/crossing.ts';
import { answerFacts, expectedFacts, requestFacts } from '../conformance/facts.ts';
import { asSent, eventsOf, tapAll, writeAll } from '../conformance/protocol-run.ts';
import {
  bodyOf,
  errorsOf,
  exchangesOf,
  framesOf,
  framesOfLines,
  isHere,
  streamsOf,
  textOf,
  wholesOf,
  type ExpectedFacts,
} from './exchanges.ts';
import { corpusFolder, readMaterial } from './material.ts';
import { createSchemaCheck } from './openai-schema.ts';
import { lawsOfStreams } from './stream-laws.ts';

const FROM = plainContext(openaiResponses);
const cases = exchangesOf(openaiResponses);
const streams = streamsOf(cases);
const wholes = wholesOf(cases);
const errors = errorsOf(cases);
const issuesOfAnswer = isHere ? createSchemaCheck('Response') : null;
const issuesOfEvent = isHere ? createSchemaCheck('ResponseStreamEvent') : null;
const issuesOfRequest = isHere ? createSchemaCheck('CreateResponse') : null;

/** Facts of an answer with the namespaces of calls apart from their names, as their vendor says them. */
function plainFacts(read: ChatResponse, expected: ExpectedFacts): object {
  const facts = answerFacts(read, expected) as { readonly toolCalls: readonly { readonly name: string }[] };
  const toolCalls = facts.toolCalls.map((call) => {
    const [, name, length] = /^(.*)__n(\d+)$/.exec(call.name) ?? [];
    if (name === undefined) return call;
    return { ...call, name: name.slice(Number(length) + 2), namespace: name.slice(0, Number(length)) };
  });
  return { ...facts, toolCalls };
}

function itemTypes(body: JsonObject): readonly Json[] {
  const output = isJsonArray(body['output']) ? body['output'] : [];
  return output.map((item) => (isJsonObject(item) ? (item['type'] ?? null) : null));
}

/** The corpus lists the roles of message items only. */
function rolesOf(request: ChatRequest): readonly string[] {
  return request.messages
    .filter(({ role, parts, extra }) => {
      if (role === 'tool' || extra?.['openai-responses']?.['#at'] === 'instructions') return false;
      return role !== 'assistant' || parts.some(({ type }) => type === 'text');
    })
    .map(({ role }) => role);
}

function issuesOf(event: JsonObject): readonly string[] {
  return (issuesOfEvent?.(event) ?? []).map((issue) => `${String(event['type'])} ${issue}`);
}

/** Hosted items are announced as they came, and OpenAI's own announcements lack what its schema asks for (`action`). */
function isAnnouncement(event: JsonObject): boolean {
  const item = event['item'];
  return event['type'] === 'response.output_item.added' && isJsonObject(item) && item['type'] === 'web_search_call';
}

/** The parts of an answer without their seals: OpenAI seals the same reasoning anew for the last object of a stream. */
function unsealed({ choices }: ChatResponse): unknown {
  return choices[0]?.parts.map((part) =>
    part.type === 'reasoning' ? { ...part, opaque: part.opaque !== undefined } : part,
  );
}

describe.skipIf(!isHere)('recorded openai-responses', () => {
  it('is all there', () => {
    expect([cases.length, streams.length, wholes.length, errors.length]).toEqual([33, 7, 24, 2]);
  });

  it.for(cases)('request $name', ({ request, requestFacts: asked }) => {
    const losses = createLossLog();
    const read = openaiResponses.readRequest(request, NO_HEADERS);
    expect({ ...requestFacts(read), roles: rolesOf(read) }).toEqual(asked);
    const written = openaiResponses.writeRequest(read, plainDialect('openai-responses'), losses);
    expect(asSent(written.body)).toEqual(request);
    expect(losses.losses).toEqual([]);
    const outline = openaiResponses.outline(
      scanObject(new TextEncoder().encode(JSON.stringify(request)), openaiResponses.policyKeys),
    );
    expect([outline.stream, outline.maxOutputTokens]).toEqual([asked['stream'], asked['maxTokens']]);
  });

  it.for(wholes)('answer $name', (exchange) => {
    const { facts } = exchange;
    const body = bodyOf(exchange);
    const read = openaiResponses.readResponse(body, FROM);
    expect(plainFacts(read, facts)).toEqual(expectedFacts(facts));
    const losses = createLossLog();
    const written = asSent(openaiResponses.writeResponse(read, losses));
    expect(issuesOfAnswer?.(written)).toEqual([]);
    expect(itemTypes(written)).toEqual(facts.itemTypes);
    expect(plainFacts(openaiResponses.readResponse(written, FROM), facts)).toEqual(expectedFacts(facts));
    expect(losses.losses).toEqual([]);
    const inspected = openaiResponses.inspectResponse(body, FROM);
    expect([inspected.id ?? '', inspected.model, inspected.usage]).toEqual([read.id, read.model, read.usage]);
    expect(inspected.finish).toEqual(read.choices[0]?.finish);
  });

  it.for(streams)('stream $name', ({ answer, facts }) => {
    const frames = framesOf(answer);
    const events = eventsOf(openaiResponses, FROM, frames);
    const { response, complete, error } = foldEvents(events);
    expect([complete, error]).toEqual([true, null]);
    expect(plainFacts(response, facts)).toEqual(expectedFacts(facts));
    const written = writeAll(openaiResponses, events, createLossLog());
    const bodies = written.map(({ data }) => JSON.parse(data) as JsonObject);
    expect(bodies.filter((event) => !isAnnouncement(event)).flatMap(issuesOf)).toEqual([]);
    expect(bodies.map((event) => event['sequence_number'])).toEqual(bodies.map((_, i) => i));
    const last = bodies.at(-1)?.['response'];
    expect(isJsonObject(last) && itemTypes(last)).toEqual(facts.itemTypes);
    const again = foldEvents(eventsOf(openaiResponses, FROM, written));
    expect(plainFacts(again.response, facts)).toEqual(expectedFacts(facts));
    expect(tapAll(openaiResponses, FROM, frames)).toMatchObject({
      error: null,
      terminal: true,
      usage: response.usage,
      finish: response.choices[0]?.finish,
    });
  });

  it.for(streams)('the stream of $name is its last response object', ({ answer }) => {
    const frames = framesOf(answer);
    const terminal = JSON.parse(frames.at(-1)?.data ?? '{}') as JsonObject;
    const whole = openaiResponses.readResponse(terminal['response'] as JsonObject, FROM);
    const folded = foldEvents(eventsOf(openaiResponses, FROM, frames)).response;
    expect(unsealed(folded)).toEqual(unsealed(whole));
    expect([folded.id, folded.model, folded.usage]).toEqual([whole.id, whole.model, whole.usage]);
  });

  lawsOfStreams(streams);

  it.for(errors)('error $name', ({ answer, status, headers }) => {
    const error = openaiResponses.readError(status, viewOfRecord(headers), textOf(answer));
    expect(error.code).toBe(status === 401 ? 'upstream-auth' : 'upstream-rejected');
    expect(error.message).not.toMatch(/https?:|test-con/);
    const { body } = openaiResponses.writeError(error);
    expect(isJsonObject(body['error']) && typeof body['error']['code']).toBe('string');
  });
});

interface ClientFile {
  readonly requests: readonly { readonly path: string; readonly body: JsonObject | null }[];
}

const clients = ['codex.json', 'sdks-node20.json'].flatMap((file) => {
  const material = readMaterial(`wire/clients/${file}`) as ClientFile | null;
  return (material?.requests ?? [])
    .filter(({ path, body }) => path.endsWith('/responses') && body !== null)
    .map(({ body }, i) => ({ name: `${file} ${i}`, body: body ?? {} }));
});

describe.skipIf(clients.length === 0)('requests of real clients', () => {
  it('are all there', () => {
    expect(clients).toHaveLength(4);
  });

  it.for(clients)('$name', ({ body }) => {
    const losses = createLossLog();
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    expect(openaiResponses.outline(scanObject(bytes, openaiResponses.policyKeys)).choices).toBe(1);
    const read = openaiResponses.readRequest(body, NO_HEADERS);
    expect(asSent(openaiResponses.writeRequest(read, plainDialect('openai-responses'), losses).body)).toEqual(body);
    expect(losses.losses).toEqual([]);
  });
});

const decodedFolder = join(corpusFolder, 'wire/decoded');
interface Decoded {
  readonly protocol?: string;
  readonly facts: ExpectedFacts;
}
const decoded = existsSync(decodedFolder)
  ? ['open-responses', 'openai', 'xai', 'deepseek', 'alibaba', 'groq'].flatMap((vendor) =>
      readdirSync(join(decodedFolder, vendor))
        .filter((file) => !file.endsWith('.expected.json'))
        .map((file) => {
          const path = join(decodedFolder, vendor, file);
          const expected = JSON.parse(readFileSync(`${path}.expected.json`, 'utf8')) as Decoded;
          return { name: `${vendor} ${file}`, material: readFileSync(path, 'utf8'), expected };
        })
        .filter(({ expected }) => expected.protocol === 'openaiResponses' && expected.facts.finishRaw !== null),
    )
  : [];

describe.skipIf(decoded.length === 0)('decoded openai-responses', () => {
  it('is all there', () => {
    expect(decoded).toHaveLength(7);
  });

  it('openai an error in the stream', () => {
    const failed = decoded.filter(({ expected }) => expected.facts.finishRaw === 'failed');
    const codes = failed.map(
      ({ material }) => foldEvents(eventsOf(openaiResponses, FROM, framesOfLines(material))).error?.code,
    );
    expect(codes).toEqual(['upstream-rate-limited']);
  });

  const whole = decoded.filter(({ expected }) => expected.facts.finishRaw !== 'failed');

  it.for(whole)('$name', ({ name, material, expected: { facts } }) => {
    const isWhole = name.endsWith('.json');
    const read = isWhole
      ? openaiResponses.readResponse(JSON.parse(material) as JsonObject, FROM)
      : foldEvents(eventsOf(openaiResponses, FROM, framesOfLines(material))).response;
    expect(plainFacts(read, facts)).toEqual(expectedFacts(facts));
    const losses = createLossLog();
    const written = asSent(openaiResponses.writeResponse(read, losses));
    expect(issuesOfAnswer?.(written)).toEqual([]);
    expect([itemTypes(written), losses.losses]).toEqual([facts.itemTypes, []]);
  });
});

describe.skipIf(!isHere)('what is written from other languages', () => {
  it('fits the request schema', () => {
    const request: ChatRequest = {
      operation: 'chat',
      model: 'gpt-5',
      stream: true,
      maxOutputTokens: 100,
      messages: [
        { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
        {
          role: 'user',
          parts: [
            { type: 'text', text: 'Hi' },
            { type: 'media', mediaType: 'image/png', source: { kind: 'base64', data: 'iVBO' } },
          ],
        },
        {
          role: 'assistant',
          parts: [
            { type: 'text', text: 'x' },
            { type: 'tool-call', id: 'c', name: 'f', arguments: '{}' },
          ],
        },
        { role: 'tool', parts: [{ type: 'tool-result', callId: 'c', content: [{ type: 'text', text: 'y' }] }] },
      ],
      tools: [{ type: 'function', name: 'f', schema: { type: 'object' } }],
      toolChoice: { type: 'named', name: 'f' },
      responseFormat: { type: 'json-schema', name: 'n', schema: { type: 'object' } },
      reasoning: { effort: 'low' },
    };
    const losses = createLossLog();
    const { body } = openaiResponses.writeRequest(request, plainDialect('openai-responses'), losses);
    expect(issuesOfRequest?.(asSent(body))).toEqual([]);
    expect(losses.losses).toEqual([]);
  });
});
