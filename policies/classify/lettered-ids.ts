/** National numbers with letters in them: those of Italy, Spain, Finland and Ireland stand alone, those of Malta and Cyprus need a word. */
import { isDigit, isLetter } from './characters.ts';

/** Words that say that a number of Malta or Cyprus follows. */
export const LETTERED_WORDS = 'identity karta tal identita tic tautotita afm';

const SPANISH = 'TRWAGMYFPDXBNJZSQVHLCKE';
const FINNISH = '0123456789ABCDEFHJKLMNPRSTUVWXY';
const IRISH = 'WABCDEFGHIJKLMNOPQRSTUV';

/** Values of the characters at odd places, for 0 to 9 and A to Z. Source: Decreto 12 marzo 1974, Ministero delle Finanze. */
const ITALIAN_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** True for a number of Italy, Spain or Ireland. @param text in capitals */
export function isLetteredId(text: string): boolean {
  switch (text.length) {
    case 8:
      return isIrish(text);
    case 9:
      return isSpanish(text) || isIrish(text);
    case 16:
      return isItalian(text);
    default:
      return false;
  }
}

/** `DDMMYY`, a sign for the century, three digits and a check character. */
export function isFinnish(text: string): boolean {
  const [, day, month, , serial, check] = /^(\d{2})(\d{2})(\d{2})[-+A-FU-Y](\d{3})([0-9A-Y])$/.exec(text) ?? [];
  if (day === undefined || Number(day) < 1 || Number(day) > 31 || Number(month) < 1 || Number(month) > 12) return false;
  return FINNISH[Number(text.slice(0, 6) + serial!) % 31] === check;
}

function isSpanish(text: string): boolean {
  const first = 'XYZ'.indexOf(text[0]!);
  const figures = (first >= 0 ? String(first) : text[0]!) + text.slice(1, 8);
  return isAllDigits(figures) && SPANISH[Number(figures) % 23] === text[8];
}

function isIrish(text: string): boolean {
  if (!isAllDigits(text.slice(0, 7))) return false;
  let sum = 0;
  for (let i = 0; i < 7; i++) sum += (8 - i) * Number(text[i]);
  if (text.length === 9) {
    const second = text.charCodeAt(8) - 64;
    if (second < 1 || second > 23) return false;
    sum += (second % 23) * 9;
  }
  return IRISH[sum % 23] === text[7];
}

const FIGURES = [6, 7, 9, 10, 12, 13, 14];
/** What stands for 0 to 9 in codes that would be equal otherwise (omocodia). Source: Decreto 12 marzo 1974, article 6. */
const FIGURES_AS_LETTERS = 'LMNPQRSTUV';

function isItalian(text: string): boolean {
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const code = text.charCodeAt(i);
    const isFigure = isDigit(code);
    if (FIGURES.includes(i) ? !isFigure && !FIGURES_AS_LETTERS.includes(text[i]!) : !isLetter(code)) return false;
    const value = isFigure ? code - 48 : code - 65;
    sum += i % 2 === 0 ? ITALIAN_ODD[value]! : value;
  }
  return text.charCodeAt(15) === 65 + (sum % 26) && 'ABCDEHLMPRST'.includes(text[8]!);
}

/** A number of Malta or Cyprus. @param text in capitals */
export function isIslandId(text: string): boolean {
  return isMaltese(text) || isCypriot(text);
}

/** Seven digits and the letter of a register; there is no check. Source: OECD, Tax identification numbers, Malta. */
function isMaltese(text: string): boolean {
  return text.length === 8 && isAllDigits(text.slice(0, 7)) && 'MGAPLHBZ'.includes(text[7]!);
}

const CYPRIOT_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];

/** Eight digits and a letter. Source: European Commission, TIN algorithms, Cyprus. */
function isCypriot(text: string): boolean {
  if (text.length !== 9 || !isAllDigits(text.slice(0, 8))) return false;
  let sum = 0;
  for (let i = 0; i < 8; i++) sum += i % 2 === 0 ? CYPRIOT_ODD[Number(text[i])]! : Number(text[i]);
  return text.charCodeAt(8) === 65 + (sum % 26);
}

function isAllDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isDigit(text.charCodeAt(i))) return false;
  return true;
}
