/** The laws every wire language must keep, as one suite over a codec, its samples and its generators. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatRequest, ChatResponse } from '../../src/core/chat.ts';
import { ERROR_ROWS, type ErrorCode } from '../../src/core/error-codes.ts';
import { foldEvents } from '../../src/core/fold.ts';
import { GatewayError, isGatewayError } from '../../src/core/gateway-error.ts';
import { NO_HEADERS, viewOf } from '../../src/core/headers.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { createLossLog } from '../../src/core/loss.ts';
import { plainDialect, TapMark, type ChatProtocol, type Frame, type ReadContext } from '../../src/core/protocol.ts';
import { asSent, brokenCuts, cut, encode, eventsOf, readAll, tapAll, withoutHints, writeAll } from './protocol-run.ts';

/** Real-looking material of one language, written by us. */
export interface ProtocolSamples {
  readonly requests: readonly { readonly name: string; readonly body: JsonObject }[];
  /** What writing a request adds by design (for example the wish for usage); the identity where nothing is. */
  readonly sent: (body: JsonObject) => JsonObject;
  readonly badRequests: readonly {
    readonly name: string;
    readonly body: JsonObject;
    readonly code: ErrorCode;
    readonly where: string;
  }[];
  readonly answers: readonly { readonly name: string; readonly body: JsonObject }[];
  readonly streams: readonly StreamSample[];
  readonly errors: readonly {
    readonly name: string;
    readonly status: number;
    readonly headers?: readonly string[];
    readonly body: string;
    readonly code: ErrorCode;
    readonly retryAfterMs?: number;
  }[];
}

/** A complete stream; `answer` is the same answer as it comes when it is not streamed. */
export interface StreamSample {
  readonly name: string;
  readonly frames: readonly Frame[];
  readonly answer?: JsonObject;
  /** What is known of the upstream; the plain dialect when absent. */
  readonly from?: ReadContext;
}

/** Generators of one language. */
export interface ProtocolArbitraries {
  /** Requests of the block model that this language can say without loss. */
  readonly request: fc.Arbitrary<ChatRequest>;
  /** Requests of the block model with things in them that it cannot say. */
  readonly foreign: fc.Arbitrary<ChatRequest>;
  /** Request bodies. */
  readonly wire: fc.Arbitrary<JsonObject>;
  /** Frame data that is nearly right. */
  readonly frame: fc.Arbitrary<Frame>;
}

/** The same cases in every run: a red law stays red until it is mended. */
const RUNS = {
  seed: Number(process.env['THALWEG_SEED'] ?? 20261123),
  numRuns: Number(process.env['THALWEG_RUNS'] ?? 100),
};

/** The laws, by name. */
export const LAWS = [
  'a request of the block model survives writing and reading',
  'a request body survives reading and writing',
  'what cannot be said is a loss',
  'a bad request is refused with code and path',
  'an answer survives writing and reading',
  'inspecting an answer agrees with reading it',
  'the same events for every split of the bytes',
  'folding the events equals reading the whole answer',
  'a stream survives writing and reading',
  'a stream cut after any frame ends in one error and no end',
  'the tap agrees with the reader',
  'readers never throw and end at most once',
  'an error is the last frame and is read as one',
  'upstream errors are mapped',
  'every error can be written, with its hint',
] as const;

/** The name of a law. */
export type Law = (typeof LAWS)[number];

/** Laws that a language cannot keep, each with the reason. */
export type Skips = { readonly [L in Law]?: string };

/** Runs every law over one protocol. */
export function describeProtocol(
  protocol: ChatProtocol,
  samples: ProtocolSamples,
  arbitraries: ProtocolArbitraries,
  skips: Skips = {},
): void {
  const laws: { readonly name: Law; readonly check: () => void }[] = [];
  const law: DefineLaw = (name, check) => laws.push({ name, check });
  requestLaws(protocol, samples, arbitraries, law);
  answerLaws(protocol, samples, law);
  streamLaws(protocol, samples, arbitraries, law);
  errorLaws(protocol, samples, law);
  describe(`protocol ${protocol.id}`, () => {
    it.for(laws)('$name', ({ name, check }, { skip }) => {
      skip(skips[name] !== undefined, skips[name]);
      expect.hasAssertions();
      check();
    });
  });
}

type DefineLaw = (name: Law, check: () => void) => unknown;

const plainContext = (protocol: ChatProtocol): ReadContext => ({
  dialect: plainDialect(protocol.id),
  names: new Map(),
});

function requestLaws(
  protocol: ChatProtocol,
  samples: ProtocolSamples,
  arbitraries: ProtocolArbitraries,
  law: DefineLaw,
): void {
  const dialect = plainDialect(protocol.id);
  const rewrite = (request: ChatRequest): { again: ChatRequest; losses: number } => {
    const losses = createLossLog();
    const { body } = protocol.writeRequest(request, dialect, losses);
    return { again: protocol.readRequest(asSent(body), NO_HEADERS), losses: losses.losses.length };
  };
  law('a request of the block model survives writing and reading', () => {
    fc.assert(
      fc.property(arbitraries.request, (request) => {
        const { again, losses } = rewrite(request);
        expect(withoutHints(again)).toEqual(request);
        expect(losses).toBe(0);
      }),
      RUNS,
    );
  });
  law('a request body survives reading and writing', () => {
    const check = (body: JsonObject): void => {
      const losses = createLossLog();
      const { body: again } = protocol.writeRequest(protocol.readRequest(body, NO_HEADERS), dialect, losses);
      expect(asSent(again)).toEqual(asSent(samples.sent(body)));
      expect(losses.losses).toEqual([]);
    };
    for (const { body } of samples.requests) check(body);
    fc.assert(fc.property(arbitraries.wire, check), RUNS);
  });
  law('what cannot be said is a loss', () => {
    let lossy = 0;
    fc.assert(
      fc.property(arbitraries.foreign, (request) => {
        const { again, losses } = rewrite(request);
        if (losses === 0) expect(withoutHints(again)).toEqual(request);
        else lossy++;
      }),
      RUNS,
    );
    expect(lossy).toBeGreaterThan(10);
  });
  law('a bad request is refused with code and path', () => {
    for (const { name, body, code, where } of samples.badRequests) {
      const error = thrownBy(() => protocol.readRequest(body, NO_HEADERS));
      expect({ name, code: error?.code, where: error?.where }).toEqual({ name, code, where });
      expect(error?.hint.length).toBeGreaterThan(10);
    }
  });
}

function thrownBy(action: () => unknown): GatewayError | null {
  try {
    action();
  } catch (error) {
    if (isGatewayError(error)) return error;
    throw error;
  }
  return null;
}

function answerLaws(protocol: ChatProtocol, samples: ProtocolSamples, law: DefineLaw): void {
  const from = plainContext(protocol);
  law('an answer survives writing and reading', () => {
    for (const { name, body } of samples.answers) {
      const losses = createLossLog();
      const read = protocol.readResponse(body, from);
      const again = protocol.readResponse(asSent(protocol.writeResponse(read, losses)), from);
      expect({ name, answer: comparable(again) }).toEqual({ name, answer: comparable(read) });
      expect(losses.losses).toEqual([]);
    }
  });
  law('inspecting an answer agrees with reading it', () => {
    for (const { body } of samples.answers) {
      const { id, model, usage, finish } = protocol.inspectResponse(body, from);
      const read = protocol.readResponse(body, from);
      expect([id ?? '', model ?? '', usage]).toEqual([read.id, read.model, read.usage]);
      if (finish !== null) expect(finish).toEqual(read.choices[0]?.finish);
    }
  });
}

/** An answer without what its writer may say in other words: raw usage and the vendor's word for the finish. */
function comparable(answer: ChatResponse): unknown {
  const choices = answer.choices.map((choice) => ({ ...choice, finish: choice.finish.unified }));
  return { ...answer, choices, usage: answer.usage === null ? null : { ...answer.usage, raw: null } };
}

function streamLaws(
  protocol: ChatProtocol,
  samples: ProtocolSamples,
  arbitraries: ProtocolArbitraries,
  law: DefineLaw,
): void {
  const contextOf = ({ from }: StreamSample): ReadContext => from ?? plainContext(protocol);
  law('the same events for every split of the bytes', () => {
    for (const sample of samples.streams) {
      const from = contextOf(sample);
      const bytes = encode(protocol, sample.frames);
      const whole = JSON.stringify(readAll(protocol, from, [bytes]));
      expect({ name: sample.name, broken: brokenCuts(protocol, bytes) }).toEqual({ name: sample.name, broken: [] });
      expect(JSON.stringify(readAll(protocol, from, cut(bytes, 1)))).toBe(whole);
    }
  });
  law('folding the events equals reading the whole answer', () => {
    let compared = 0;
    for (const sample of samples.streams) {
      if (sample.answer === undefined) continue;
      const { response, complete, error } = foldEvents(eventsOf(protocol, contextOf(sample), sample.frames));
      expect({ name: sample.name, complete, error }).toEqual({ name: sample.name, complete: true, error: null });
      const whole = protocol.readResponse(sample.answer, contextOf(sample));
      expect({ name: sample.name, ...response }).toEqual({ name: sample.name, ...whole });
      compared++;
    }
    expect(compared).toBeGreaterThan(0);
  });
  law('a stream survives writing and reading', () => {
    for (const sample of samples.streams) {
      const events = eventsOf(protocol, contextOf(sample), sample.frames);
      const frames = writeAll(protocol, events, createLossLog());
      const again = foldEvents(eventsOf(protocol, plainContext(protocol), frames));
      const before = foldEvents(events);
      expect([sample.name, again.complete, again.error]).toEqual([sample.name, true, null]);
      expect(comparable(again.response)).toEqual(comparable(before.response));
    }
  });
  law('a stream cut after any frame ends in one error and no end', () => {
    for (const sample of samples.streams) {
      for (let length = 0; length < sample.frames.length; length++) {
        const events = eventsOf(protocol, contextOf(sample), sample.frames.slice(0, length));
        expect(events.filter(({ type }) => type === 'response-end' || type === 'choice-end')).toEqual([]);
        expect(events.filter(({ type }) => type === 'error')).toHaveLength(1);
        const last = events.at(-1);
        expect(last?.type === 'error' && last.error.code).toBe('upstream-truncated');
      }
    }
  });
  law('the tap agrees with the reader', () => {
    for (const sample of samples.streams) {
      const { content, ...tap } = tapAll(protocol, contextOf(sample), sample.frames);
      const { content: event, ...facts } = factsOf(protocol, contextOf(sample), sample.frames);
      expect({ name: sample.name, ...tap }).toEqual({ name: sample.name, ...facts });
      // a reader may hold text back that might be a tag; a tap sees it at once
      expect(content).toBeLessThanOrEqual(event);
      expect(content).toBeGreaterThanOrEqual(0);
    }
    fc.assert(
      fc.property(fc.array(arbitraries.frame, { maxLength: 6 }), (frames) => {
        const from = plainContext(protocol);
        const tap = tapAll(protocol, from, frames);
        const facts = factsOf(protocol, from, frames);
        expect([tap.error, tap.terminal, tap.usage]).toEqual([facts.error, facts.terminal, facts.usage]);
      }),
      RUNS,
    );
  });
  law('readers never throw and end at most once', () => {
    const anything = fc.oneof(
      arbitraries.frame,
      fc.record({ event: fc.option(fc.string()), data: fc.oneof(fc.string(), fc.json()) }),
    );
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 8 }), (frames) => {
        const events = eventsOf(protocol, plainContext(protocol), frames);
        const ends = events.filter(({ type }) => type === 'error' || type === 'response-end');
        expect(ends).toHaveLength(1);
        expect(events.at(-1)).toBe(ends[0]);
      }),
      RUNS,
    );
  });
}

/** What a tap should find, told by the reader's events. */
function factsOf(protocol: ChatProtocol, from: ReadContext, frames: readonly Frame[]): ReturnType<typeof tapAll> {
  const reader = protocol.createEventReader(from);
  const facts = { content: -1, error: null as string | null, terminal: false };
  const all = frames.flatMap((frame, i) => {
    const events: Parameters<typeof reader.read>[1] = [];
    reader.read(frame, events);
    for (const event of events) {
      if (event.type === 'part-start' && event.part === 'tool-call' && facts.content < 0) facts.content = i;
      if (event.type === 'part-delta' && facts.content < 0) facts.content = i;
      if (event.type === 'error') facts.error = event.error.code;
      if (event.type === 'response-end') facts.terminal = true;
    }
    return events;
  });
  const { response } = foldEvents(all);
  const finish = facts.terminal ? (response.choices[0]?.finish ?? null) : null;
  return { ...facts, usage: response.usage, finish: finish?.raw === null ? null : finish };
}

function errorLaws(protocol: ChatProtocol, samples: ProtocolSamples, law: DefineLaw): void {
  law('an error is the last frame and is read as one', () => {
    const [sample] = samples.streams;
    if (sample === undefined) throw new Error('a stream sample is needed');
    const error = new GatewayError('upstream-overloaded');
    const events = eventsOf(protocol, sample.from ?? plainContext(protocol), sample.frames.slice(0, -1));
    const writer = protocol.createEventWriter(REQUEST, createLossLog());
    const frames: Frame[] = [];
    for (const event of events) writer.write(event, frames);
    const before = frames.length;
    writer.abort(error, frames);
    writer.abort(error, frames);
    writer.write({ type: 'response-end' }, frames);
    writer.end(frames);
    const passing = protocol.createTap(sample.from ?? plainContext(protocol));
    for (const frame of sample.frames.slice(0, -1)) passing.inspect(frame);
    for (const stream of [frames, passing.abort(error), protocol.createTap(plainContext(protocol)).abort(error)]) {
      const again = eventsOf(protocol, plainContext(protocol), stream);
      expect(again.filter(({ type }) => type === 'error')).toHaveLength(1);
      expect(again.at(-1)?.type).toBe('error');
      const tap = protocol.createTap(plainContext(protocol));
      const marks = stream.map((frame) => tap.inspect(frame));
      expect(marks.some((mark) => (mark & TapMark.terminal) !== 0)).toBe(false);
    }
    expect(frames.length).toBe(before);
  });
  law('upstream errors are mapped', () => {
    for (const { name, status, headers = [], body, code, retryAfterMs } of samples.errors) {
      const error = protocol.readError(status, viewOf(headers), body);
      expect({ name, code: error.code }).toEqual({ name, code });
      if (retryAfterMs !== undefined) expect({ name, wait: error.retryAfterMs }).toEqual({ name, wait: retryAfterMs });
      expect(error.native?.status).toBe(status);
    }
  });
  law('every error can be written, with its hint', () => {
    for (const code of Object.keys(ERROR_ROWS) as ErrorCode[]) {
      const { status, body } = protocol.writeError(new GatewayError(code));
      expect(status).toBe(ERROR_ROWS[code].status);
      expect(stringsIn(body).some((text) => text.includes(ERROR_ROWS[code].hint))).toBe(true);
    }
  });
}

const REQUEST: ChatRequest = { operation: 'chat', model: 'm', messages: [], stream: true, streamUsage: true };

function stringsIn(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item: Json) => stringsIn(item));
  return isJsonObject(value) ? Object.values(value).flatMap(stringsIn) : [];
}
