/** The shape of a qwen2 model as its file declares it, checked before anything is computed with it. */
import { ArtifactError } from '../artifact/artifact-error.ts';
import { type GgufMetadata, integerField, positiveField, textField } from '../artifact/gguf-fields.ts';
import type { GgufHeader } from '../artifact/gguf.ts';

/** Sizes in elements. */
export interface ModelShape {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headWidth: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  /** Tokens that the model was made for. */
  readonly contextTokens: number;
  readonly epsilon: number;
  readonly ropeBase: number;
  /** True where the output matrix is the embedding itself. */
  readonly tied: boolean;
}

const MAX_LAYERS = 256;
const MAX_SIZE = 65_536;
/** The kernels take four floats at a time. */
const LANES = 4;

/**
 * Reads the shape.
 * @throws ArtifactError when the architecture is not qwen2 or a size cannot be computed with here
 */
export function readShape(header: GgufHeader): ModelShape {
  const { metadata, tensors } = header;
  const architecture = textField(metadata, 'general.architecture');
  if (architecture !== 'qwen2') {
    throw new ArtifactError('unsupported', 'general.architecture', `${architecture} is not computed here, qwen2 is`);
  }
  const size = (key: string, max = MAX_SIZE): number => integerField(metadata, `qwen2.${key}`, { min: 1, max });
  const width = size('embedding_length');
  const heads = size('attention.head_count');
  const kvHeads = integerField(metadata, 'qwen2.attention.head_count_kv', { min: 1, max: heads, fallback: heads });
  const headWidth = width / heads;
  const feedForward = size('feed_forward_length');
  requireWhole('qwen2.attention.head_count', width % (heads * LANES) === 0 && heads % kvHeads === 0);
  requireWhole('qwen2.feed_forward_length', feedForward % LANES === 0);
  requirePlainRope(metadata, headWidth);
  return {
    layers: size('block_count', MAX_LAYERS),
    width,
    heads,
    kvHeads,
    headWidth,
    feedForward,
    vocabulary: tensors.get('token_embd.weight')?.shape[1] ?? 0,
    contextTokens: size('context_length', 2 ** 24),
    epsilon: positiveField(metadata, 'qwen2.attention.layer_norm_rms_epsilon'),
    ropeBase: positiveField(metadata, 'qwen2.rope.freq_base', 10_000),
    tied: !tensors.has('output.weight'),
  };
}

function requireWhole(key: string, holds: boolean): void {
  if (!holds) throw new ArtifactError('unsupported', key, 'does not divide the model into whole groups of four');
}

/** Stretched or partial rotations would silently give other answers. */
function requirePlainRope(metadata: GgufMetadata, headWidth: number): void {
  const scaling = textField(metadata, 'qwen2.rope.scaling.type') ?? 'none';
  if (scaling !== 'none')
    throw new ArtifactError('unsupported', 'qwen2.rope.scaling.type', `${scaling} is not computed`);
  for (const key of ['qwen2.attention.key_length', 'qwen2.attention.value_length', 'qwen2.rope.dimension_count']) {
    integerField(metadata, key, { min: headWidth, max: headWidth, fallback: headWidth });
  }
}
