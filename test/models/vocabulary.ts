/** Small byte-level vocabularies for tests: the 256 bytes, merges learnt from a text, and special tokens. */

/** What a tokenizer section of a GGUF file holds. */
export interface TestVocabulary {
  readonly tokens: readonly string[];
  readonly merges: readonly string[];
  /** Ids of the special tokens, by text. */
  readonly special: ReadonlyMap<string, number>;
}

/** The special tokens of ChatML, as Qwen2 has them. */
export const CHATML_TOKENS = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'] as const;

/** The special tokens of the DeepSeek R1 distills. */
export const DEEPSEEK_TOKENS = [
  '<\uff5cbegin\u2581of\u2581sentence\uff5c>',
  '<\uff5cend\u2581of\u2581sentence\uff5c>',
  '<\uff5cUser\uff5c>',
  '<\uff5cAssistant\uff5c>',
] as const;

/** GPT-2's printable stand-in for every byte. */
export function byteLetters(): string[] {
  const printable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(printable(byte) ? byte : next++));
}

/** Learns `count` merges from `text`, most frequent pair first, ties to the earlier pair in code point order. */
export function learnMerges(text: string, count: number): string[] {
  const letters = byteLetters();
  const encoder = new TextEncoder();
  const words = (text.match(/ ?\p{L}+| ?[^\s\p{L}]+|\s+/gu) ?? []).map((word) =>
    [...encoder.encode(word)].map((byte) => letters[byte] ?? ''),
  );
  const merges: string[] = [];
  while (merges.length < count) {
    const pairs = new Map<string, number>();
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        const pair = `${word[i]} ${word[i + 1]}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
      }
    }
    const [best] = [...pairs].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    if (best === undefined) break;
    merges.push(best[0]);
    for (const word of words) applyMerge(word, best[0]);
  }
  return merges;
}

function applyMerge(word: string[], merge: string): void {
  for (let i = 0; i + 1 < word.length; i++) {
    if (`${word[i]} ${word[i + 1]}` === merge) word.splice(i, 2, `${word[i]}${word[i + 1]}`);
  }
}

/** Bytes, merged pairs, then special tokens; filled up with unused tokens to `size` where that is larger. */
export function makeVocabulary(merges: readonly string[], special: readonly string[], size = 0): TestVocabulary {
  const tokens = [...byteLetters(), ...new Set(merges.map((merge) => merge.replace(' ', '')))];
  const ids = new Map<string, number>();
  for (const text of special) {
    ids.set(text, tokens.length);
    tokens.push(text);
  }
  for (let i = 0; tokens.length < size; i++) tokens.push(`[unused${i}]`);
  return { tokens, merges, special: ids };
}
