/** Finds the numbers by which states of the European Union know persons, each by its check. */
import { isLetter, isWord } from './characters.ts';
import { ContextReader } from './context.ts';
import { detectorOfNumbers, type Detector } from './detector.ts';
import { isFinnish, isIslandId, isLetteredId, MOST_CHARACTERS, readCapitals } from './lettered-ids.ts';
import { LETTERED_KIND, MOST_DIGITS, NATIONAL_NUMBERS, NATIONAL_WORDS } from './national-numbers.ts';
import { formOf, type Form, type Reading } from './reading.ts';

/** How numbers are written in groups, by the length of the first: what comes behind it, 9 for any digit. */
const GROUPED: readonly (readonly Form[])[] = [
  [],
  [' 99 99 99 999 999 99'],
  [' 999 999 999', '.99.99-999.99', '.99.99-999-99'],
  ['-999-999', ' 999 999', '.999.999'],
  [' 999999', '-999999', ' 99 999', '.99.999'],
  [],
  ['-9999', '+9999', '/9999', ' 9999', '-99999', ' 99999'],
  [],
  ['-9999', '+9999', '/9999', ' 9999'],
].map((forms) => forms.map(formOf));
/** How many digits the second group can have, one bit each, by the length of the first. */
const SECOND = GROUPED.map((forms) => forms.reduce((mask, form) => mask | (1 << form[1]!), 0));
/** What is shorter is a number only as the first of some groups, or behind letters. */
const ALONE = 6;

/** Room for one number, used again for the next. */
const digits = new Uint8Array(MOST_DIGITS);
/** Positions in the list of kinds, by the count of digits. */
const KINDS: readonly (readonly number[])[] = Array.from({ length: MOST_DIGITS + 1 }, (_, count) =>
  NATIONAL_NUMBERS.flatMap((kind, i) => (kind.digits === count ? [i] : [])),
);

/** With a letter for the sign of the century. */
const FINNISH_LENGTH = 11;

/** Runs of digits with which a number can begin: those of Italy have two behind six letters. */
const LENGTHS = Array.from({ length: MOST_DIGITS }, (_, i) => i + 1).filter((length) => length !== 5);

/** The detector `eu_national_id`: the kinds of `national-numbers.ts`, and those with letters. */
export const euNationalId: Detector = detectorOfNumbers('eu_national_id', LENGTHS, (reading) => {
  const context = new ContextReader(reading, NATIONAL_WORDS);
  return (run, start, stop) => {
    const isFirst = stop - start >= ALONE || isLetter(reading.before(start)) || isFollowed(reading, run, stop - start);
    if (!isFirst) return null;
    const offset = start - lettersBefore(reading, start, stop);
    if (isWord(reading.before(offset))) return null;
    const end = offset < start ? endOfLettered(reading, offset, stop, context) : endOfId(reading, run, context);
    return end < 0 ? null : { offset, end, confidence: 0.9 };
  };
});

/** True when a group of a fitting length stands behind a run, one unit apart. */
function isFollowed({ bounds }: Reading, run: number, length: number): boolean {
  const next = bounds[2 * run + 2]!;
  const digits = bounds[2 * run + 3]! - next;
  return next === bounds[2 * run + 1]! + 1 && digits < 31 && ((SECOND[length]! >>> digits) & 1) === 1;
}

/** How many letters stand before the first digits of such a number: six in Italy, one for foreigners in Spain. */
function lettersBefore(reading: Reading, start: number, stop: number): number {
  if (!isLetter(reading.before(start))) return 0;
  return stop - start === 7 ? 1 : 6;
}

/** The end of the number that begins with a run of digits; -1 when there is none. */
function endOfId(reading: Reading, run: number, context: ContextReader): number {
  const { units } = reading;
  const offset = reading.start(run);
  const end = reading.end(run);
  const length = end - offset;
  if (isWord(units[end]!)) return length < 6 ? -1 : endOfLettered(reading, offset, end, context);
  if (length >= 9) return isNational(units, offset, end, context) ? end : -1;
  const forms = GROUPED[length]!;
  for (let i = 0; i < forms.length; i++) {
    const last = reading.endOfForm(run, forms[i]!);
    if (last > 0 && isNational(units, offset, last, context)) return last;
  }
  // in Finland a sign stands before the last four, one of which may be a letter
  if (length !== 6 || (units[end] !== 43 && units[end] !== 45) || endOfWord(units, end + 1) !== end + 5) return -1;
  return isFinnish(units, offset) ? end + 5 : -1;
}

/** The end of the number with letters that begins at `offset` and whose first digits end at `stop`; -1 when there is none. */
function endOfLettered(reading: Reading, offset: number, stop: number, context: ContextReader): number {
  if (offset < 0) return -1;
  const end = endOfWord(reading.units, stop);
  const length = end - offset;
  if (length !== MOST_CHARACTERS && length !== FINNISH_LENGTH && length !== 8 && length !== 9) return -1;
  const word = readCapitals(reading.units, offset, length);
  if (length === FINNISH_LENGTH) return isFinnish(word, 0) ? end : -1;
  return isLetteredId(word, length) || (isIslandId(word, length) && context.near(offset, LETTERED_KIND)) ? end : -1;
}

/** No further than a number could go on. */
function endOfWord(units: Uint8Array, from: number): number {
  let at = from;
  while (at <= from + MOST_CHARACTERS && isWord(units[at]!)) at++;
  return at;
}

function isNational(units: Uint8Array, offset: number, end: number, context: ContextReader): boolean {
  let count = 0;
  for (let at = offset; at < end; at++) {
    const digit = units[at]! - 48;
    if (digit >= 0 && digit <= 9) digits[count++] = digit;
  }
  const isGrouped = count < end - offset;
  const kinds = KINDS[count]!;
  for (let i = 0; i < kinds.length; i++) {
    const { needs, isValid } = NATIONAL_NUMBERS[kinds[i]!]!;
    const isEnough = needs === 'none' || (needs === 'grouped' && isGrouped);
    if (isValid(digits) && (isEnough || context.near(offset, kinds[i]!))) return true;
  }
  return false;
}
