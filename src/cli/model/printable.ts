/** Text of strangers made safe for a terminal: names of files and signers can hold what moves the cursor or hides a line. */

// Controls, and the characters that turn the direction of text or do not show.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The text with every such character as its code point: `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}
