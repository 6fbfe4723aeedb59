/** A model brought to life from its file: tokenizer, chat form and forward pass. */
import { ArtifactError } from '../artifact/artifact-error.ts';
import type { ByteSource } from '../artifact/byte-source.ts';
import { textField } from '../artifact/gguf-fields.ts';
import { readGguf } from '../artifact/gguf.ts';
import { chatForm, type ChatForm } from './chat-form.ts';
import { createForward, type Forward } from './forward.ts';
import type { KernelFactory } from './kernels.ts';
import { CHUNK_TOKENS, planLayout } from './layout.ts';
import { readShape } from './model-shape.ts';
import { createTokenizer, type Tokenizer } from './tokenizer/tokenizer.ts';
import { findWeights, loadWeights } from './weights.ts';

/** A model that can be run, one generation at a time. */
export interface Model {
  /** What the file calls itself; null = not told. */
  readonly title: string | null;
  readonly parameters: number;
  /** Tokens of prompt and answer together. */
  readonly contextTokens: number;
  readonly tokenizer: Tokenizer;
  readonly form: ChatForm;
  readonly forward: Forward;
}

/** How much a model may take. */
export interface ModelLimits {
  /** The model's own context is cut to this. */
  readonly contextTokens: number;
  /** Bytes of weights, cache and intermediate values together. */
  readonly memoryBytes: number;
}

/** Small models only: real ones belong into a server made for them. */
export const MODEL_LIMITS: ModelLimits = Object.freeze({ contextTokens: 2048, memoryBytes: 1_073_741_824 });

/**
 * Loads a GGUF file. Nothing of the file is executed, its chat template least of all.
 * @throws ArtifactError when the file is not a sound qwen2 model of a size and form that is computed here
 */
export function loadModel(source: ByteSource, kernels: KernelFactory, limits: ModelLimits = MODEL_LIMITS): Model {
  const header = readGguf(source);
  const shape = readShape(header);
  const tokenizer = createTokenizer(header.metadata, shape.vocabulary);
  const form = chatForm(tokenizer);
  const contextTokens = Math.min(shape.contextTokens, limits.contextTokens);
  const layout = planLayout(shape, contextTokens);
  if (layout.size * Float32Array.BYTES_PER_ELEMENT > limits.memoryBytes) {
    const megabytes = Math.ceil((layout.size * Float32Array.BYTES_PER_ELEMENT) / 2 ** 20);
    throw new ArtifactError('limit-exceeded', 'model', `needs ${megabytes} MiB, more than embedded models may take`);
  }
  const weights = findWeights(header.tensors, layout.weights);
  const memory = kernels(layout.size);
  loadWeights(source, weights, memory.floats);
  return {
    title: textField(header.metadata, 'general.name'),
    parameters: layout.weights.reduce((sum, { columns, rows }) => sum + columns * rows, 0),
    contextTokens,
    tokenizer,
    form,
    forward: createForward(shape, layout, memory),
  };
}

const WARM_UP_RUNS = 6;

/** Runs nothing in particular a few times, so that the first request meets compiled code. Leaves nothing behind. */
export function warmUp({ contextTokens, forward }: Model): void {
  const tokens = new Array<number>(Math.min(CHUNK_TOKENS, contextTokens)).fill(0);
  for (let run = 0; run < WARM_UP_RUNS; run++) {
    forward.run(tokens, 0);
    forward.run(tokens.slice(0, 1), 0);
  }
}
