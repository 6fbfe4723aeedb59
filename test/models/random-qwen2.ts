/** Qwen2 models with seeded random weights: they speak nonsense, by the same arithmetic as real ones. */
import { seededRandom } from '../../src/core/clock.ts';
import { type Field, type Tensor, type TensorType, writeGguf } from './gguf-writer.ts';
import { CHATML_TOKENS, makeVocabulary, type TestVocabulary } from './vocabulary.ts';

/** Shape and dice of a random model. */
export interface RandomModel {
  readonly seed: number;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly feedForward: number;
  readonly context: number;
  readonly type: TensorType;
  readonly tied: boolean;
  readonly vocabulary: TestVocabulary;
  /** Scale of the output rows: large makes confident choices. */
  readonly sharpness: number;
  readonly pre: 'qwen2' | 'gpt-2';
}

/** About 0.1 million parameters with a byte vocabulary. */
export const TINY: RandomModel = Object.freeze({
  seed: 7,
  layers: 2,
  width: 64,
  heads: 4,
  kvHeads: 2,
  feedForward: 160,
  context: 256,
  type: 'F32',
  tied: true,
  vocabulary: makeVocabulary([], CHATML_TOKENS),
  sharpness: 4,
  pre: 'qwen2',
});

/** About 1.0 million parameters. */
export const MILLION: RandomModel = Object.freeze({
  ...TINY,
  layers: 5,
  width: 128,
  heads: 4,
  kvHeads: 2,
  feedForward: 320,
  context: 1024,
  vocabulary: makeVocabulary([], CHATML_TOKENS, 1024),
});

/** About 2.5 million parameters. */
export const TWO_MILLION: RandomModel = Object.freeze({
  ...TINY,
  layers: 6,
  width: 192,
  heads: 6,
  kvHeads: 2,
  feedForward: 512,
  context: 1024,
  vocabulary: makeVocabulary([], CHATML_TOKENS, 1024),
});

/** Number of weights. */
export function parameterCount(tensors: readonly Pick<Tensor, 'values'>[]): number {
  return tensors.reduce((sum, { values }) => sum + values.length, 0);
}

/** The tensors of a model; norms near one, biases small, matrices scaled to keep activations near one. */
export function randomTensors(model: RandomModel): Tensor[] {
  const random = seededRandom(model.seed);
  const uniform = (count: number, middle: number, spread: number): Float32Array =>
    Float32Array.from({ length: count }, () => middle + spread * (2 * random.next() - 1));
  const tensors: Tensor[] = [];
  const matrix = (name: string, columns: number, rows: number, gain = 1): void => {
    const values = uniform(columns * rows, 0, gain * Math.sqrt(3 / columns));
    tensors.push({ name, shape: [columns, rows], type: model.type, values });
  };
  const vector = (name: string, size: number, middle: number, spread: number): void => {
    tensors.push({ name, shape: [size], type: 'F32', values: uniform(size, middle, spread) });
  };
  const { width, feedForward, heads, kvHeads } = model;
  const headWidth = width / heads;
  matrix('token_embd.weight', width, model.vocabulary.tokens.length, model.sharpness);
  vector('output_norm.weight', width, 1, 0.2);
  if (!model.tied) matrix('output.weight', width, model.vocabulary.tokens.length, model.sharpness);
  for (let layer = 0; layer < model.layers; layer++) {
    const name = (part: string): string => `blk.${layer}.${part}`;
    vector(name('attn_norm.weight'), width, 1, 0.2);
    matrix(name('attn_q.weight'), width, width, 1.5);
    vector(name('attn_q.bias'), width, 0, 0.5);
    matrix(name('attn_k.weight'), width, headWidth * kvHeads, 1.5);
    vector(name('attn_k.bias'), headWidth * kvHeads, 0, 0.5);
    matrix(name('attn_v.weight'), width, headWidth * kvHeads, 1.5);
    vector(name('attn_v.bias'), headWidth * kvHeads, 0, 0.5);
    matrix(name('attn_output.weight'), width, width, 2);
    vector(name('ffn_norm.weight'), width, 1, 0.2);
    matrix(name('ffn_gate.weight'), width, feedForward, 1.5);
    matrix(name('ffn_up.weight'), width, feedForward, 1.5);
    matrix(name('ffn_down.weight'), feedForward, width, 2);
  }
  return tensors;
}

/** The metadata that makes a file of it. */
export function qwen2Metadata(model: RandomModel): Record<string, Field> {
  const { tokens, merges, special } = model.vocabulary;
  const specialIds = new Set(special.values());
  const end = special.get('<|im_end|>') ?? special.get('<\uff5cend\u2581of\u2581sentence\uff5c>') ?? 0;
  const begin = special.get('<|endoftext|>') ?? special.get('<\uff5cbegin\u2581of\u2581sentence\uff5c>') ?? 0;
  const kind = (id: number): number => (specialIds.has(id) ? 3 : tokens[id]?.startsWith('[unused') ? 5 : 1);
  return {
    'general.architecture': { type: 'string', value: 'qwen2' },
    'general.name': { type: 'string', value: `random ${model.seed}` },
    'qwen2.block_count': { type: 'u32', value: model.layers },
    'qwen2.context_length': { type: 'u32', value: model.context },
    'qwen2.embedding_length': { type: 'u32', value: model.width },
    'qwen2.feed_forward_length': { type: 'u32', value: model.feedForward },
    'qwen2.attention.head_count': { type: 'u32', value: model.heads },
    'qwen2.attention.head_count_kv': { type: 'u32', value: model.kvHeads },
    'qwen2.attention.layer_norm_rms_epsilon': { type: 'f32', value: 1e-6 },
    'qwen2.rope.freq_base': { type: 'f32', value: 10_000 },
    'tokenizer.ggml.model': { type: 'string', value: 'gpt2' },
    'tokenizer.ggml.pre': { type: 'string', value: model.pre },
    'tokenizer.ggml.tokens': { type: 'strings', value: tokens },
    'tokenizer.ggml.token_type': { type: 'i32s', value: tokens.map((_, id) => kind(id)) },
    'tokenizer.ggml.merges': { type: 'strings', value: merges },
    'tokenizer.ggml.bos_token_id': { type: 'u32', value: begin },
    'tokenizer.ggml.eos_token_id': { type: 'u32', value: end },
    'tokenizer.ggml.add_bos_token': { type: 'bool', value: false },
  };
}

/** The whole file. */
export function writeRandomModel(model: RandomModel): Uint8Array {
  return writeGguf(qwen2Metadata(model), randomTensors(model));
}
