/** Bytes of tokens to text while a stream runs: a character is shown once all of its bytes are there. */

/** Collects bytes and gives text. */
export interface Detokenizer {
  /** The characters that `bytes` complete. */
  push(bytes: Uint8Array): string;
  /** What is left at the end: a replacement character for a character that stayed incomplete. */
  flush(): string;
}

/** A detokenizer for one answer. */
export function createDetokenizer(): Detokenizer {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return {
    push: (bytes) => decoder.decode(bytes, { stream: true }),
    flush: () => decoder.decode(),
  };
}
