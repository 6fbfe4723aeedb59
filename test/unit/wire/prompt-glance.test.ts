/** Glances at prompts: equal beginnings hash alike, and media is told from text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countMediaBytes, hashBeginning } from '../../../src/wire/prompt-glance.ts';

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe('the hash of a beginning', () => {
  it('is the same for texts that begin alike, and knows nothing of the rest', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.uint8Array(), fc.uint8Array(), (head, a, b) => {
        const [left, right] = [Uint8Array.of(...head, ...a), Uint8Array.of(...head, ...b)];
        expect(hashBeginning(left, 0, left.length, 64)).toBe(hashBeginning(right, 0, right.length, 64));
      }),
    );
  });

  it('follows FNV-1a', () => {
    expect(hashBeginning(new TextEncoder().encode('foobar'), 0, 6, 64)).toBe(0xbf9cf968);
  });
});

describe('counting media', () => {
  it('counts long strings without spaces, and nothing else', () => {
    const image = `data:image/png;base64,${'iVBORw0KGgo'.repeat(400)}`;
    const text = 'A long story about a river. '.repeat(400);
    expect(countMediaBytes(encode({ messages: [{ content: [{ text }, { image_url: { url: image } }] }] }))).toBe(
      image.length,
    );
    expect(countMediaBytes(encode({ messages: [{ content: text }] }))).toBe(0);
  });

  it('ends on any bytes, and never counts more than there are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
        expect(countMediaBytes(bytes)).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
