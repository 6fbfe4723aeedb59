/** The tokens of a model with their kinds and merges, read from a GGUF file. */
import { ArtifactError } from '../../artifact/artifact-error.ts';
import {
  booleanField,
  type GgufMetadata,
  integerField,
  integersField,
  textField,
  textsField,
} from '../../artifact/gguf-fields.ts';

/** Tokens by id. */
export interface Vocabulary {
  readonly tokens: readonly string[];
  readonly ids: ReadonlyMap<string, number>;
  readonly merges: readonly string[];
  /** Tokens that steer and are never read from text or shown in it. */
  readonly control: ReadonlySet<number>;
  /** Tokens that are matched in text as a whole. */
  readonly whole: ReadonlySet<number>;
  /** Tokens after which an answer is over. */
  readonly ends: ReadonlySet<number>;
  /** The token that every prompt begins with; null = none. */
  readonly begin: number | null;
  /** Name of the pre-tokenizer; null = not told. */
  readonly pre: string | null;
}

/** Source: ggml `llama_token_type`. */
const CONTROL = 3;
const USER_DEFINED = 4;
const UNUSED = 5;

const END_NAMES = ['<|im_end|>', '<|endoftext|>', '<\uff5cend\u2581of\u2581sentence\uff5c>'];

/**
 * Reads the tokenizer section.
 * @throws ArtifactError when it is not a byte-level BPE tokenizer or contradicts itself
 */
export function readVocabulary(metadata: GgufMetadata, size: number): Vocabulary {
  const model = textField(metadata, 'tokenizer.ggml.model');
  if (model !== 'gpt2') throw new ArtifactError('unsupported', 'tokenizer.ggml.model', `${model} is not read, gpt2 is`);
  const tokens = textsField(metadata, 'tokenizer.ggml.tokens');
  if (tokens.length === 0 || tokens.length !== size) {
    throw new ArtifactError('malformed', 'tokenizer.ggml.tokens', `${tokens.length} tokens for ${size} embeddings`);
  }
  const ids = new Map(tokens.map((token, id) => [token, id]));
  if (ids.size !== tokens.length)
    throw new ArtifactError('duplicate-name', 'tokenizer.ggml.tokens', 'a token occurs twice');
  const kinds = integersField(metadata, 'tokenizer.ggml.token_type') ?? new Int32Array(tokens.length).fill(1);
  if (kinds.length !== tokens.length) {
    throw new ArtifactError('malformed', 'tokenizer.ggml.token_type', 'not one kind per token');
  }
  const ofKind = (...wanted: number[]): Set<number> =>
    new Set(tokens.keys().filter((id) => wanted.includes(kinds[id] ?? 0)));
  const control = ofKind(CONTROL, UNUSED);
  const idField = (key: string): number | null =>
    metadata.has(key) ? integerField(metadata, key, { min: 0, max: tokens.length - 1 }) : null;
  const named = END_NAMES.map((name) => ids.get(name)).filter((id) => id !== undefined && control.has(id));
  const told = [idField('tokenizer.ggml.eos_token_id'), idField('tokenizer.ggml.eot_token_id')];
  return {
    tokens,
    ids,
    merges: textsField(metadata, 'tokenizer.ggml.merges'),
    control,
    whole: ofKind(USER_DEFINED),
    ends: new Set([...named, ...told].filter((id) => id != null)),
    begin:
      booleanField(metadata, 'tokenizer.ggml.add_bos_token') === true ? idField('tokenizer.ggml.bos_token_id') : null,
    pre: textField(metadata, 'tokenizer.ggml.pre'),
  };
}
