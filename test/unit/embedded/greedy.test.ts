/** Greedy tokens and tokenizer ids equal those of llama.cpp, for models that both sides build from the same seed. */
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../../../src/artifact/byte-source.ts';
import { plainKernels } from '../../../src/embedded/kernels.ts';
import { CHUNK_TOKENS } from '../../../src/embedded/layout.ts';
import { loadModel, type Model } from '../../../src/embedded/model.ts';
import { compileKernels, simdKernels } from '../../../src/embedded/simd/simd-kernels.ts';
import { writeRandomModel } from '../../models/random-qwen2.ts';
import { GREEDY_MODELS, GREEDY_PROMPTS, TOKENIZER_TEXTS } from './greedy-models.ts';
import recorded from './greedy.json' with { type: 'json' };

function best(logits: Float32Array): number {
  return logits.reduce((most, value, id) => (value > logits[most]! ? id : most), 0);
}

function continuation({ forward }: Model, prompt: readonly number[], count: number): number[] {
  for (let at = 0; at < prompt.length; at += CHUNK_TOKENS) forward.run(prompt.slice(at, at + CHUNK_TOKENS), at);
  const ids = [best(forward.logits)];
  while (ids.length < count) {
    forward.run([ids.at(-1)!], prompt.length + ids.length - 1);
    ids.push(best(forward.logits));
  }
  return ids;
}

const KERNELS = { plain: plainKernels, simd: simdKernels(compileKernels()) };

describe.each(Object.entries(recorded.models))('%s', (name, { greedy, texts }) => {
  const bytes = bytesSource(writeRandomModel(GREEDY_MODELS[name]!));

  it.each(Object.entries(KERNELS))('continues as llama.cpp does, with %s kernels', (_, kernels) => {
    const model = loadModel(bytes, kernels);
    expect(greedy).toHaveLength(GREEDY_PROMPTS.length);
    GREEDY_PROMPTS.forEach((prompt, index) => {
      expect(greedy[index]).toHaveLength(128);
      expect(continuation(model, prompt, 128)).toEqual(greedy[index]);
    });
  });

  it('cuts texts into the tokens of llama.cpp', () => {
    const { tokenizer } = loadModel(bytes, plainKernels);
    expect(TOKENIZER_TEXTS.map((text) => tokenizer.encode(text))).toEqual(texts);
  });
});
