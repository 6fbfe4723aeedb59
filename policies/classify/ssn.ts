/** Finds social security numbers of the United States by the ranges that were ever issued. */
import type { Classifier } from '../../src/core/data-class.ts';
import { eachMatch, endOfDigits, isWord } from './characters.ts';
import { ContextReader, contextWords } from './context.ts';

const WORDS = contextWords('ssn ssns social security itin');
const FORM = /\d{3}(?:-\d{2}-\d{4}| \d{2} \d{4}|\d{6})/g;

/** The detector `ssn`. Nine digits in one run count only behind a word that says what they are. */
export const ssn: Classifier = Object.freeze({
  id: 'ssn',
  inspect(text, at, out) {
    const context = new ContextReader(text, WORDS);
    eachMatch(FORM, text, (offset, { length }) => {
      const before = text.charCodeAt(offset - 1);
      const end = offset + length;
      const isAlone = !isWord(before) && before !== 45 && !isWord(text.charCodeAt(end));
      if (!isAlone || !isIssued(text, offset, length === 9 ? 0 : 1)) return endOfDigits(text, offset);
      const isSaid = context.near(offset);
      if (length === 9 && !isSaid) return end;
      out.push({ detector: 'ssn', field: at, offset, length, confidence: isSaid ? 1 : 0.8 });
      return end;
    });
  },
} satisfies Classifier);

/** Source: Social Security Administration, POMS RM 10201.035: no area 000, 666 or 900 and above, no group 00, no serial 0000. */
function isIssued(text: string, offset: number, joint: number): boolean {
  if (text.charCodeAt(offset) === 57 || text.startsWith('000', offset) || text.startsWith('666', offset)) return false;
  return !text.startsWith('00', offset + 3 + joint) && !text.startsWith('0000', offset + 5 + 2 * joint);
}
