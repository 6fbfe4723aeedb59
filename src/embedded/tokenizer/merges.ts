/** Byte-pair merging over token ids. */
import { ArtifactError } from '../../artifact/artifact-error.ts';
import { BYTE_LETTERS } from './byte-alphabet.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What one merge makes; a lower rank goes first. */
interface Merge {
  readonly rank: number;
  readonly id: number;
}

/** Turns the bytes of one piece of text into token ids. */
export type Merger = (bytes: Uint8Array, out: number[]) => void;

/**
 * Prepares the merges of a vocabulary.
 * @throws ArtifactError when a byte has no token, or a merge names tokens that do not exist
 */
export function createMerger({ ids, merges, tokens }: Vocabulary): Merger {
  const byteIds = BYTE_LETTERS.map((letter, byte) => {
    const id = ids.get(letter);
    if (id === undefined) throw new ArtifactError('missing', 'tokenizer.ggml.tokens', `byte ${byte} has no token`);
    return id;
  });
  const pairs = new Map<number, Merge>();
  const pairKey = (left: number, right: number): number => left * tokens.length + right;
  merges.forEach((merge, rank) => {
    const [left = '', right = ''] = merge.split(' ');
    const [a, b, id] = [ids.get(left), ids.get(right), ids.get(left + right)];
    if (a === undefined || b === undefined || id === undefined) {
      throw new ArtifactError('malformed', 'tokenizer.ggml.merges', `merge ${rank} names a token that does not exist`);
    }
    if (!pairs.has(pairKey(a, b))) pairs.set(pairKey(a, b), { rank, id });
  });
  return (bytes, out) => {
    const symbols = Array.from(bytes, (byte) => byteIds[byte]!);
    while (mergeOnce(symbols, (left, right) => pairs.get(pairKey(left, right)))) {
      // Each round applies the one best merge everywhere, as GPT-2's reference does.
    }
    for (const id of symbols) out.push(id);
  };
}

/** Applies the merge of lowest rank wherever it fits, in place; false when none fits. */
function mergeOnce(symbols: number[], find: (left: number, right: number) => Merge | undefined): boolean {
  let best: Merge | undefined;
  for (let i = 0; i + 1 < symbols.length; i++) {
    const merge = find(symbols[i]!, symbols[i + 1]!);
    if (merge !== undefined && (best === undefined || merge.rank < best.rank)) best = merge;
  }
  if (best === undefined) return false;
  let kept = 0;
  for (let i = 0; i < symbols.length; i++) {
    const isPair = i + 1 < symbols.length && find(symbols[i]!, symbols[i + 1]!)?.rank === best.rank;
    symbols[kept++] = isPair ? best.id : symbols[i]!;
    if (isPair) i++;
  }
  symbols.length = kept;
  return true;
}
