/** SHA-256 on both runtimes: the published vectors, and agreement on everything else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webDigest } from '../../../src/crypto/digest.ts';
import { nodeDigest } from '../../../src/crypto/node/digest.ts';

/** FIPS 180-4 examples: https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values */
const VECTORS = [
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
] as const;

describe('SHA-256', () => {
  it.each(VECTORS)('of %j', async (text, expected) => {
    expect(nodeDigest.sha256(text)).toBe(expected);
    expect(await webDigest.sha256(text)).toBe(expected);
  });

  it('is the same on both, for bytes and texts, and for views into larger buffers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.uint8Array(), async (text, bytes) => {
        const view = new Uint8Array([1, ...bytes, 2]).subarray(1, bytes.length + 1);
        expect(await webDigest.sha256(text)).toBe(nodeDigest.sha256(text));
        expect(await webDigest.sha256(view)).toBe(nodeDigest.sha256(bytes));
        expect(nodeDigest.sha256(new TextEncoder().encode(text))).toBe(nodeDigest.sha256(text));
      }),
    );
  });
});
