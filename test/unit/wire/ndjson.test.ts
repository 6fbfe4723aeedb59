/** Newline-delimited JSON: line rules by example, and the laws for every cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/core/protocol.ts';
import { createNdjsonDecoder, encodeNdjson } from '../../../src/wire/ndjson.ts';
import { cut, join } from './event-stream.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function decode(chunks: readonly Uint8Array[], maxEventBytes = 1 << 20): string[] {
  const out: Frame[] = [];
  const decoder = createNdjsonDecoder({ maxEventBytes });
  for (const chunk of chunks) decoder.push(chunk, out);
  decoder.end(out);
  expect(out.every(({ event }) => event === null)).toBe(true);
  return out.map(({ data }) => data);
}

describe('NDJSON', () => {
  it.each([
    ['lines', '{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
    ['CRLF', '{"a":1}\r\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
    ['blank lines', '\n\n{"a":1}\n \r\n{"b":2}\n\n', ['{"a":1}', '{"b":2}']],
    ['no final line feed', '{"a":1}\n{"b":2}', ['{"a":1}', '{"b":2}']],
    ['a byte order mark', '\uFEFF{"a":1}\n', ['{"a":1}']],
    ['beyond ASCII', '{"a":"你🌊"}\n', ['{"a":"你🌊"}']],
    ['nothing', '', []],
  ])('%s', (_what, text, lines) => {
    expect(decode([bytesOf(text)])).toEqual(lines);
    expect(decode(cut(bytesOf(text), [1]))).toEqual(lines);
  });

  it('refuses a line beyond the limit, in one chunk and over several', () => {
    expect(decode([bytesOf('12345678\n')], 8)).toEqual(['12345678']);
    for (const size of [1, 100]) {
      const run = (): string[] => decode(cut(bytesOf('123456789\n'), [size]), 8);
      expect(run).toThrow(expect.objectContaining({ code: 'upstream-too-large' }));
    }
  });

  it('reads back what it wrote, however it is cut', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(fc.json({ stringUnit: 'grapheme' })), sizes, (lines, chunks) => {
        const bytes = join(lines.map((data) => encodeNdjson({ event: null, data })));
        expect(decode(cut(bytes, chunks))).toEqual(lines);
      }),
    );
  });

  it('keeps a pretty-printed value on one line', () => {
    const value = { a: [1, { b: 'c\nd' }] };
    const [line = ''] = decode([encodeNdjson({ event: null, data: JSON.stringify(value, null, 2) })]);
    expect(JSON.parse(line)).toEqual(value);
  });
});
