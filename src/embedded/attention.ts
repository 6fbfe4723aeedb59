/** Causal attention with grouped key/value heads over a cache that lives beside the weights. */
import { exponential } from './exponential.ts';
import type { Kernels } from './kernels.ts';
import type { LayerLayout, ModelLayout } from './layout.ts';
import type { ModelShape } from './model-shape.ts';
import { rotate, type Rotation } from './rotary.ts';

/** A run of consecutive tokens that is computed together. */
export interface Span {
  /** Position of the first token. */
  readonly position: number;
  readonly count: number;
}

/** Computes attention for one layer: from `layout.projected` (queries, keys, values) to `layout.mixed`. */
export type Attention = (layer: LayerLayout, span: Span) => void;

/** Binds attention to a model's memory. */
export function createAttention(
  shape: ModelShape,
  layout: ModelLayout,
  rotation: Rotation,
  kernels: Kernels,
): Attention {
  const { floats } = kernels;
  const { width, heads, kvHeads, headWidth } = shape;
  const { positions, projected, mixed, scores } = layout;
  const kvWidth = kvHeads * headWidth;
  const stride = width + 2 * kvWidth;
  const group = heads / kvHeads;
  const scale = 1 / Math.sqrt(headWidth);

  /** Turns queries and keys, and writes keys and values of one token to the cache. */
  const remember = (layer: LayerLayout, token: number, position: number): void => {
    const query = projected + token * stride;
    const key = query + width;
    const value = key + kvWidth;
    rotate(floats, query, heads, rotation, position);
    rotate(floats, key, kvHeads, rotation, position);
    for (let head = 0; head < kvHeads; head++) {
      const from = key + head * headWidth;
      floats.copyWithin(layer.keys + (head * positions + position) * headWidth, from, from + headWidth);
    }
    for (let i = 0; i < kvWidth; i++) {
      const row = layer.values + i * positions;
      floats[row + position] = floats[value + i]!;
      // The padding of a product weighs nothing, but nothing times what an earlier answer left there may not be zero.
      for (let pad = position + 1; pad % 4 !== 0; pad++) floats[row + pad] = 0;
    }
  };

  const attend = (layer: LayerLayout, head: number, { position, count }: Span): void => {
    const seen = position + count;
    const padded = Math.ceil(seen / 4) * 4;
    const shared = Math.floor(head / group) * headWidth * positions;
    kernels.multiply({
      out: scores,
      outStride: padded,
      matrix: layer.keys + shared,
      matrixStride: headWidth,
      rows: seen,
      columns: headWidth,
      input: projected + head * headWidth,
      inputStride: stride,
      inputs: count,
    });
    for (let token = 0; token < count; token++) {
      softmax(floats, scores + token * padded, position + token + 1, padded, scale);
    }
    kernels.multiply({
      out: mixed + head * headWidth,
      outStride: width,
      matrix: layer.values + shared,
      matrixStride: positions,
      rows: headWidth,
      columns: padded,
      input: scores,
      inputStride: padded,
      inputs: count,
    });
  };

  return (layer, span) => {
    for (let token = 0; token < span.count; token++) remember(layer, token, span.position + token);
    for (let head = 0; head < heads; head++) attend(layer, head, span);
  };
}

/** Scaled softmax of the first `visible` scores; what a token may not see, and the padding, weighs nothing. */
function softmax(floats: Float32Array, at: number, visible: number, padded: number, scale: number): void {
  let most = -Infinity;
  for (let i = 0; i < visible; i++) most = Math.max(most, floats[at + i]!);
  let sum = 0;
  for (let i = 0; i < visible; i++) {
    const weight = exponential((floats[at + i]! - most) * scale);
    floats[at + i] = weight;
    sum += weight;
  }
  for (let i = 0; i < visible; i++) floats[at + i]! /= sum;
  floats.fill(0, at + visible, at + padded);
}
