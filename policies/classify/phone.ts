/** Finds telephone numbers: international ones with `+`, those of North America in their usual form, others behind a word. */
import { goesOn, isDigit, isWord } from './characters.ts';
import { ContextReader, contextWords } from './context.ts';
import { detectorOfNumbers, type Detector } from './digit-runs.ts';

const WORDS = contextWords(
  'tel telefon telephone phone phones mobile mobil mobiltelefon handy cell fax call anruf telefono telefoon telefone ' +
    'portable movil cellulare rufnummer durchwahl whatsapp sms puhelin telefonnummer handynummer',
);

/** ITU-T E.164: 15 digits at most with the country code; no number of the world has fewer than 8. */
const FEWEST = 8;
const MOST = 15;
const NORTH_AMERICAN = ['-999-9999', '.999.9999', ' 999-9999', ') 999-9999', ')999-9999'];

/** The detector `phone`. */
export const phone: Detector = detectorOfNumbers('phone', (text) => {
  const context = new ContextReader(text, WORDS);
  return (digit, stop) => {
    const before = digit === 0 ? 32 : text.charCodeAt(digit - 1);
    // the number begins with its `+` or `(`
    const offset = before === 43 || before === 40 ? digit - 1 : digit;
    if (offset > 0 && isMiddle(text.charCodeAt(offset - 1))) return null;
    const end = endOfAny(text, digit, stop, before, context);
    return end < 0 ? null : { offset, end, confidence: 0.9 };
  };
});

/** The end of the number whose first digits stand at `digit`, behind `before`; -1 when there is none. */
function endOfAny(text: string, digit: number, end: number, before: number, context: ContextReader): number {
  const first = text.charCodeAt(digit);
  if (before === 43) return first === 48 ? -1 : endOfPhone(text, digit);
  if (end - digit === 3 && first >= 50 && first <= 57) {
    const form = NORTH_AMERICAN.find((one) => goesOn(text, end, one));
    // no exchange begins with 0 or 1
    return form !== undefined && text.charCodeAt(end + form.length - 8) >= 50 ? end + form.length : -1;
  }
  return first === 48 && context.near(digit) ? endOfPhone(text, digit) : -1;
}

/** A letter, a digit, `.` or `-`: behind these no number begins. */
function isMiddle(code: number): boolean {
  return isWord(code) || code === 46 || code === 45;
}

/** The end of a row of groups with a fitting count of digits; -1 when there is none. */
function endOfPhone(text: string, from: number): number {
  let count = 0;
  let end = from;
  for (let i = from; count <= MOST && i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isDigit(code)) {
      count++;
      end = i + 1;
    } else if (!isJoint(code) || i - end > 1) break;
  }
  return count < FEWEST || count > MOST || isWord(text.charCodeAt(end)) ? -1 : end;
}

/** A space, `(`, `)`, `-`, `.` or `/`. */
function isJoint(code: number): boolean {
  return code === 32 || code === 40 || code === 41 || (code >= 45 && code <= 47);
}
