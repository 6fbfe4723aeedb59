/** Finds the numbers by which states of the European Union know persons, each by its check. */
import { endOfWord, goesOn, isDigit, isLetter, isWord } from './characters.ts';
import { ContextReader } from './context.ts';
import { detectorOfNumbers, type Detector } from './digit-runs.ts';
import { isFinnish, isIslandId, isLetteredId } from './lettered-ids.ts';
import { LETTERED_KIND, NATIONAL_NUMBERS, NATIONAL_WORDS } from './national-numbers.ts';

/** How numbers are written in groups, by the length of the first: what comes behind it, 9 for any digit. */
const GROUPED: readonly (readonly string[])[] = [
  [],
  [' 99 99 99 999 999 99'],
  [' 999 999 999', '.99.99-999.99', '.99.99-999-99'],
  ['-999-999', ' 999 999', '.999.999'],
  [' 999999', '-999999', ' 99 999', '.99.999'],
  [],
  ['-9999', '+9999', '/9999', ' 9999', '-99999', ' 99999'],
  [],
  ['-9999', '+9999', '/9999', ' 9999'],
];

const MOST_DIGITS = 15;
const digits = new Uint8Array(MOST_DIGITS);
/** Positions in the list of kinds, by the count of digits. */
const KINDS: readonly (readonly number[])[] = Array.from({ length: MOST_DIGITS + 1 }, (_, count) =>
  NATIONAL_NUMBERS.flatMap((kind, i) => (kind.digits === count ? [i] : [])),
);

/** The detector `eu_national_id`: the kinds of `national-numbers.ts`, and those with letters. */
export const euNationalId: Detector = detectorOfNumbers('eu_national_id', (text) => {
  const context = new ContextReader(text, NATIONAL_WORDS);
  return (start, stop) => {
    const offset = start - lettersBefore(text, start, stop);
    if (offset > 0 && isWord(text.charCodeAt(offset - 1))) return null;
    const end = offset < start ? endOfLettered(text, offset, stop, context) : endOfId(text, offset, stop, context);
    return end < 0 ? null : { offset, end, confidence: 0.9 };
  };
});

/** How many letters stand before the first digits of such a number: six in Italy, one for foreigners in Spain. */
function lettersBefore(text: string, start: number, stop: number): number {
  if (start === 0 || !isLetter(text.charCodeAt(start - 1))) return 0;
  return stop - start === 7 ? 1 : 6;
}

/** The end of the number that begins with the digits from `offset` to `end`; -1 when there is none. */
function endOfId(text: string, offset: number, end: number, context: ContextReader): number {
  const length = end - offset;
  if (length > MOST_DIGITS) return -1;
  const isWhole = end === text.length || !isWord(text.charCodeAt(end));
  if (!isWhole) return length < 6 ? -1 : endOfLettered(text, offset, end, context);
  if (length >= 9) return isNational(text, offset, end, context) ? end : -1;
  for (const form of GROUPED[length]!) {
    const last = end + form.length;
    if (goesOn(text, end, form) && isNational(text, offset, last, context)) return last;
  }
  // in Finland a sign stands before the last four, one of which may be a letter
  return length === 6 && endOfWord(text, end + 1) === end + 5 && isFinnish(text.slice(offset, end + 5)) ? end + 5 : -1;
}

/** The end of the number with letters that begins at `offset` and whose first digits end at `stop`; -1 when there is none. */
function endOfLettered(text: string, offset: number, stop: number, context: ContextReader): number {
  if (offset < 0) return -1;
  const end = endOfWord(text, stop);
  const length = end - offset;
  if (length !== 16 && (length < 8 || length > 10)) return -1;
  const word = text.slice(offset, end).toUpperCase();
  if (length === 10) return isFinnish(word) ? end : -1;
  return isLetteredId(word) || (isIslandId(word) && context.near(offset, LETTERED_KIND)) ? end : -1;
}

function isNational(text: string, offset: number, end: number, context: ContextReader): boolean {
  let count = 0;
  for (let i = offset; i < end; i++) {
    const code = text.charCodeAt(i);
    if (isDigit(code)) digits[count++] = code - 48;
  }
  const isGrouped = count < end - offset;
  return KINDS[count]!.some((i) => {
    const { needs, isValid } = NATIONAL_NUMBERS[i]!;
    const isEnough = needs === 'none' || (needs === 'grouped' && isGrouped);
    return (isEnough || context.near(offset, i)) && isValid(digits);
  });
}
