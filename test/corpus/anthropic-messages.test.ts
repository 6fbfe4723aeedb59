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
import { plainDialect, type Frame } from '../../src/core/protocol.ts';
import { anthropicMessages } from '../../src/protocols/anthropic-messages/index.ts';
import { scanObject } from '../../src/wire/json-scan.ts';
import { cut, eventsOf, readAll, splitAt, tapAll, writeAll } from '../conformance/protocol-run.ts';
import {
  blockTypes,
  cases,
  errors,
  factsOf,
  FINISH,
  framesOf,
  isHere,
  plain,
  streams,
  text,
  wholes,
  type AnswerShape,
} from './anthropic-material.ts';
import { answerFacts, requestFacts, type ExpectedAnswer } from './facts.ts';
import { corpusFolder } from './material.ts';

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
