/** Text to token ids and token ids to bytes. */
import type { GgufMetadata } from '../../artifact/gguf-fields.ts';
import { bytesOfToken } from './byte-alphabet.ts';
import { createMerger } from './merges.ts';
import { preTokenizer } from './pre-tokenizer.ts';
import { readVocabulary, type Vocabulary } from './vocabulary.ts';

/** A model's tokenizer. */
export interface Tokenizer {
  readonly vocabulary: Vocabulary;
  /** Bytes of the longest token: a text of more than n times as many bytes has more than n tokens. */
  readonly longestToken: number;
  /** Ids of plain text. Control tokens are never read from text, however it looks. */
  encode(text: string): number[];
  /** Bytes of a token; none for control tokens. A token may be part of a character. */
  bytesOf(id: number): Uint8Array;
}

/**
 * The tokenizer of a file with `size` embeddings.
 * @throws ArtifactError when it is not one that is computed here
 */
export function createTokenizer(metadata: GgufMetadata, size: number): Tokenizer {
  const vocabulary = readVocabulary(metadata, size);
  const merge = createMerger(vocabulary);
  const cut = preTokenizer(vocabulary.pre);
  const encoder = new TextEncoder();
  const none = new Uint8Array(0);
  const bytes = vocabulary.tokens.map((token, id) => {
    if (vocabulary.control.has(id)) return none;
    return vocabulary.whole.has(id) ? encoder.encode(token) : bytesOfToken(token);
  });
  const split = wholeTokenSplitter(vocabulary);
  return {
    vocabulary,
    longestToken: bytes.reduce((most, { length }) => Math.max(most, length), 1),
    encode(text) {
      const ids: number[] = [];
      for (const part of split(text)) {
        if (typeof part === 'number') ids.push(part);
        else for (const piece of cut(part)) merge(encoder.encode(piece), ids);
      }
      return ids;
    },
    bytesOf: (id) => bytes[id] ?? none,
  };
}

/** Cuts text at the tokens that are matched as a whole, longest first. */
function wholeTokenSplitter({ whole, tokens, ids }: Vocabulary): (text: string) => readonly (string | number)[] {
  const names = [...whole].map((id) => tokens[id] ?? '').filter((name) => name !== '');
  if (names.length === 0) return (text) => [text];
  const escaped = names.toSorted((a, b) => b.length - a.length).map((name) => RegExp.escape(name));
  const pattern = new RegExp(`(${escaped.join('|')})`, 'u');
  return (text) => text.split(pattern).map((part, index) => (index % 2 === 1 ? (ids.get(part) ?? part) : part));
}
