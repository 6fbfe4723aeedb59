/** Cuts text into the pieces within which a byte-level tokenizer merges. */
import { ArtifactError } from '../../artifact/artifact-error.ts';

// JavaScript's \s knows U+FEFF and not U+0085; the vocabularies were made with Unicode's White_Space.
const written = (pattern: string): string =>
  pattern.replaceAll('\\s', '\\p{White_Space}').replaceAll('\\S', '\\P{White_Space}');

const GPT2 = written(String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`);
const QWEN2 = written(
  String.raw`'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
);

/** By the name in `tokenizer.ggml.pre`. Source: llama.cpp `llm_tokenizer_bpe`. */
const PATTERNS: ReadonlyMap<string, string> = new Map([
  ['gpt-2', GPT2],
  ['qwen2', QWEN2],
  ['deepseek-r1-qwen', QWEN2],
]);

/** Cuts a text; the pieces joined are the text. */
export type PreTokenizer = (text: string) => readonly string[];

/**
 * The pre-tokenizer of that name.
 * @throws ArtifactError for a name that is not known: guessing would give other tokens without a sign
 */
export function preTokenizer(name: string | null): PreTokenizer {
  const pattern = PATTERNS.get(name ?? '');
  if (pattern === undefined) {
    const known = [...PATTERNS.keys()].join(', ');
    throw new ArtifactError('unsupported', 'tokenizer.ggml.pre', `${name} is not known here; ${known} are`);
  }
  const regex = new RegExp(pattern, 'gu');
  return (text) => text.match(regex) ?? [];
}
