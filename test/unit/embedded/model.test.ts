/** Loading: sound models compute the same however the prompt is cut; everything else is refused with its reason. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArtifactError } from '../../../src/artifact/artifact-error.ts';
import { bytesSource } from '../../../src/artifact/byte-source.ts';
import { readGguf } from '../../../src/artifact/gguf.ts';
import { plainKernels } from '../../../src/embedded/kernels.ts';
import { planLayout } from '../../../src/embedded/layout.ts';
import { readShape } from '../../../src/embedded/model-shape.ts';
import { loadModel, MODEL_LIMITS } from '../../../src/embedded/model.ts';
import { type Field, writeGguf } from '../../models/gguf-writer.ts';
import { qwen2Metadata, randomTensors, TINY, writeRandomModel } from '../../models/random-qwen2.ts';

const METADATA = qwen2Metadata(TINY);
const TENSORS = randomTensors(TINY);
const text = (value: string): Field => ({ type: 'string', value });
const u32 = (value: number): Field => ({ type: 'u32', value });

function refusalOf(bytes: Uint8Array, limits = MODEL_LIMITS): string {
  try {
    loadModel(bytesSource(bytes), plainKernels, limits);
    return 'loaded';
  } catch (error) {
    if (error instanceof ArtifactError) return `${error.code} ${error.where}`;
    throw error;
  }
}

const withField = (key: string, field: Field): Uint8Array => writeGguf({ ...METADATA, [key]: field }, TENSORS);

describe('loadModel', () => {
  it('computes the same scores however a prompt is cut', () => {
    const model = loadModel(bytesSource(writeRandomModel(TINY)), plainKernels);
    const prompt = Array.from({ length: 40 }, (_, i) => (i * 29) % 250);
    const scores = (cuts: readonly number[]): Float32Array => {
      const edges = [0, ...cuts.toSorted((a, b) => a - b), prompt.length];
      edges.slice(1).forEach((end, i) => end > edges[i]! && model.forward.run(prompt.slice(edges[i], end), edges[i]!));
      return model.forward.logits.slice();
    };
    const whole = scores([20]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 8, max: 32 }), { minLength: 1, maxLength: 6 }), (cuts) => {
        expect(scores([...cuts, 10, 31])).toEqual(whole);
      }),
      { numRuns: 20, seed: 7 },
    );
  });

  it('is not touched by what an earlier answer left in the cache', () => {
    const source = bytesSource(writeRandomModel(TINY));
    const shape = readShape(readGguf(source));
    const { layers } = planLayout(shape, shape.contextTokens);
    const cache = shape.contextTokens * shape.kvHeads * shape.headWidth;
    let floats: Float32Array = new Float32Array(0);
    const { forward } = loadModel(source, (size) => {
      const made = plainKernels(size);
      floats = made.floats;
      return made;
    });
    const scores = (): Float32Array => {
      forward.run([1, 2, 3, 4, 5], 0);
      forward.run([6], 5);
      return forward.logits.slice();
    };
    const clean = scores();
    for (const { keys, values } of layers) {
      floats.fill(Number.NaN, keys, keys + cache);
      floats.fill(Number.NaN, values, values + cache);
    }
    expect(clean.every(Number.isFinite)).toBe(true);
    expect(scores()).toEqual(clean);
  });

  it('reads half precision and Q8_0 as what they stand for', () => {
    const memory = (type: 'F32' | 'F16' | 'Q8_0'): Float32Array => {
      let floats: Float32Array = new Float32Array(0);
      loadModel(bytesSource(writeRandomModel({ ...TINY, type })), (size) => {
        const made = plainKernels(size);
        floats = made.floats;
        return made;
      });
      return floats;
    };
    const exact = memory('F32');
    const furthest = (other: Float32Array): number =>
      other.reduce((most, value, i) => Math.max(most, Math.abs(value - exact[i]!)), 0);
    expect(furthest(memory('F16'))).toBeLessThan(2e-3);
    expect(furthest(memory('Q8_0'))).toBeLessThan(2e-2);
    expect(furthest(memory('Q8_0'))).toBeGreaterThan(1e-4);
  });

  it.each<[string, Uint8Array, string]>([
    ['another architecture', withField('general.architecture', text('llama')), 'unsupported general.architecture'],
    [
      'heads that do not divide',
      withField('qwen2.attention.head_count', u32(5)),
      'unsupported qwen2.attention.head_count',
    ],
    ['no layers', withField('qwen2.block_count', u32(0)), 'unsupported qwen2.block_count'],
    ['more layers than tensors', withField('qwen2.block_count', u32(3)), 'missing blk.2.attn_norm.weight'],
    ['a width that is not the tensors', withField('qwen2.embedding_length', u32(128)), 'bad-range token_embd.weight'],
    ['stretched rotation', withField('qwen2.rope.scaling.type', text('yarn')), 'unsupported qwen2.rope.scaling.type'],
    ['another tokenizer', withField('tokenizer.ggml.model', text('llama')), 'unsupported tokenizer.ggml.model'],
    ['another pre-tokenizer', withField('tokenizer.ggml.pre', text('tekken')), 'unsupported tokenizer.ggml.pre'],
    [
      'too few tokens',
      withField('tokenizer.ggml.tokens', { type: 'strings', value: ['a'] }),
      'malformed tokenizer.ggml.tokens',
    ],
    [
      'merges of nothing',
      withField('tokenizer.ggml.merges', { type: 'strings', value: ['x yz'] }),
      'malformed tokenizer.ggml.merges',
    ],
    [
      'an end outside the vocabulary',
      withField('tokenizer.ggml.eos_token_id', u32(9999)),
      'unsupported tokenizer.ggml.eos_token_id',
    ],
    ['a missing tensor', writeGguf(METADATA, TENSORS.slice(0, -1)), 'missing blk.1.ffn_down.weight'],
    [
      'no chat tokens',
      withField('tokenizer.ggml.token_type', { type: 'i32s', value: new Array(259).fill(1) }),
      'unsupported tokenizer.ggml.tokens',
    ],
    ['no metadata', writeGguf({}, TENSORS), 'unsupported general.architecture'],
  ])('refuses %s', (_, bytes, refusal) => {
    expect(refusalOf(bytes)).toBe(refusal);
  });

  it('refuses a model that needs more memory than allowed, before taking it', () => {
    expect(refusalOf(writeRandomModel(TINY), { ...MODEL_LIMITS, memoryBytes: 100_000 })).toBe('limit-exceeded model');
  });

  it('cuts the context to the limit', () => {
    const model = loadModel(bytesSource(writeRandomModel(TINY)), plainKernels, { ...MODEL_LIMITS, contextTokens: 50 });
    expect(model.contextTokens).toBe(50);
    expect(model.parameters).toBe(103_168);
  });

  it('never does anything but load or refuse, whatever bytes of the header are changed', () => {
    const sound = writeRandomModel(TINY);
    const change = fc.record({ at: fc.nat(9000), value: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = sound.slice();
        for (const { at, value } of changes) bytes[at] = value;
        refusalOf(bytes);
      }),
      { numRuns: 60, seed: 8 },
    );
  });
});
