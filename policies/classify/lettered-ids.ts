/** National numbers with letters in them, whose check is strong enough to stand alone: Italy, Spain, Finland, Ireland. */
import { isDigit, isLetter } from './characters.ts';

const SPANISH = 'TRWAGMYFPDXBNJZSQVHLCKE';
const FINNISH = '0123456789ABCDEFHJKLMNPRSTUVWXY';
const IRISH = 'WABCDEFGHIJKLMNOPQRSTUV';

/** Values of the characters at odd places, for 0 to 9 and A to Z. Source: Decreto 12 marzo 1974, Ministero delle Finanze. */
const ITALIAN_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** True when the word of letters and digits is one of them. `word` has 8 to 16 characters and begins and ends as one. */
export function isLetteredId(word: string): boolean {
  const text = word.toUpperCase();
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

/** The form that is given to all but the few persons whose codes would be equal. */
function isItalian(text: string): boolean {
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const code = text.charCodeAt(i);
    const isFigure = isDigit(code);
    if (FIGURES.includes(i) ? !isFigure : !isLetter(code)) return false;
    const value = isFigure ? code - 48 : code - 65;
    sum += i % 2 === 0 ? ITALIAN_ODD[value]! : value;
  }
  return text.charCodeAt(15) === 65 + (sum % 26) && 'ABCDEHLMPRST'.includes(text[8]!);
}

function isAllDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!isDigit(text.charCodeAt(i))) return false;
  return true;
}
