/** Finds social security numbers of the United States by the ranges that were ever issued. */
import { goesOn, isWord } from './characters.ts';
import { ContextReader, contextWords } from './context.ts';
import { detectorOfNumbers, type Detector } from './digit-runs.ts';

const WORDS = contextWords('ssn ssns social security itin');
/** The detector `ssn`. Nine digits in one run count only behind a word that says what they are. */
export const ssn: Detector = detectorOfNumbers('ssn', (text) => {
  const context = new ContextReader(text, WORDS);
  return (offset, end) => {
    const joint = jointOf(text, offset, end);
    if (joint < 0 || !isIssued(text, offset, joint)) return null;
    const isSaid = context.near(offset);
    if (joint === 0 && !isSaid) return null;
    return { offset, end: offset + 9 + 2 * joint, confidence: isSaid ? 1 : 0.8 };
  };
});

/** How long what stands between the groups is, 0 or 1; -1 = no such number stands here, alone. */
function jointOf(text: string, offset: number, end: number): number {
  const length = end - offset;
  if (length !== 9 && length !== 3) return -1;
  const before = offset === 0 ? 32 : text.charCodeAt(offset - 1);
  if (isWord(before) || before === 45) return -1;
  if (length === 9) return isWord(text.charCodeAt(end)) ? -1 : 0;
  return goesOn(text, end, '-99-9999') || goesOn(text, end, ' 99 9999') ? 1 : -1;
}

/** Source: Social Security Administration, POMS RM 10201.035: no area 000, 666 or 900 and above, no group 00, no serial 0000. */
function isIssued(text: string, offset: number, joint: number): boolean {
  if (text.charCodeAt(offset) === 57 || text.startsWith('000', offset) || text.startsWith('666', offset)) return false;
  return !text.startsWith('00', offset + 3 + joint) && !text.startsWith('0000', offset + 5 + 2 * joint);
}
