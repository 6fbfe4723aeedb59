/** Every recorded exchange of openai-chat, beside facts that two other readers agreed on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ChatResponse } from '../../src/core/chat.ts';
import { foldEvents } from '../../src/core/fold.ts';
import { NO_HEADERS, viewOfRecord } from '../../src/core/headers.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { createLossLog } from '../../src/core/loss.ts';
import { plainDialect, type ReadContext } from '../../src/core/protocol.ts';
import { openaiChat } from '../../src/protocols/openai-chat/index.ts';
import { scanObject } from '../../src/wire/json-scan.ts';
import { answerFacts, expectedFacts, requestFacts, type ExpectedAnswer } from '../conformance/facts.ts';
import { eventsOf, tapAll, writeAll } from '../conformance/protocol-run.ts';
import {
  bodyOf,
  contextOf,
  errorsOf,
  exchangesOf,
  framesOf,
  framesOfLines,
  isHere,
  streamsOf,
  textOf,
  wholesOf,
} from './exchanges.ts';
import { corpusFolder } from './material.ts';
import { createSchemaCheck } from './openai-schema.ts';
import { lawsOfStreams } from './stream-laws.ts';

const cases = exchangesOf(openaiChat);
const streams = streamsOf(cases);
const wholes = wholesOf(cases);
const errors = errorsOf(cases);
const issuesOfAnswer = isHere ? createSchemaCheck('CreateChatCompletionResponse') : null;
const issuesOfChunk = isHere ? createSchemaCheck('CreateChatCompletionStreamResponse') : null;

describe.skipIf(!isHere)('recorded openai-chat', () => {
  it('is all there', () => {
    expect([cases.length, streams.length, wholes.length, errors.length]).toEqual([45, 14, 28, 3]);
  });

  it.for(cases)('request $name', ({ request, requestFacts: asked }) => {
    const losses = createLossLog();
    const read = openaiChat.readRequest(request, NO_HEADERS);
    // the other readers do not look into reasoning_details
    const reasoning = JSON.stringify(request).includes('reasoning_details') ? asked['reasoning'] : null;
    expect({ ...requestFacts(read), ...(reasoning === null ? {} : { reasoning }) }).toEqual(asked);
    const written = openaiChat.writeRequest(read, plainDialect('openai-chat'), losses);
    const options = { ...(request['stream_options'] as JsonObject | undefined), include_usage: true };
    expect(written.body).toEqual(request['stream'] === true ? { ...request, stream_options: options } : request);
    expect(losses.losses).toEqual([]);
    const outline = openaiChat.outline(
      scanObject(new TextEncoder().encode(JSON.stringify(request)), openaiChat.policyKeys),
    );
    expect([outline.stream, outline.maxOutputTokens]).toEqual([asked['stream'], asked['maxTokens']]);
  });

  it.for(wholes)('answer $name', (exchange) => {
    const { facts, from } = exchange;
    const body = bodyOf(exchange);
    const read = openaiChat.readResponse(body, from);
    expect(answerFacts(read, facts)).toEqual(expectedFacts(facts));
    const losses = createLossLog();
    const written = openaiChat.writeResponse(read, losses);
    expect(issuesOfAnswer?.(written)).toEqual([]);
    const again = openaiChat.readResponse(written, { ...from, dialect: plainDialect('openai-chat') });
    // an unsaid finish (Snowflake) is said when there are calls
    const said = { finishRaw: again.choices[0]?.finish.raw ?? null };
    expect(answerFacts(again, facts)).toEqual({ ...expectedFacts(facts), ...said });
    expect(again.choices[0]?.finish.unified).toBe(read.choices[0]?.finish.unified);
    expect(losses.losses).toEqual([]);
    const seen = openaiChat.inspectResponse(body, from);
    expect([seen.id ?? '', seen.model, seen.usage]).toEqual([read.id, read.model, read.usage]);
    expect(seen.finish).toEqual(read.choices[0]?.finish);
  });

  it.for(streams)('stream $name', ({ answer, facts, from }) => {
    const frames = framesOf(answer);
    const events = eventsOf(openaiChat, from, frames);
    const { response, complete, error } = foldEvents(events);
    expect([complete, error]).toEqual([true, null]);
    expect(answerFacts(response, facts)).toEqual(expectedFacts(facts));
    const written = writeAll(openaiChat, events, createLossLog());
    const chunks = written.slice(0, -1).map(({ data }) => JSON.parse(data) as JsonObject);
    expect(chunks.flatMap((chunk) => issuesOfChunk?.(chunk))).toEqual([]);
    expect(written.at(-1)?.data).toBe('[DONE]');
    const again = foldEvents(eventsOf(openaiChat, { ...from, dialect: plainDialect('openai-chat') }, written));
    expect(answerFacts(again.response, facts)).toEqual(expectedFacts(facts));
    const tap = tapAll(openaiChat, from, frames);
    expect(tap).toMatchObject({
      error: null,
      terminal: true,
      usage: response.usage,
      finish: response.choices[0]?.finish,
    });
  });

  lawsOfStreams(streams);

  it.for(errors)('error $name', ({ answer, status, headers }) => {
    const error = openaiChat.readError(status, viewOfRecord(headers), textOf(answer));
    expect(error.code).toBe(status === 429 ? 'upstream-rate-limited' : 'upstream-rejected');
    expect(openaiChat.writeError(error).status).toBe(status);
    expect(error.message).not.toMatch(/https?:|user_/);
  });
});

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
    const from = contextOf(openaiChat, vendor);
    const material = readFileSync(path, 'utf8');
    expect(answerFacts(readDecoded(material, file.endsWith('.json'), from), facts)).toEqual(expectedFacts(facts));
  });
});

/** Streams are stored as one JSON text per line, without their terminal marker. */
function readDecoded(material: string, isWhole: boolean, from: ReadContext): ChatResponse {
  if (isWhole) return openaiChat.readResponse(JSON.parse(material) as JsonObject, from);
  return foldEvents(eventsOf(openaiChat, from, framesOfLines(material, '[DONE]'))).response;
}
