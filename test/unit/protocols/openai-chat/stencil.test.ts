/** The likeness of stream chunks: what fits is valid JSON and differs in its words alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainDialect, TapMark } from '../../../../src/core/protocol.ts';
import { Stencil } from '../../../../src/wire/codec/stencil.ts';
import { ChatTap } from '../../../../src/protocols/openai-chat/tap.ts';

const chunk = (content: string, more: object = {}): string =>
  JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content }, finish_reason: null }], ...more });

function learned(data: string): Stencil {
  const stencil = new Stencil(['"content":', '"reasoning_content":', '"reasoning":']);
  stencil.learn(data);
  return stencil;
}

describe('a stencil', () => {
  it('knows the next chunk by its likeness, and nothing else', () => {
    const stencil = learned(chunk('Hello'));
    expect(stencil.fits(chunk(' world'))).toBe(true);
    expect(stencil.fits(chunk('Grüße 🌊'))).toBe(true);
    expect(stencil.fits(chunk(''))).toBe(false);
    expect(stencil.fits(chunk('a "quote"'))).toBe(false);
    expect(stencil.fits(chunk('a\nline'))).toBe(false);
    expect(stencil.fits(chunk('x', { usage: {} }))).toBe(false);
    expect(stencil.fits(chunk('x').replace('"c"', '"d"'))).toBe(false);
    expect(new Stencil(['"content":', '"reasoning_content":', '"reasoning":']).fits(chunk('x'))).toBe(false);
  });

  it('learns nothing from words with escapes, and gives up on chunks that differ elsewhere', () => {
    expect(learned(chunk('a\n')).fits(chunk('b'))).toBe(false);
    const stencil = new Stencil(['"content":', '"reasoning_content":', '"reasoning":']);
    for (let i = 0; i < 20; i++) stencil.learn(chunk('x', { obfuscation: String(i) }));
    expect(stencil.fits(chunk('y', { obfuscation: '19' }))).toBe(false);
  });

  it('accepts only what JSON.parse reads as the same chunk with those words', () => {
    const words = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('"', '\\', '\u0000', '\u2028', '","role":"x'),
    );
    fc.assert(
      fc.property(chunkText(), words, (data, middle) => {
        const stencil = learned(data);
        const at = data.indexOf('"content":"') + '"content":"'.length;
        const forged = data.slice(0, at) + middle + data.slice(data.indexOf('"', at));
        if (!stencil.fits(forged)) return;
        const parsed = JSON.parse(forged) as { choices: { delta: { content: string } }[] };
        expect(parsed.choices[0]?.delta.content).toBe(middle);
      }),
    );
  });
});

describe('a tap with it', () => {
  it('marks every stream as a tap that parses each chunk', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constant('')), { maxLength: 20 }), (contents) => {
        const from = { dialect: plainDialect('openai-chat'), names: new Map() };
        const tap = new ChatTap(from);
        for (const content of contents) {
          const alone = new ChatTap(from);
          const frame = { event: null, data: chunk(content) };
          expect(tap.inspect(frame)).toBe(alone.inspect(frame));
        }
        expect(tap.inspect({ event: null, data: '{nonsense}' })).toBe(TapMark.error);
      }),
    );
  });
});

function chunkText(): fc.Arbitrary<string> {
  return fc.tuple(fc.string({ minLength: 1 }), fc.string()).map(([content, id]) => chunk(content, { id }));
}
