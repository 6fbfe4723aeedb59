/** The forward pass of a qwen2 model: tokens in, the scores of every possible next token out. */
import { createAttention, type Span } from './attention.ts';
import { exponential } from './exponential.ts';
import type { Kernels, Product } from './kernels.ts';
import { CHUNK_TOKENS, type LayerLayout, type ModelLayout } from './layout.ts';
import type { ModelShape } from './model-shape.ts';
import { rotationTable } from './rotary.ts';

/** A model ready to compute. It has one cache: positions are filled from 0 on, and writing one again forgets what lay behind. */
export interface Forward {
  /** Scores of the next token after the last one that was run; overwritten by the next run. */
  readonly logits: Float32Array;
  /** Runs at most `CHUNK_TOKENS` tokens that stand at `position` and the places after it. */
  run(tokens: readonly number[], position: number): void;
}

/** Binds the pass to a model's memory, in which the weights already lie. */
export function createForward(shape: ModelShape, layout: ModelLayout, kernels: Kernels): Forward {
  const { floats } = kernels;
  const { width, feedForward, kvHeads, headWidth, epsilon, vocabulary } = shape;
  const { state, normed, projected, mixed, hidden, delta, logits } = layout;
  const projectedWidth = width + 2 * kvHeads * headWidth;
  const rotation = rotationTable(headWidth, shape.ropeBase, layout.positions);
  const attention = createAttention(shape, layout, rotation, kernels);

  const normalize = (weight: number, count: number): void => {
    for (let token = 0; token < count; token++)
      rmsNorm(floats, state + token * width, normed + token * width, weight, width, epsilon);
  };
  const project = (
    out: number,
    rows: number,
    matrix: number,
    input: number,
    columns: number,
    count: number,
    inputStride = columns,
  ): void => {
    const product: Product = {
      out,
      outStride: rows,
      matrix,
      matrixStride: columns,
      rows,
      columns,
      input,
      inputStride,
      inputs: count,
    };
    kernels.multiply(product);
  };
  const runLayer = (layer: LayerLayout, span: Span): void => {
    const { count } = span;
    normalize(layer.attentionNorm, count);
    project(projected, projectedWidth, layer.qkv, normed, width, count);
    for (let token = 0; token < count; token++)
      addTo(floats, projected + token * projectedWidth, layer.qkvBias, projectedWidth);
    attention(layer, span);
    project(delta, width, layer.attentionOut, mixed, width, count);
    addTo(floats, state, delta, count * width);
    normalize(layer.feedForwardNorm, count);
    project(hidden, 2 * feedForward, layer.gateUp, normed, width, count);
    for (let token = 0; token < count; token++) gate(floats, hidden + token * 2 * feedForward, feedForward);
    project(delta, width, layer.down, hidden, feedForward, count, 2 * feedForward);
    addTo(floats, state, delta, count * width);
  };

  return {
    logits: floats.subarray(logits, logits + vocabulary),
    run(tokens, position) {
      const count = tokens.length;
      if (count === 0 || count > CHUNK_TOKENS) throw new RangeError(`${count} tokens in one run`);
      for (let token = 0; token < count; token++) {
        const row = layout.embedding + tokens[token]! * width;
        floats.copyWithin(state + token * width, row, row + width);
      }
      for (const layer of layout.layers) runLayer(layer, { position, count });
      rmsNorm(floats, state + (count - 1) * width, normed, layout.outputNorm, width, epsilon);
      project(logits, vocabulary, layout.output, normed, width, 1);
    },
  };
}

function rmsNorm(floats: Float32Array, from: number, to: number, weight: number, width: number, epsilon: number): void {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += floats[from + i]! * floats[from + i]!;
  const scale = 1 / Math.sqrt(sum / width + epsilon);
  for (let i = 0; i < width; i++) floats[to + i] = floats[from + i]! * scale * floats[weight + i]!;
}

function addTo(floats: Float32Array, to: number, from: number, count: number): void {
  for (let i = 0; i < count; i++) floats[to + i]! += floats[from + i]!;
}

/** SwiGLU: silu of the first half times the second, into the first. */
function gate(floats: Float32Array, at: number, width: number): void {
  for (let i = at; i < at + width; i++) {
    const x = floats[i]!;
    floats[i] = (x / (1 + exponential(-x))) * floats[i + width]!;
  }
}
