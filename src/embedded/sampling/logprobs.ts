/** How likely a token was, and which others were likely, before temperature and cuts. */
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** A token with the natural logarithm of its probability. */
export interface ScoredToken {
  /** Its text; bytes that are no whole character show as U+FFFD. */
  readonly token: string;
  readonly bytes: readonly number[];
  readonly logprob: number;
}

/** The chosen token and the likeliest ones, best first. */
export interface TokenLogprobs extends ScoredToken {
  readonly top: readonly ScoredToken[];
}

/** Describes the choice of `id` with the `count` likeliest tokens. */
export function scoreToken(logits: Float32Array, id: number, count: number, tokenizer: Tokenizer): TokenLogprobs {
  const most = logits.reduce((max, value) => Math.max(max, value), -Infinity);
  const total = Math.log(logits.reduce((sum, value) => sum + Math.exp(value - most), 0)) + most;
  const scored = (token: number): ScoredToken => {
    const bytes = shownBytes(token, tokenizer);
    return { token: new TextDecoder().decode(bytes), bytes: [...bytes], logprob: logits[token]! - total };
  };
  return { ...scored(id), top: likeliest(logits, count).map(scored) };
}

/** Control tokens are shown by name, because as text they are nothing. */
function shownBytes(id: number, { vocabulary, bytesOf }: Tokenizer): Uint8Array {
  return vocabulary.control.has(id) ? new TextEncoder().encode(vocabulary.tokens[id]) : bytesOf(id);
}

function likeliest(logits: Float32Array, count: number): number[] {
  const best: number[] = [];
  for (let id = 0; id < logits.length && count > 0; id++) {
    if (best.length === count && logits[id]! <= logits[best.at(-1)!]!) continue;
    const place = best.findIndex((other) => logits[other]! < logits[id]!);
    best.splice(place === -1 ? best.length : place, 0, id);
    if (best.length > count) best.pop();
  }
  return best;
}
