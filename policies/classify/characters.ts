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

/** Offset of the first unit from `from` on that is no digit. Never reads beyond the end, which engines are slow at. */
export function endOfDigits(text: string, from: number): number {
  let at = from;
  while (at < text.length && isDigit(text.charCodeAt(at))) at++;
  return at;
}

/** Offset of the first unit from `from` on that is neither a letter nor a digit. */
export function endOfWord(text: string, from: number): number {
  let at = from;
  while (at < text.length && isWord(text.charCodeAt(at))) at++;
  return at;
}

/**
 * True when a text goes on at `from` as a form says, in which 9 stands for any digit and everything else for itself; behind it comes
 * no letter and no digit.
 */
export function goesOn(text: string, from: number, form: string): boolean {
  const end = from + form.length;
  if (end > text.length) return false;
  for (let i = 0; i < form.length; i++) {
    const code = text.charCodeAt(from + i);
    const wanted = form.charCodeAt(i);
    if (wanted === 57 ? !isDigit(code) : code !== wanted) return false;
  }
  return end === text.length || !isWord(text.charCodeAt(end));
}

/** Calls `each` for every match, with its offset and text; what it returns is where the search goes on. */
export function eachMatch(form: RegExp, text: string, each: (offset: number, found: string) => number): void {
  form.lastIndex = 0;
  for (let hit = form.exec(text); hit !== null; hit = form.exec(text)) form.lastIndex = each(hit.index, hit[0]);
}
