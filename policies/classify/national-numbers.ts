/** Numbers that states of the European Union give to persons: how many digits, which check, and how far it can be trusted alone. */
import { isLuhn, isMod1110, isVerhoeff, numberAt, weighted } from './check-digits.ts';
import { contextWords } from './context.ts';
import { LETTERED_WORDS } from './lettered-ids.ts';

/** No such number has more digits. */
export const MOST_DIGITS = 15;

/** A kind of number made of digits only. */
export interface NationalNumber {
  readonly country: string;
  readonly digits: number;
  /** Words that say what the number is. */
  readonly words: string;
  /** `none`: the check alone is enough. `grouped`: the usual separator is too. `word`: a word must say what it is. */
  readonly needs: 'none' | 'grouped' | 'word';
  /** Judges the first `digits` entries. */
  isValid(digits: Uint8Array): boolean;
}

function isDate(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= (month === 2 ? (year % 4 === 0 ? 29 : 28) : DAYS[month - 1]!);
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function pair(digits: Uint8Array, at: number): number {
  return digits[at]! * 10 + digits[at + 1]!;
}

/** Steuer-Identifikationsnummer: among the first ten one digit occurs twice or thrice, another may be missing. */
function isGerman(d: Uint8Array): boolean {
  if (d[0] === 0 || !isMod1110(d, 11)) return false;
  // digits that were seen once, twice and so on, one bit each
  let once = 0;
  let twice = 0;
  let thrice = 0;
  let oftener = 0;
  for (let i = 0; i < 10; i++) {
    const digit = 1 << d[i]!;
    oftener |= thrice & digit;
    thrice |= twice & digit;
    twice |= once & digit;
    once |= digit;
  }
  return twice !== 0 && (twice & (twice - 1)) === 0 && oftener === 0;
}

function isFrench(d: Uint8Array): boolean {
  if (d[0] !== 1 && d[0] !== 2) return false;
  const month = pair(d, 3);
  if (month === 0 || (month > 12 && month < 20) || (month > 42 && month < 50)) return false;
  return 97 - (numberAt(d, 0, 13) % 97) === pair(d, 13);
}

function isBelgian(d: Uint8Array): boolean {
  const month = pair(d, 2) % 20;
  if (month > 12 || pair(d, 4) > 31) return false;
  const head = numberAt(d, 0, 9);
  const check = pair(d, 9);
  return 97 - (head % 97) === check || 97 - ((2_000_000_000 + head) % 97) === check;
}

function isPolish(d: Uint8Array): boolean {
  if (!isDate(pair(d, 0), pair(d, 2) % 20, pair(d, 4))) return false;
  return (10 - (weighted(d, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10 === d[10];
}

function isDutch(d: Uint8Array): boolean {
  return (d[0] !== 0 || d[1] !== 0) && weighted(d, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;
}

function isPortuguese(d: Uint8Array): boolean {
  const check = 11 - (weighted(d, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return d[0] !== 0 && (check > 9 ? 0 : check) === d[8];
}

function isSwedish(d: Uint8Array): boolean {
  // numbers for persons without a registration add 60 to the day
  return isDate(pair(d, 0), pair(d, 2), pair(d, 4) % 60) && isLuhn(d, 0, 10);
}

function isCentury(d: Uint8Array): boolean {
  return pair(d, 0) === 19 || pair(d, 0) === 20;
}

function isDanish(d: Uint8Array): boolean {
  return isDate(pair(d, 4), pair(d, 2), pair(d, 0)) && weighted(d, [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
}

function isAustrian(d: Uint8Array): boolean {
  const check = (weighted(d, [3, 7, 9]) + weighted(d, [5, 8, 4, 2, 1, 6], 4)) % 11;
  return check === d[3] && d[0] !== 0 && isDate(pair(d, 8), pair(d, 6), pair(d, 4));
}

function isRomanian(d: Uint8Array): boolean {
  const check = weighted(d, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return d[0] !== 0 && isDate(pair(d, 1), pair(d, 3), pair(d, 5)) && (check === 10 ? 1 : check) === d[12];
}

function isBulgarian(d: Uint8Array): boolean {
  const check = weighted(d, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11;
  return isDate(pair(d, 0), pair(d, 2) % 20, pair(d, 4)) && check % 10 === d[9];
}

/** Czech and Slovak: women add 50 to the month, and 20 is added where a day has no numbers left. */
function isCzech(d: Uint8Array): boolean {
  return isDate(pair(d, 0), (pair(d, 2) % 50) % 20, pair(d, 4)) && numberAt(d, 0, 10) % 11 === 0;
}

/** Estonia and Lithuania have one form; in Lithuania nine stands before numbers that were given without a date of birth. */
function isBaltic(d: Uint8Array): boolean {
  const isDated = d[0] !== 0 && d[0]! < 9 && isDate(pair(d, 1), pair(d, 3), pair(d, 5));
  if (!isDated && d[0] !== 9) return false;
  let check = weighted(d, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  if (check === 10) check = weighted(d, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
  return check % 10 === d[10];
}

/** Until 2017 with the date of birth; since then with 32 to 39 in front, of which no check is published. */
function isLatvian(d: Uint8Array): boolean {
  if (d[0] === 3 && d[1]! >= 2) return true;
  const check = ((1 + weighted(d, [10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11) % 10;
  return d[6]! <= 2 && isDate(pair(d, 4), pair(d, 2), pair(d, 0)) && check === d[10];
}

/** Date of birth and serial, then two checks over the same eleven digits. */
function isLuxembourgish(d: Uint8Array): boolean {
  const century = pair(d, 0);
  if (century < 18 || century > 20 || !isDate(pair(d, 2), pair(d, 4), pair(d, 6)) || !isLuhn(d, 0, 12)) return false;
  for (let i = 0; i < 11; i++) luxembourgish[i] = d[i]!;
  luxembourgish[11] = d[12]!;
  return isVerhoeff(luxembourgish, 12);
}

/** Room for the digits of the second check. */
const luxembourgish = new Uint8Array(12);

function isGreek(d: Uint8Array): boolean {
  return (weighted(d, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === d[8];
}

function isSlovenian(d: Uint8Array): boolean {
  const check = 11 - (weighted(d, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return isDate(pair(d, 5), pair(d, 2), pair(d, 0)) && check < 11 && check % 10 === d[12];
}

function isHungarian(d: Uint8Array): boolean {
  return weighted(d, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === d[8];
}

function row(
  country: string,
  digits: number,
  needs: NationalNumber['needs'],
  isValid: NationalNumber['isValid'],
  words: string,
): NationalNumber {
  return Object.freeze({ country, digits, needs, isValid, words });
}

/**
 * Source: the national rules as collected by the European Commission (TIN algorithms, public, version 2024-11), and for Latvia and
 * Luxembourg the sheets of these countries at the OECD (Tax identification numbers, automatic exchange portal).
 */
export const NATIONAL_NUMBERS: readonly NationalNumber[] = Object.freeze([
  row('DE', 11, 'word', isGerman, 'steuer steueridentifikationsnummer identifikationsnummer idnr tin steuerid'),
  row('FR', 15, 'none', isFrench, 'nir insee securite'),
  row('BE', 11, 'grouped', isBelgian, 'rijksregisternummer nationalregister registre niss insz rrn'),
  row('PL', 11, 'word', isPolish, 'pesel'),
  row('NL', 9, 'word', isDutch, 'bsn burgerservicenummer sofinummer'),
  row('PT', 9, 'word', isPortuguese, 'nif contribuinte'),
  row('SE', 10, 'grouped', isSwedish, 'personnummer samordningsnummer pnr'),
  row('SE', 12, 'grouped', (d) => isCentury(d) && isSwedish(d.subarray(2)), 'personnummer samordningsnummer pnr'),
  row('DK', 10, 'word', isDanish, 'cpr personnummer'),
  row('AT', 10, 'word', isAustrian, 'svnr sozialversicherungsnummer versicherungsnummer'),
  row('RO', 13, 'word', isRomanian, 'cnp'),
  row('BG', 10, 'word', isBulgarian, 'egn'),
  row('CZ', 10, 'grouped', isCzech, 'rodne rc cislo'),
  row('HR', 11, 'word', (d) => isMod1110(d, 11), 'oib'),
  row('EE', 11, 'word', isBaltic, 'isikukood asmens kodas ak'),
  row('GR', 9, 'word', isGreek, 'afm'),
  row('SI', 13, 'word', isSlovenian, 'emso'),
  row('LV', 11, 'word', isLatvian, 'personas kods pk'),
  row('LU', 13, 'none', isLuxembourgish, 'matricule'),
  row('HU', 9, 'word', isHungarian, 'taj'),
]);

/** The words of every kind, by its position in the list; behind them those of the numbers with letters that need one. */
export const NATIONAL_WORDS = contextWords(...NATIONAL_NUMBERS.map(({ words }) => words), LETTERED_WORDS);
/** The kind of `LETTERED_WORDS`. */
export const LETTERED_KIND = NATIONAL_NUMBERS.length;
