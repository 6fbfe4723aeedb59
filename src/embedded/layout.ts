/** Where every weight, cached key and intermediate value lies in the one array of floats of a model. */
import type { ModelShape } from './model-shape.ts';

/** Tokens of a prompt that are computed together; also the grain at which a long prompt can be cancelled. */
export const CHUNK_TOKENS = 32;

/** A weight of the file and its place; `rows` 1 for vectors. */
export interface WeightPlace {
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
  readonly at: number;
}

/** Offsets of one layer. `qkv` is the query, key and value matrices one after the other, `gateUp` likewise. */
export interface LayerLayout {
  readonly attentionNorm: number;
  readonly qkv: number;
  readonly qkvBias: number;
  readonly attentionOut: number;
  readonly feedForwardNorm: number;
  readonly gateUp: number;
  readonly down: number;
  /** Cached keys: [key/value head][position][head width]. */
  readonly keys: number;
  /** Cached values, transposed so that mixing them is a matrix product: [key/value head][head width][position]. */
  readonly values: number;
}

/** Offsets of everything. */
export interface ModelLayout {
  readonly embedding: number;
  readonly outputNorm: number;
  readonly output: number;
  readonly layers: readonly LayerLayout[];
  readonly state: number;
  readonly normed: number;
  readonly projected: number;
  readonly mixed: number;
  readonly scores: number;
  readonly hidden: number;
  readonly delta: number;
  readonly logits: number;
  readonly weights: readonly WeightPlace[];
  /** Positions in the cache, a multiple of four. */
  readonly positions: number;
  /** Floats altogether. */
  readonly size: number;
}

/** Plans memory for a model and a context of `contextTokens`. */
export function planLayout(shape: ModelShape, contextTokens: number): ModelLayout {
  const { width, feedForward, vocabulary } = shape;
  const positions = Math.ceil(contextTokens / 4) * 4;
  const weights: WeightPlace[] = [];
  let size = 0;
  const take = (count: number): number => {
    const at = size;
    size += Math.ceil(count / 4) * 4;
    return at;
  };
  const weight = (name: string, columns: number, rows = 1): number => {
    const at = take(columns * rows);
    weights.push({ name, columns, rows, at });
    return at;
  };
  const embedding = weight('token_embd.weight', width, vocabulary);
  const outputNorm = weight('output_norm.weight', width);
  const output = shape.tied ? embedding : weight('output.weight', width, vocabulary);
  const layers = Array.from({ length: shape.layers }, (_, index) => planLayer(shape, index, positions, weight, take));
  const kvWidth = shape.kvHeads * shape.headWidth;
  return {
    embedding,
    outputNorm,
    output,
    layers,
    state: take(CHUNK_TOKENS * width),
    normed: take(CHUNK_TOKENS * width),
    projected: take(CHUNK_TOKENS * (width + 2 * kvWidth)),
    mixed: take(CHUNK_TOKENS * width),
    scores: take(CHUNK_TOKENS * positions),
    hidden: take(CHUNK_TOKENS * 2 * feedForward),
    delta: take(CHUNK_TOKENS * width),
    logits: take(vocabulary),
    weights,
    positions,
    size,
  };
}

function planLayer(
  shape: ModelShape,
  index: number,
  positions: number,
  weight: (name: string, columns: number, rows?: number) => number,
  take: (count: number) => number,
): LayerLayout {
  const { width, feedForward, kvHeads, headWidth } = shape;
  const kvWidth = kvHeads * headWidth;
  const name = (part: string): string => `blk.${index}.${part}`;
  const attentionNorm = weight(name('attn_norm.weight'), width);
  const qkv = weight(name('attn_q.weight'), width, width);
  weight(name('attn_k.weight'), width, kvWidth);
  weight(name('attn_v.weight'), width, kvWidth);
  const qkvBias = weight(name('attn_q.bias'), width);
  weight(name('attn_k.bias'), kvWidth);
  weight(name('attn_v.bias'), kvWidth);
  const attentionOut = weight(name('attn_output.weight'), width, width);
  const feedForwardNorm = weight(name('ffn_norm.weight'), width);
  const gateUp = weight(name('ffn_gate.weight'), width, feedForward);
  weight(name('ffn_up.weight'), width, feedForward);
  const down = weight(name('ffn_down.weight'), feedForward, width);
  const keys = take(kvWidth * positions);
  const values = take(kvWidth * positions);
  return { attentionNorm, qkv, qkvBias, attentionOut, feedForwardNorm, gateUp, down, keys, values };
}
