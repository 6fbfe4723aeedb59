/** Finds telephone numbers: international ones with `+`, those of North America in their usual form, others behind a word. */
import type { Classifier } from '../../src/core/data-class.ts';
import { eachMatch, endOfDigits, isDigit, isWord } from './characters.ts';
import { ContextReader, contextWords } from './context.ts';

const WORDS = contextWords(
  'tel telefon telephone phone phones mobile mobil mobiltelefon handy cell fax call anruf telefono telefoon telefone ' +
    'portable movil cellulare rufnummer durchwahl whatsapp sms puhelin telefonnummer handynummer',
);

/** ITU-T E.164: 15 digits at most with the country code; no number of the world has fewer than 8. */
const FEWEST = 8;
const MOST = 15;
const INTERNATIONAL = /\+[1-9]/g;
const NORTH_AMERICAN = /\(?[2-9]\d{2}\)?[ .-][2-9]\d{2}[.-]\d{4}/g;
const NATIONAL = /(?:\(0|0)\d/g;

/** The detector `phone`. */
export const phone: Classifier = Object.freeze({
  id: 'phone',
  inspect(text, at, out) {
    const add = (offset: number, end: number, confidence: number): void =>
      void out.push({ detector: 'phone', field: at, offset, length: end - offset, confidence });
    eachMatch(INTERNATIONAL, text, (offset) => {
      const end = isWord(text.charCodeAt(offset - 1)) ? -1 : endOfPhone(text, offset + 1);
      if (end < 0) return offset + 2;
      add(offset, end, 0.9);
      return end;
    });
    eachMatch(NORTH_AMERICAN, text, (offset, { length }) => {
      const end = offset + length;
      if (!isStart(text, offset) || isWord(text.charCodeAt(end))) return endOfDigits(text, offset + 1);
      add(offset, end, 0.8);
      return end;
    });
    const context = new ContextReader(text, WORDS);
    eachMatch(NATIONAL, text, (offset) => {
      const end = isStart(text, offset) && context.near(offset) ? endOfPhone(text, offset) : -1;
      if (end < 0) return endOfDigits(text, offset + 1);
      add(offset, end, 0.9);
      return end;
    });
  },
} satisfies Classifier);

/** Not behind a letter, a digit, `.` or `-`. */
function isStart(text: string, offset: number): boolean {
  const before = text.charCodeAt(offset - 1);
  return !isWord(before) && before !== 46 && before !== 45;
}

/** The end of a row of groups with a fitting count of digits; -1 when there is none. */
function endOfPhone(text: string, from: number): number {
  let count = 0;
  let end = from;
  for (let i = from; count <= MOST; i++) {
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
