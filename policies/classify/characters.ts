/** Kinds of characters by their unit, as detectors tell them apart: 0 to 127 in ASCII, 128 for every other. */

/** 0 to 9. */
export function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

/** a to z in either case. */
export function isLetter(unit: number): boolean {
  const low = unit | 32;
  return low >= 97 && low <= 122;
}

/** A letter or a digit. */
export function isWord(unit: number): boolean {
  return WORD[unit] === 1;
}

/** A table by unit of what `is` says. */
export function tableOf(is: (unit: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 129 }, (_, unit) => (is(unit) ? 1 : 0));
}

const WORD = tableOf((unit) => isDigit(unit) || isLetter(unit));

/** Letters, digits, `_` and `-`: base64 as it stands in addresses (RFC 4648, section 5). */
export const BASE64URL = tableOf((unit) => isWord(unit) || unit === 95 || unit === 45);
