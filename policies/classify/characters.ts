/** Kinds of characters by their UTF-16 unit, as detectors tell them apart. */

/** 0 to 9. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** a to z in either case. */
export function isLetter(code: number): boolean {
  const low = code | 32;
  return low >= 97 && low <= 122;
}

/** A letter or a digit. NaN, the unit beyond either end of a text, is neither. */
export function isWord(code: number): boolean {
  return isDigit(code) || isLetter(code);
}

/** Offset of the first unit from `from` on that is no digit. */
export function endOfDigits(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}

/** Calls `each` for every match, with its offset and text; what it returns is where the search goes on. */
export function eachMatch(form: RegExp, text: string, each: (offset: number, found: string) => number): void {
  form.lastIndex = 0;
  for (let hit = form.exec(text); hit !== null; hit = form.exec(text)) form.lastIndex = each(hit.index, hit[0]);
}
