/** Finds social security numbers of the United States by the ranges that were ever issued. */
import { isWord } from './characters.ts';
import { ContextReader, contextWords } from './context.ts';
import { detectorOfNumbers, type Detector } from './detector.ts';
import { formOf, type Reading } from './reading.ts';

const WORDS = contextWords('ssn ssns social security itin');
const HYPHENS = formOf('-99-9999');
const SPACES = formOf(' 99 9999');
const HYPHEN = 45;

/** The detector `ssn`. Nine digits in one run count only behind a word that says what they are. */
export const ssn: Detector = detectorOfNumbers('ssn', [3, 9], (reading) => {
  const context = new ContextReader(reading, WORDS);
  return (run, offset, stop) => {
    const before = reading.before(offset);
    if (before === HYPHEN || isWord(before)) return null;
    const end = endOfNumber(reading, run, stop - offset);
    if (end < 0) return null;
    const isGrouped = end > stop;
    if (!isIssued(reading.units, offset, isGrouped ? 1 : 0)) return null;
    const isSaid = context.near(offset);
    return isSaid || isGrouped ? { offset, end, confidence: isSaid ? 1 : 0.8 } : null;
  };
});

function endOfNumber(reading: Reading, run: number, length: number): number {
  if (length === 9) {
    const end = reading.end(run);
    return isWord(reading.units[end]!) ? -1 : end;
  }
  return reading.endOfForm(run, reading.units[reading.end(run)] === HYPHEN ? HYPHENS : SPACES);
}

/**
 * Source: Social Security Administration, POMS RM 10201.035: no area 000, 666 or 900 and above, no group 00, no serial 0000.
 * @param joint how many units stand between the groups
 */
function isIssued(units: Uint8Array, offset: number, joint: number): boolean {
  const digits = (from: number, count: number): number => {
    let value = 0;
    for (let at = from; at < from + count; at++) value = value * 10 + units[at]! - 48;
    return value;
  };
  const area = digits(offset, 3);
  if (area === 0 || area === 666 || area >= 900) return false;
  return digits(offset + 3 + joint, 2) > 0 && digits(offset + 5 + 2 * joint, 4) > 0;
}
