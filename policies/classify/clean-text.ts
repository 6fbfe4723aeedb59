/** Texts as a reader takes them: without invisible characters, with plain spaces, hyphens and digits, and with JSON escapes undone. */

const ODD =
  /[\u00a0\u00ad\u061c\u180e\u2000-\u2015\u2028-\u202f\u205f-\u206f\u2212\u3000\ufe58\ufe63\ufeff\uff01-\uff5e\ud835]/;
const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+/g;
const SPACES = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g;
const HYPHENS = /[\u2010-\u2015\u2212\ufe58\ufe63]/g;
const WIDE = /[\uff01-\uff5e\ud835]/;

/** The text with what only looks different made equal; most texts come back as they are. */
export function plainText(text: string): string {
  if (!ODD.test(text)) return text;
  const plain = text.replace(INVISIBLE, '').replace(SPACES, ' ').replace(HYPHENS, '-');
  return WIDE.test(plain) ? plain.normalize('NFKC') : plain;
}

const CODE = /\\u([0-9A-Fa-f]{4})/g;

/**
 * The text with the escapes of JSON undone, for JSON that is carried as text (arguments of tools); null where there are none.
 * Not a parser: what is not whole JSON, or has a key twice, is read as well.
 */
export function unescapedText(text: string): string | null {
  if (!text.includes('\\')) return null;
  const plain = text
    .replace(/\\[bfnrt]/g, '\n')
    .replaceAll('\\"', '"')
    .replaceAll('\\/', '/');
  return plain.replace(CODE, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
