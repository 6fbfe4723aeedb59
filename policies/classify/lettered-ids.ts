/** National numbers with letters in them: those of Italy, Spain, Finland and Ireland stand alone, those of Malta and Cyprus need a word. */
import { isDigit, isLetter, tableOf } from './characters.ts';

/** Words that say that a number of Malta or Cyprus follows. */
export const LETTERED_WORDS = 'identity karta tal identita tic tautotita afm';

/** Those of Italy are the longest. */
export const MOST_CHARACTERS = 16;

/** Room for one number, used again for the next. */
const capitals = new Uint8Array(MOST_CHARACTERS);

/** Letters and digits of a text with its letters as capitals, until the next call. @param count 16 at most */
export function readCapitals(units: Uint8Array, from: number, count: number): Uint8Array {
  for (let i = 0; i < count; i++) {
    const unit = units[from + i]!;
    capitals[i] = unit >= 97 ? unit - 32 : unit;
  }
  return capitals;
}

const SPANISH = 'TRWAGMYFPDXBNJZSQVHLCKE';
const FINNISH = '0123456789ABCDEFHJKLMNPRSTUVWXY';
const IRISH = 'WABCDEFGHIJKLMNOPQRSTUV';

/** Values of the characters at odd places, for 0 to 9 and A to Z. Source: Decreto 12 marzo 1974, Ministero delle Finanze. */
const ITALIAN_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** True for a number of Italy, Spain or Ireland. @param word in capitals */
export function isLetteredId(word: Uint8Array, length: number): boolean {
  if (length === 16) return isItalian(word);
  return (length === 9 && isSpanish(word)) || isIrish(word, length);
}

/** `DDMMYY`, a sign for the century, three digits and a check character, at `from`. */
export function isFinnish(units: Uint8Array, from: number): boolean {
  const century = units[from + 6]!;
  const isCentury =
    century === 43 || century === 45 || (century >= 65 && century <= 70) || (century >= 85 && century <= 89);
  const date = numberIn(units, from, 6);
  const serial = numberIn(units, from + 7, 3);
  const day = Math.floor(date / 10_000);
  const month = Math.floor(date / 100) % 100;
  if (!isCentury || serial < 0 || day < 1 || day > 31 || month < 1 || month > 12) return false;
  return FINNISH.charCodeAt((date * 1000 + serial) % 31) === units[from + 10];
}

function isSpanish(word: Uint8Array): boolean {
  // X, Y and Z, with which numbers of foreigners begin, stand for 0, 1 and 2
  const isForeign = word[0]! >= 88 && word[0]! <= 90;
  const rest = numberIn(word, 1, 7);
  const first = isForeign ? word[0]! - 88 : numberIn(word, 0, 1);
  return first >= 0 && rest >= 0 && SPANISH.charCodeAt((first * 10_000_000 + rest) % 23) === word[8];
}

function isIrish(word: Uint8Array, length: number): boolean {
  if (numberIn(word, 0, 7) < 0) return false;
  let sum = 0;
  for (let i = 0; i < 7; i++) sum += (8 - i) * (word[i]! - 48);
  if (length === 9) {
    const second = word[8]! - 64;
    if (second < 1 || second > 23) return false;
    sum += (second % 23) * 9;
  }
  return IRISH.charCodeAt(sum % 23) === word[7];
}

/** Places of the figures, one bit each: 6, 7, 9, 10, 12, 13 and 14. */
const FIGURES = 0b111_0110_1100_0000;
/** What stands for 0 to 9 in codes that would be equal otherwise (omocodia). Source: Decreto 12 marzo 1974, article 6. */
const FIGURES_AS_LETTERS = tableOf((unit) => 'LMNPQRSTUV'.includes(String.fromCharCode(unit)));
const MONTHS = tableOf((unit) => 'ABCDEHLMPRST'.includes(String.fromCharCode(unit)));

function isItalian(word: Uint8Array): boolean {
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const unit = word[i]!;
    const isFigure = isDigit(unit);
    const isKind = ((FIGURES >> i) & 1) === 1 ? isFigure || FIGURES_AS_LETTERS[unit] === 1 : isLetter(unit);
    if (!isKind) return false;
    const value = isFigure ? unit - 48 : unit - 65;
    sum += i % 2 === 0 ? ITALIAN_ODD[value]! : value;
  }
  return word[15] === 65 + (sum % 26) && MONTHS[word[8]!] === 1;
}

/** A number of Malta or Cyprus. @param word in capitals */
export function isIslandId(word: Uint8Array, length: number): boolean {
  return length === 8 ? isMaltese(word) : length === 9 && isCypriot(word);
}

const MALTESE = tableOf((unit) => 'MGAPLHBZ'.includes(String.fromCharCode(unit)));

/** Seven digits and the letter of a register; there is no check. Source: OECD, Tax identification numbers, Malta. */
function isMaltese(word: Uint8Array): boolean {
  return numberIn(word, 0, 7) >= 0 && MALTESE[word[7]!] === 1;
}

const CYPRIOT_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];

/** Eight digits and a letter. Source: European Commission, TIN algorithms, Cyprus. */
function isCypriot(word: Uint8Array): boolean {
  if (numberIn(word, 0, 8) < 0) return false;
  let sum = 0;
  for (let i = 0; i < 8; i++) sum += i % 2 === 0 ? CYPRIOT_ODD[word[i]! - 48]! : word[i]! - 48;
  return word[8] === 65 + (sum % 26);
}

/** What so many digits write; -1 when they are not all digits. */
function numberIn(units: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const unit = units[at]!;
    if (!isDigit(unit)) return -1;
    value = value * 10 + unit - 48;
  }
  return value;
}
