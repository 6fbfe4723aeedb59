/** Byte-pair merging over token ids. */
import { ArtifactError } from '../../artifact/artifact-error.ts';
import { BYTE_LETTERS } from './byte-alphabet.ts';
import { NumberHeap } from './number-heap.ts';
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
  const find = (left: number, right: number): Merge | undefined => pairs.get(pairKey(left, right));
  return (bytes, out) => {
    const symbols = Int32Array.from(bytes, (byte) => byteIds[byte]!);
    mergeAll(symbols, find);
    for (const id of symbols) if (id !== GONE) out.push(id);
  };
}

/** Marks a symbol that was merged into the one before it. */
const GONE = -1;
/** Pairs wait as rank * PLACES + place: the lowest rank first, from left to right among equals. */
const PLACES = 2 ** 26;

/** Applies the merges in place, always the one of lowest rank next. */
function mergeAll(symbols: Int32Array, find: (left: number, right: number) => Merge | undefined): void {
  const { length } = symbols;
  const after = Int32Array.from({ length }, (_, at) => at + 1);
  const before = Int32Array.from({ length }, (_, at) => at - 1);
  const waiting = new NumberHeap();
  const mergeAt = (at: number): Merge | undefined => {
    const right = at < 0 ? length : after[at]!;
    return right < length ? find(symbols[at]!, symbols[right]!) : undefined;
  };
  const expect = (at: number): void => {
    const merge = mergeAt(at);
    if (merge !== undefined) waiting.push(merge.rank * PLACES + at);
  };
  for (let at = 0; at < length; at++) expect(at);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const at = next % PLACES;
    const merge = symbols[at] === GONE ? undefined : mergeAt(at);
    // What waited may have been merged with a neighbour since.
    if (merge === undefined || merge.rank !== Math.floor(next / PLACES)) continue;
    const right = after[at]!;
    symbols[at] = merge.id;
    symbols[right] = GONE;
    after[at] = after[right]!;
    if (after[at]! < length) before[after[at]!] = at;
    expect(at);
    expect(before[at]!);
  }
}
