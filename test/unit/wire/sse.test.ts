/** Server-Sent Events: every rule of the grammar by example, and the laws that hold for every cut of the bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/core/protocol.ts';
import {
  createSseDecoder,
  createSseSplitter,
  encodeFrame,
  encodeFrames,
  SSE_COMMENT_PING,
  type RawEvent,
} from '../../../src/wire/sse.ts';
import { cut, join, readEventStream } from './event-stream.ts';

const limits = { maxEventBytes: 1 << 20 };
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function decode(chunks: readonly Uint8Array[]): Frame[] {
  const out: Frame[] = [];
  const decoder = createSseDecoder(limits);
  for (const chunk of chunks) decoder.push(chunk, out);
  decoder.end(out);
  return out;
}

function split(chunks: readonly Uint8Array[]): { events: RawEvent[]; unfinished: boolean } {
  const events: RawEvent[] = [];
  const splitter = createSseSplitter(limits);
  for (const chunk of chunks) splitter.push(chunk, events);
  return { events, unfinished: splitter.end(events) };
}

const frame = (data: string, event: string | null = null): Frame => ({ event, data });

const RULES: readonly [rule: string, text: string, frames: readonly Frame[]][] = [
  ['a data line with a space', 'data: a\n\n', [frame('a')]],
  ['a data line without a space', 'data:a\n\n', [frame('a')]],
  ['only one space is taken', 'data:  a \n\n', [frame(' a ')]],
  ['data lines are joined by line feeds', 'data: a\ndata: b\ndata:\n\n', [frame('a\nb\n')]],
  ['an empty data line is an event', 'data:\n\n', [frame('')]],
  ['a field name alone is an empty value', 'data\n\n', [frame('')]],
  ['an event name', 'event: message_start\ndata: {}\n\n', [frame('{}', 'message_start')]],
  ['the name may follow the data', 'data: {}\nevent: x\n\n', [frame('{}', 'x')]],
  ['the last name counts', 'event: a\nevent: b\ndata: 1\n\n', [frame('1', 'b')]],
  ['an empty name is no name', 'event: a\nevent:\ndata: 1\n\n', [frame('1')]],
  ['a name does not outlive its event', 'event: a\n\ndata: 1\n\n', [frame('1')]],
  ['no data, nothing dispatched', 'event: ping\nid: 3\n\n', []],
  ['comments', ': keep-alive\n\n:\n\ndata: a\n: between\n\n', [frame('a')]],
  ['id and retry are skipped', 'id: 1\nretry: 100\ndata: a\n\n', [frame('a')]],
  ['unknown fields and longer names are skipped', 'database: x\n data: y\nDATA: z\ndata: a\n\n', [frame('a')]],
  ['LF', 'data: a\n\ndata: b\n\n', [frame('a'), frame('b')]],
  ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', [frame('a'), frame('b')]],
  ['CR', 'data: a\r\rdata: b\r\r', [frame('a'), frame('b')]],
  ['mixed line ends', 'event: x\rdata: a\r\ndata: b\n\r\ndata: c\r\n\n', [frame('a\nb', 'x'), frame('c')]],
  ['blank lines without an event', '\n\n\r\n\rdata: a\n\n\n\n', [frame('a')]],
  ['a byte order mark at the start', '\uFEFFdata: a\n\n', [frame('a')]],
  ['a byte order mark before a blank line', '\uFEFF\n\uFEFFdata: lost\ndata: a\n\n', [frame('a')]],
  ['one byte order mark only', '\uFEFF\uFEFFdata: lost\n\ndata: \uFEFFa\n\n', [frame('\uFEFFa')]],
  ['characters beyond ASCII', 'data: grüß 你好 🌊\n\ndata: é\n\n', [frame('grüß 你好 🌊'), frame('é')]],
  ['colons in the value', 'data: a: b:c\n\n', [frame('a: b:c')]],
  ['no final blank line', 'data: a\n\ndata: [DONE]\n', [frame('a'), frame('[DONE]')]],
  ['no final line end', 'data: a\n\nevent: x\ndata: b', [frame('a'), frame('b', 'x')]],
  ['an empty stream', '', []],
];

describe('the event-stream grammar', () => {
  it.each(RULES)('%s', (_rule, text, frames) => {
    const bytes = bytesOf(text);
    expect(readEventStream(bytes)).toEqual(frames);
    expect(decode([bytes])).toEqual(frames);
    expect(decode(cut(bytes, [1]))).toEqual(frames);
  });

  it('reads malformed UTF-8 as U+FFFD and never across a border', () => {
    const bytes = new Uint8Array([
      ...bytesOf('data: a'),
      0xe4,
      0xbd,
      0x0a,
      0x0a,
      ...bytesOf('data: \x62'),
      0x80,
      0x0a,
      0x0a,
    ]);
    expect(decode([bytes])).toEqual([frame('a\uFFFD'), frame('b\uFFFD')]);
  });

  it('takes a part of a byte order mark for what it is', () => {
    const bytes = new Uint8Array([0xef, 0xbb, ...bytesOf('data: a\n\ndata: b\n\n')]);
    expect(decode([bytes])).toEqual([frame('b')]);
    expect(decode(cut(bytes, [1]))).toEqual([frame('b')]);
  });
});

const LINE_ENDS = ['\n', '\n\n', '\r', '\r\n', '\r\n\r\n'];
const FIELDS = ['data: ', 'data:', 'data', 'event: x', 'event:', ': c', 'id: 1', ' ', ':'];
const VALUES = ['{"a":1}', 'é', '你', '🌊', '\uFEFF', 'word', '[DONE]', '\0'];
/** Texts that are dense in what the grammar cares about. */
const stream = fc
  .array(fc.constantFrom(...LINE_ENDS, ...FIELDS, ...VALUES), { maxLength: 60 })
  .map((parts) => bytesOf(parts.join('')));
const rawBytes = fc.oneof(
  stream,
  fc.uint8Array({ maxLength: 200 }),
  fc
    .array(fc.constantFrom(10, 13, 32, 58, 100, 0xef, 0xbb, 0xbf, 0x80), { maxLength: 80 })
    .map((all) => new Uint8Array(all)),
);
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

describe('for every stream and every cut', () => {
  it('gives the frames of the plain reading', () => {
    fc.assert(
      fc.property(rawBytes, sizes, (bytes, chunks) => {
        const frames = readEventStream(bytes);
        expect(decode([bytes])).toEqual(frames);
        expect(decode(cut(bytes, [1]))).toEqual(frames);
        expect(decode(cut(bytes, chunks))).toEqual(frames);
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps the bytes: the events joined are the stream', () => {
    fc.assert(
      fc.property(rawBytes, sizes, (bytes, chunks) => {
        const { events } = split(cut(bytes, chunks));
        expect(join(events.map((event) => event.bytes))).toEqual(bytes);
        for (const event of events) expect(decode([event.bytes]).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives one raw event per frame, and each says whether it dispatches', () => {
    fc.assert(
      fc.property(rawBytes, sizes, (bytes, chunks) => {
        const { events } = split(cut(bytes, chunks));
        const dispatched = events.filter((event) => !event.isComment);
        expect(dispatched.map((event) => event.frame())).toEqual(decode([bytes]));
      }),
      { numRuns: 1000 },
    );
  });

  it('reads back what it wrote', () => {
    const frames = fc.array(
      fc.record({
        event: fc.option(fc.stringMatching(/^[^\r\n\uFEFF\0 ][^\r\n]*$/)),
        data: fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/\r\n?/g, '\n')),
      }),
    );
    fc.assert(
      fc.property(frames, sizes, (all, chunks) => {
        const bytes = encodeFrames(all);
        expect(bytes).toEqual(join(all.map(encodeFrame)));
        expect(decode(cut(bytes, chunks))).toEqual(all);
      }),
    );
  });
});

describe('the splitter', () => {
  it('gives views of the chunk where an event lies in it', () => {
    const chunk = bytesOf('data: a\n\n: c\n\ndata: b\n\n');
    const { events, unfinished } = split([chunk]);
    expect(unfinished).toBe(false);
    expect(events.map((event) => event.isComment)).toEqual([false, true, false]);
    expect(events.every((event) => event.bytes.buffer === chunk.buffer)).toBe(true);
    const alone = bytesOf('data: a\n\n');
    expect(split([alone]).events[0]?.bytes).toBe(alone);
  });

  it('hands an event over as soon as its blank line is there', () => {
    const splitter = createSseSplitter(limits);
    const out: RawEvent[] = [];
    splitter.push(bytesOf('data: a\r\n\r'), out);
    expect(out.map((event) => event.frame())).toEqual([frame('a')]);
    splitter.push(bytesOf('\ndata: b\r\n'), out);
    expect(out).toHaveLength(1);
    splitter.push(bytesOf('\r\n'), out);
    expect(out.map((event) => event.frame().data)).toEqual(['a', 'b']);
    splitter.push(bytesOf('\n'), out);
    expect(out[2]?.isComment).toBe(true);
    expect(splitter.end(out)).toBe(false);
  });

  it.each([
    ['data: cut of', true],
    ['data: no blank line\n', true],
    ['event: message_stop\n', true],
    ['data: a\n\n\r\n', false],
    ['data: a\r\n\r', false],
    ['', false],
  ])('tells at the end whether %j was unfinished', (text, expected) => {
    const { events, unfinished } = split(cut(bytesOf(text), [1]));
    expect(unfinished).toBe(expected);
    expect(join(events.map((event) => event.bytes))).toEqual(bytesOf(text));
  });
});

describe('the limit', () => {
  const tight = { maxEventBytes: 16 };

  it.each([
    ['in one chunk', ['data: 0123456789\n\n']],
    ['over chunks', ['data: 01', '23456', '789', '0']],
    ['blank lines in front count', ['\n\n\n\n\n\n\n\n\n\n\n\ndata: 1\n\n']],
  ])('refuses a longer event %s', (_where, chunks) => {
    const decoder = createSseDecoder(tight);
    const out: Frame[] = [];
    const run = (): void => chunks.forEach((chunk) => decoder.push(bytesOf(chunk), out));
    expect(run).toThrow(expect.objectContaining({ code: 'upstream-too-large' }));
    expect(out).toEqual([]);
  });

  it('keeps what came before', () => {
    const decoder = createSseDecoder(tight);
    const out: Frame[] = [];
    expect(() => decoder.push(bytesOf('data: a\n\ndata: 0123456789abcdef\n\n'), out)).toThrow('longer than 16 bytes');
    expect(out).toEqual([frame('a')]);
  });

  it('accepts an event of exactly that length', () => {
    const out: Frame[] = [];
    createSseDecoder(tight).push(bytesOf('data: 01234567\n\n'), out);
    expect(out).toEqual([frame('01234567')]);
  });
});

describe('the encoder', () => {
  it.each<[Frame, string]>([
    [frame('{"a":1}'), 'data: {"a":1}\n\n'],
    [frame('x', 'ping'), 'event: ping\ndata: x\n\n'],
    [frame('a\r\nb\rc\nd'), 'data: a\ndata: b\ndata: c\ndata: d\n\n'],
    [frame(''), 'data: \n\n'],
  ])('writes %j', (value, text) => {
    expect(new TextDecoder().decode(encodeFrame(value))).toBe(text);
  });

  it('refuses a name that would begin a line of its own', () => {
    expect(() => encodeFrame(frame('a', 'x\ndata: b'))).toThrow(expect.objectContaining({ code: 'internal' }));
  });

  it('has a comment that dispatches nothing', () => {
    expect(decode([SSE_COMMENT_PING])).toEqual([]);
  });
});

it('stays linear on a stream made to be slow', () => {
  const chunk = bytesOf(`${'data:\n\n'.repeat(40_000)}\r`);
  const dense = bytesOf(`${'data:\n'.repeat(30_000)}\r\r`);
  const started = performance.now();
  expect(decode([chunk])).toHaveLength(40_000);
  expect(decode([dense])).toHaveLength(1);
  expect(decode(cut(dense, [1]))).toHaveLength(1);
  expect(performance.now() - started).toBeLessThan(3000);
});
