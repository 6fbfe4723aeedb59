/** The safetensors header reader: sound files are read, everything else is refused with its reason. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArtifactError, type ArtifactCode } from '../../../src/artifact/artifact-error.ts';
import { bytesSource } from '../../../src/artifact/byte-source.ts';
import { readSafetensorsHeader, SAFETENSORS_LIMITS } from '../../../src/artifact/safetensors.ts';

function file(header: string, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function codeOf(bytes: Uint8Array): ArtifactCode | null {
  try {
    readSafetensorsHeader(bytesSource(bytes));
    return null;
  } catch (error) {
    if (error instanceof ArtifactError) return error.code;
    throw error;
  }
}

const tensor = (dtype: string, shape: number[], begin: number, end: number): string =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });
const A = `"a":${tensor('F32', [2, 2], 0, 16)}`;
const B = `"b":${tensor('BF16', [3], 16, 22)}`;

describe('readSafetensorsHeader', () => {
  it('reads names, types, shapes and places', () => {
    const header = readSafetensorsHeader(bytesSource(file(`{"__metadata__":{"format":"pt"},${B},${A}}  `, 22)));
    expect([...header.metadata]).toEqual([['format', 'pt']]);
    expect([...header.tensors.values()].map((t) => [t.name, t.dtype, t.shape, t.offset - header.dataOffset])).toEqual([
      ['a', 'F32', [2, 2], 0],
      ['b', 'BF16', [3], 16],
    ]);
  });

  it('reads a scalar, an empty tensor and sub-byte types', () => {
    const header = `{"s":${tensor('F64', [], 0, 8)},"e":${tensor('F32', [0, 4], 8, 8)},"q":${tensor('F4', [4], 8, 10)}}`;
    expect(codeOf(file(header, 10))).toBe(null);
  });

  it.each<[string, Uint8Array, ArtifactCode]>([
    ['an empty file', new Uint8Array(0), 'wrong-format'],
    ['a pickle', Uint8Array.of(0x80, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0), 'truncated'],
    ['a header that is no object', file('[]', 0), 'wrong-format'],
    ['broken JSON', file('{"a":}', 0), 'malformed'],
    ['two JSON values', file('{}{}', 0), 'malformed'],
    ['a key twice', file(`{${A},${A}}`, 16), 'duplicate-name'],
    ['a key twice in disguise', file(`{${A},"\\u0061":${tensor('F32', [1], 16, 20)}}`, 20), 'duplicate-name'],
    [
      'a field twice',
      file('{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
      'duplicate-name',
    ],
    ['deep nesting', file(`{"a":${'['.repeat(9)}${']'.repeat(9)}}`, 0), 'limit-exceeded'],
    ['an unknown dtype', file(`{"a":${tensor('F128', [1], 0, 16)}}`, 16), 'unknown-type'],
    ['a size that does not fit the shape', file(`{"a":${tensor('F32', [3], 0, 16)}}`, 16), 'bad-range'],
    ['a shape that overflows', file(`{"a":${tensor('F32', [2 ** 52, 2 ** 52, 2 ** 52], 0, 16)}}`, 16), 'bad-range'],
    ['a range outside the file', file(`{${A}}`, 8), 'bad-range'],
    ['a range backwards', file(`{"a":${tensor('F32', [1], 8, 4)}}`, 8), 'bad-range'],
    ['a hole', file(`{${A},"b":${tensor('U8', [1], 17, 18)}}`, 18), 'bad-range'],
    ['an overlap', file(`{${A},"b":${tensor('U8', [4], 12, 16)}}`, 16), 'bad-range'],
    ['bytes that belong to nothing', file(`{${A}}`, 20), 'bad-range'],
    ['metadata that is not text', file('{"__metadata__":{"a":1}}', 0), 'malformed'],
    ['a fractional shape', file(`{"a":${tensor('F32', [1.5], 0, 6)}}`, 6), 'malformed'],
  ])('refuses %s', (_, bytes, code) => {
    expect(codeOf(bytes)).toBe(code);
  });

  it('refuses a header larger than the limit before reading it', () => {
    const bytes = file('{}', 0);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(SAFETENSORS_LIMITS.headerBytes + 1), true);
    expect(codeOf(bytes)).toBe('limit-exceeded');
  });

  it('survives every change of a sound file', () => {
    const sound = file(`{"__metadata__":{"format":"pt"},${A},${B}}`, 22);
    const change = fc.record({ at: fc.nat(sound.length - 1), value: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(sound.length), (changes, keep) => {
        const bytes = sound.slice(0, keep % 3 === 0 ? keep : sound.length);
        for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
        codeOf(bytes);
      }),
      { numRuns: 2000, seed: 3 },
    );
  });

  it('survives JSON of any shape', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(64), (header, data) => {
        codeOf(file(JSON.stringify(header), data));
      }),
      { numRuns: 1000, seed: 4 },
    );
  });
});
