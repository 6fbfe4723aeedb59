/** Every recorded exchange of anthropic-messages, and of the clouds that speak it, beside facts that two other readers agreed on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChatResponse } from '../../src/core/chat.ts';
import { foldEvents } from '../../src/core/fold.ts';
import { NO_HEADERS, viewOfRecord } from '../../src/core/headers.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createLossLog } from '../../src/core/loss.ts';
import { plainDialect } from '../../src/core/protocol.ts';
import { anthropicMessages } from '../../src/protocols/anthropic-messages/index.ts';
import { scanObject } from '../../src/wire/json-scan.ts';
import { plainContext } from '../conformance/crossing.ts';
import { answerFacts, expectedFacts, requestFacts, type Facts } from '../conformance/facts.ts';
import { eventsOf, tapAll, writeAll } from '../conformance/protocol-run.ts';
import {
  bodyOf,
  errorsOf,
  exchangesOf,
  FINISH,
  framesOf,
  framesOfLines,
  isHere,
  streamsOf,
  textOf,
  wholesOf,
  type ExpectedFacts,
} from './exchanges.ts';
import { corpusFolder } from './material.ts';
import { lawsOfStreams } from './stream-laws.ts';

const plain = plainContext(anthropicMessages);
const cases = exchangesOf(anthropicMessages);
const streams = streamsOf(cases);
const wholes = wholesOf(cases);
const errors = errorsOf(cases);

/** The types of blocks that an answer has on the wire, but for empty text. */
function blockTypes(answer: ChatResponse): string[] {
  const body = anthropicMessages.writeResponse(answer, createLossLog());
  return (body['content'] as readonly JsonObject[]).map(({ type }) => String(type));
}

/** Requests of this language have the system prompt at the top: the corpus does not count it as a role. */
function comparableRequest(facts: Facts, expected: JsonObject): Facts {
  const { roles, ...rest } = facts as { readonly roles: readonly string[] };
  const hasTop = (expected['roles'] as readonly string[]).length < roles.length;
  return { ...rest, roles: hasTop ? roles.slice(1) : roles };
}

describe.skipIf(!isHere)('recorded anthropic-messages', () => {
  it('is all there', () => {
    expect([cases.length, streams.length, wholes.length, errors.length]).toEqual([27, 5, 19, 1]);
  });

  it.for(cases)('request $name', ({ request, requestFacts: asked }) => {
    const losses = createLossLog();
    const read = anthropicMessages.readRequest(request, NO_HEADERS);
    expect(comparableRequest(requestFacts(read), asked)).toEqual(asked);
    const written = anthropicMessages.writeRequest(read, plainDialect('anthropic-messages'), losses);
    expect(written.body).toEqual(request);
    expect(losses.losses).toEqual([]);
    const bytes = new TextEncoder().encode(JSON.stringify(request));
    const outline = anthropicMessages.outline(scanObject(bytes, anthropicMessages.policyKeys));
    expect([outline.stream, outline.maxOutputTokens]).toEqual([asked['stream'], asked['maxTokens']]);
  });

  it.for(wholes)('answer $name', (exchange) => {
    const { facts } = exchange;
    const body = bodyOf(exchange);
    const read = anthropicMessages.readResponse(body, plain);
    expect(answerFacts(read, facts)).toEqual(expectedFacts(facts));
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

  it.for(streams)('stream $name', ({ answer, facts }) => {
    const frames = framesOf(answer);
    const events = eventsOf(anthropicMessages, plain, frames);
    const { response, complete, error } = foldEvents(events);
    expect([complete, error]).toEqual([true, null]);
    expect(answerFacts(response, facts)).toEqual(expectedFacts(facts));
    expect(blockTypes(response)).toEqual(facts.blockTypes);
    const losses = createLossLog();
    const written = writeAll(anthropicMessages, events, losses);
    expect(losses.losses).toEqual([]);
    expect(written.at(-1)).toEqual({ event: 'message_stop', data: '{"type":"message_stop"}' });
    const again = foldEvents(eventsOf(anthropicMessages, plain, written)).response;
    expect(answerFacts(again, facts)).toEqual(expectedFacts(facts));
    expect(again.choices).toEqual(response.choices);
    expect(tapAll(anthropicMessages, plain, frames)).toMatchObject({
      error: null,
      terminal: true,
      usage: response.usage,
      finish: response.choices[0]?.finish,
    });
  });

  lawsOfStreams(streams);

  it.for(errors)('error $name', ({ answer, status, headers }) => {
    const error = anthropicMessages.readError(status, viewOfRecord(headers), textOf(answer));
    expect(error.code).toBe('context-length-exceeded');
    const written = anthropicMessages.writeError(error);
    expect(written.status).toBe(status);
    expect(JSON.stringify(written.body)).toContain('prompt is too long: 3333404 tokens > 200000 maximum');
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
      facts: ExpectedFacts;
    };
    const answer = readDecoded(readFileSync(path, 'utf8'), file.endsWith('.json'));
    expect(answerFacts(answer, facts)).toEqual(expectedFacts(facts));
    expect(answer.choices[0]?.finish.unified).toBe(FINISH[facts.finish] ?? facts.finish);
    expect(blockTypes(answer)).toEqual(facts.blockTypes);
  });
});

/** Streams are stored as one JSON text per line, without their framing. */
function readDecoded(material: string, isWhole: boolean): ChatResponse {
  if (isWhole) return anthropicMessages.readResponse(JSON.parse(material) as JsonObject, plain);
  const { response, complete } = foldEvents(eventsOf(anthropicMessages, plain, framesOfLines(material)));
  expect(complete).toBe(true);
  return response;
}
