/** Reasoning between tags, wherever the chunks are cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ThinkTagSplitter } from '../../../../src/wire/codec/think-tags.ts';

function split(pieces: readonly string[], primed: boolean): { reasoning: string; text: string } {
  const splitter = new ThinkTagSplitter(primed);
  const out = [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
  const join = (reasoning: boolean): string =>
    out
      .filter((one) => one.reasoning === reasoning)
      .map(({ text }) => text)
      .join('');
  return { reasoning: join(true), text: join(false) };
}

describe('think tags', () => {
  it.each([
    ['<think>a</think>b', false, 'a', 'b'],
    [' \n<think>a</think>b', false, 'a', 'b'],
    ['<think>a</thin', false, 'a</thin', ''],
    ['no tags', false, '', 'no tags'],
    ['text <think>a</think>', false, '', 'text <think>a</think>'],
    ['<think>a</think>b<think>c</think>', false, 'a', 'b<think>c</think>'],
    ['<thi', false, '', '<thi'],
    ['  ', false, '', '  '],
    ['a</think>b', true, 'a', 'b'],
    ['<think>a</think>b', true, 'a', 'b'],
    ['a', true, 'a', ''],
    ['a</think>b</think>', true, 'a', 'b</think>'],
  ])('%j primed %s', (whole, primed, reasoning, text) => {
    expect(split([whole], primed)).toEqual({ reasoning, text });
    expect(split([...whole], primed)).toEqual({ reasoning, text });
  });

  it('does not depend on the cuts', () => {
    const pieces = fc.array(fc.constantFrom('<think>', '</think>', '<', '</', 'think>', 'a', ' ', '\n'), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(pieces, fc.boolean(), (parts, primed) => {
        const whole = parts.join('');
        expect(split([...whole], primed)).toEqual(split([whole], primed));
        expect(split(parts, primed)).toEqual(split([whole], primed));
      }),
      { seed: 5 },
    );
  });
});
