/** Finds the numbers by which states of the European Union know persons, each by its check. */
import type { Classifier } from '../../src/core/data-class.ts';
import { eachMatch, endOfDigits, isDigit, isWord } from './characters.ts';
import { ContextReader } from './context.ts';
import { isFinnish, isLetteredId } from './lettered-ids.ts';
import { NATIONAL_NUMBERS, NATIONAL_WORDS } from './national-numbers.ts';

/**
 * The ways in which they are written, told apart digit by digit, so that a text is read once: one run of 9 to 15, the groups of
 * one of the countries, the letters of Spain and Ireland at the end, the sign and letter of Finland.
 */
const WRITTEN = new RegExp(
  '(?<![0-9A-Za-z])\\d(?:' +
    '\\d(?:' +
    '\\d(?:' +
    '\\d(?:\\d{5,11}|\\d{3}\\d?[A-Za-z]{1,2}|[. ]\\d\\d[. ]\\d{3}|[ -]\\d{6}|' +
    '\\d\\d(?:(?:\\d\\d)?[-+ /]\\d{4}|[-+A-FU-Y]\\d{3}[0-9A-Y]))' +
    '|[ .-]\\d{3}[ .-]\\d{3})' +
    '| \\d{3} \\d{3} \\d{3}|\\.\\d\\d\\.\\d\\d-\\d{3}[.-]\\d\\d)' +
    '| \\d\\d \\d\\d \\d\\d \\d{3} \\d{3} \\d\\d)',
  'g',
);
/** Foreigners in Spain. */
const FOREIGN = /[XYZxyz]\d{7}[A-Za-z]/g;
/** The tail of an Italian code, which no other word has; six letters and two digits stand before it. */
const ITALIAN = /\d[A-Za-z]\d\d[A-Za-z]\d{3}[A-Za-z]/g;
const ITALIAN_HEAD = 7;

const MOST_DIGITS = 15;
const digits = new Uint8Array(MOST_DIGITS);
/** Positions in the list of kinds, by the count of digits. */
const KINDS: readonly (readonly number[])[] = Array.from({ length: MOST_DIGITS + 1 }, (_, count) =>
  NATIONAL_NUMBERS.flatMap((kind, i) => (kind.digits === count ? [i] : [])),
);

/** The detector `eu_national_id`: the kinds of `national-numbers.ts`, and four with letters. */
export const euNationalId: Classifier = Object.freeze({
  id: 'eu_national_id',
  inspect(text, at, out) {
    const add = (offset: number, { length }: string): number => {
      out.push({ detector: 'eu_national_id', field: at, offset, length, confidence: 0.9 });
      return offset + length;
    };
    eachMatch(ITALIAN, text, (offset, tail) => {
      const start = offset - ITALIAN_HEAD;
      const found = start < 0 ? '' : text.slice(start, offset + tail.length);
      return isAlone(text, start, found) && isLetteredId(found) ? add(start, found) : offset + 1;
    });
    eachMatch(FOREIGN, text, (offset, found) =>
      isAlone(text, offset, found) && isLetteredId(found) ? add(offset, found) : offset + found.length,
    );
    const context = new ContextReader(text, NATIONAL_WORDS);
    eachMatch(WRITTEN, text, (offset, found) => {
      const isOne =
        isAlone(text, offset, found) && (isNational(found, offset, context) || isLetteredId(found) || isFinnish(found));
      return isOne ? add(offset, found) : endOfDigits(text, offset);
    });
  },
} satisfies Classifier);

function isAlone(text: string, offset: number, { length }: string): boolean {
  return length > 0 && !isWord(text.charCodeAt(offset - 1)) && !isWord(text.charCodeAt(offset + length));
}

function isNational(found: string, offset: number, context: ContextReader): boolean {
  let count = 0;
  for (let i = 0; i < found.length; i++) {
    const code = found.charCodeAt(i);
    if (isDigit(code)) digits[count++] = code - 48;
    else if (isWord(code)) return false;
  }
  return KINDS[count]!.some((i) => {
    const { needs, isValid } = NATIONAL_NUMBERS[i]!;
    if (!isValid(digits)) return false;
    return needs === 'none' || (needs === 'grouped' && count < found.length) || context.near(offset, i);
  });
}
