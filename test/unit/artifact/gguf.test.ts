/** The GGUF reader: what is sound is read exactly, what is not is refused with its reason. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArtifactError, type ArtifactCode } from '../../../src/artifact/artifact-error.ts';
import { bytesSource } from '../../../src/artifact/byte-source.ts';
import { GGUF_LIMITS } from '../../../src/artifact/gguf-limits.ts';
import { readGguf } from '../../../src/artifact/gguf.ts';
import { type Field, writeGguf } from '../../models/gguf-writer.ts';
import { TINY, writeRandomModel } from '../../models/random-qwen2.ts';

const FIELDS: Record<string, Field> = {
  'general.architecture': { type: 'string', value: 'qwen2' },
  'a.count': { type: 'u64', value: 7 },
  'a.flag': { type: 'bool', value: true },
  'a.scale': { type: 'f32', value: 0.5 },
  'a.words': { type: 'strings', value: ['ä', '', 'word'] },
  'a.ids': { type: 'i32s', value: [-1, 2] },
};
const ONES = new Float32Array(64).fill(1);
const SMALL = writeGguf(FIELDS, [
  { name: 'one', shape: [32, 2], type: 'F32', values: ONES },
  { name: 'two', shape: [64], type: 'F16', values: ONES },
  { name: 'three', shape: [32, 1, 2], type: 'Q8_0', values: ONES },
]);

function codeOf(bytes: Uint8Array, limits = GGUF_LIMITS): ArtifactCode | null {
  try {
    readGguf(bytesSource(bytes), limits);
    return null;
  } catch (error) {
    if (error instanceof ArtifactError) return error.code;
    throw error;
  }
}

/** The file with `value` written over the first occurrence of `text` plus `skip` bytes. */
function patched(text: string, skip: number, value: bigint | number): Uint8Array {
  const bytes = SMALL.slice();
  const needle = new TextEncoder().encode(text);
  const at = bytes.findIndex((_, i) => needle.every((byte, j) => bytes[i + j] === byte)) + needle.length + skip;
  const view = new DataView(bytes.buffer);
  if (typeof value === 'bigint') view.setBigUint64(at, value, true);
  else view.setUint32(at, value, true);
  return bytes;
}

describe('readGguf', () => {
  it('reads every kind of metadata and the place of every tensor', () => {
    const header = readGguf(bytesSource(SMALL));
    expect(Object.fromEntries(header.metadata)).toEqual({
      'general.architecture': 'qwen2',
      'a.count': 7n,
      'a.flag': true,
      'a.scale': 0.5,
      'a.words': ['ä', '', 'word'],
      'a.ids': new Int32Array([-1, 2]),
    });
    const places = [...header.tensors.values()].map(({ name, shape, offset, bytes, type }) => [
      name,
      shape,
      offset - header.dataOffset,
      bytes,
      type.name,
    ]);
    expect(places).toEqual([
      ['one', [32, 2], 0, 256, 'F32'],
      ['two', [64], 256, 128, 'F16'],
      ['three', [32, 1, 2], 384, 68, 'Q8_0'],
    ]);
    expect(header.dataOffset % header.alignment).toBe(0);
  });

  it.each<[string, Uint8Array, ArtifactCode]>([
    ['another format', new TextEncoder().encode('PK\x03\x04 not a model at all, but long'), 'wrong-format'],
    ['an empty file', new Uint8Array(0), 'wrong-format'],
    ['version 2', patched('GGUF', 0, 2), 'unsupported-version'],
    ['more tensors than the limit', patched('GGUF', 4, 1n << 60n), 'limit-exceeded'],
    ['more tensors than bytes', patched('GGUF', 4, 99_999n), 'truncated'],
    ['more metadata than there is', patched('GGUF', 12, 4096n), 'limit-exceeded'],
    ['a string longer than the file', patched('general.architecture', 4, 4_000_000n), 'truncated'],
    ['a string longer than the limit', patched('general.architecture', 4, 1n << 63n), 'limit-exceeded'],
    ['an array longer than the file', patched('a.words', 8, 2_000_000n), 'truncated'],
    ['an array longer than the limit', patched('a.ids', 8, 1n << 40n), 'limit-exceeded'],
    ['an array of arrays', patched('a.words', 4, 9), 'malformed'],
    ['an unknown value type', patched('a.flag', 0, 99), 'malformed'],
    ['text that is not UTF-8', patched('general.architecture', 12, 0xffffffff), 'malformed'],
    ['five dimensions', patched('one', 0, 5), 'limit-exceeded'],
    ['a zero dimension', patched('one', 4, 0n), 'malformed'],
    ['a dimension beyond the file', patched('one', 4, 1n << 40n), 'bad-range'],
    ['dimensions whose product overflows', patched('one', 4, (1n << 53n) - 32n), 'bad-range'],
    ['an unknown tensor type', patched('one', 20, 77), 'unknown-type'],
    ['an offset that is not aligned', patched('two', 16, 8n), 'misaligned'],
    ['an offset outside the file', patched('two', 16, 1n << 50n), 'bad-range'],
    ['overlapping tensors', patched('two', 16, 224n), 'bad-range'],
    ['rows that are not whole blocks', patched('three', 4, 16n), 'bad-range'],
    ['data cut off', SMALL.subarray(0, SMALL.length - 64), 'bad-range'],
  ])('refuses %s', (_, bytes, code) => {
    expect(codeOf(bytes)).toBe(code);
  });

  it('refuses an alignment that is no power of two', () => {
    const withAlignment = (value: number): Uint8Array =>
      writeGguf({ 'general.alignment': { type: 'u32', value } }, [], 8);
    expect(codeOf(withAlignment(24))).toBe('misaligned');
    expect(codeOf(withAlignment(0))).toBe('misaligned');
    expect(codeOf(withAlignment(1 << 30))).toBe('limit-exceeded');
    expect(codeOf(withAlignment(64))).toBe(null);
  });

  it('refuses names that occur twice', () => {
    const tensor = { name: 'same', shape: [32], type: 'F32' as const, values: ONES.subarray(0, 32) };
    expect(codeOf(writeGguf({}, [tensor, tensor]))).toBe('duplicate-name');
    const twice = writeGguf({ key1: { type: 'u32', value: 1 }, key2: { type: 'u32', value: 2 } }, []);
    expect(codeOf(twice)).toBe(null);
    twice[twice.indexOf(0x32)] = 0x31;
    expect(codeOf(twice)).toBe('duplicate-name');
  });

  it('holds the header to its size limit', () => {
    expect(codeOf(SMALL, { ...GGUF_LIMITS, headerBytes: 100 })).toBe('limit-exceeded');
  });
});

describe('readGguf under fuzzing', () => {
  it('never does anything but read or refuse, whatever bytes are changed', () => {
    const change = fc.record({ at: fc.nat(SMALL.length - 1), value: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(SMALL.length), (changes, keep) => {
        const bytes = SMALL.slice(0, keep % 3 === 0 ? keep : SMALL.length);
        for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
        const code = codeOf(bytes);
        if (code !== null) return;
        for (const { offset, bytes: length } of readGguf(bytesSource(bytes)).tensors.values()) {
          expect(offset + length).toBeLessThanOrEqual(bytes.length);
        }
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('refuses every cut of a file', () => {
    for (let end = 0; end < SMALL.length - 28; end++) expect(codeOf(SMALL.subarray(0, end))).not.toBe(null);
  });

  it('survives random bytes behind a sound beginning', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 0, max: 24 }), (noise, keep) => {
        const bytes = new Uint8Array(keep + noise.length);
        bytes.set(SMALL.subarray(0, keep));
        bytes.set(noise, keep);
        codeOf(bytes);
      }),
      { numRuns: 2000, seed: 2 },
    );
  });

  it('asks the source only for what is inside, and never for much more than the header', () => {
    const file = writeRandomModel(TINY);
    let most = 0;
    readGguf({
      size: file.length,
      read(offset, length) {
        expect(offset + length).toBeLessThanOrEqual(file.length);
        most = Math.max(most, offset + length);
        return file.subarray(offset, offset + length);
      },
    });
    expect(most).toBeLessThan(200_000);
  });
});
