/** GPT-2's printable stand-ins for the 256 bytes, in which the vocabularies of byte-level models are written. */

function isPrintable(byte: number): boolean {
  return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

let next = 256;
const LETTERS = Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(isPrintable(byte) ? byte : next++));
const BYTES: ReadonlyMap<string, number> = new Map(LETTERS.map((letter, byte) => [letter, byte]));

/** The letter that stands for each byte. */
export const BYTE_LETTERS: readonly string[] = LETTERS;

/** The bytes that a token of the vocabulary stands for; a letter outside the alphabet stands for its own UTF-8. */
export function bytesOfToken(token: string): Uint8Array {
  const letters = [...token];
  const bytes = letters.map((letter) => BYTES.get(letter));
  const known = bytes.filter((byte) => byte !== undefined);
  return known.length === bytes.length ? Uint8Array.from(known) : new TextEncoder().encode(token);
}
