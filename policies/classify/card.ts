/** Finds payment card numbers: the ranges of the card schemes, their lengths, and the check digit. */
import type { Classifier } from '../../src/core/data-class.ts';
import { eachMatch, endOfDigits, isWord } from './characters.ts';
import { isLuhn } from './check-digits.ts';
import { ContextReader, contextWords } from './context.ts';

const WORDS = contextWords(
  'card cards visa mastercard amex maestro pan cvv cvc karte kreditkarte kartennummer carte tarjeta carta',
);

const SHORTEST = 14;
const LONGEST = 19;
const START = /[2-6]\d{3}(?:\d{10}|[ -](?:\d{4}|\d{6})[ -]\d{4})/g;

const digits = new Uint8Array(LONGEST);

/** The detector `card`. Numbers stand in one run, as 4-4-4-4(-3) or as 4-6-5 and 4-6-4, with spaces or hyphens. */
export const card: Classifier = Object.freeze({
  id: 'card',
  inspect(text, at, out) {
    const context = new ContextReader(text, WORDS);
    eachMatch(START, text, (offset) => {
      const end = endOfDigits(text, offset);
      const last = isWord(text.charCodeAt(offset - 1)) ? -1 : endOfCard(text, offset, end);
      if (last < 0) return end;
      const confidence = context.near(offset) ? 1 : 0.9;
      out.push({ detector: 'card', field: at, offset, length: last - offset, confidence });
      return last;
    });
  },
} satisfies Classifier);

function endOfCard(text: string, start: number, end: number): number {
  const run = end - start;
  if (run === 4) return endOfGroups(text, start);
  if (run < SHORTEST || run > LONGEST || isWord(text.charCodeAt(end))) return -1;
  return isCard(read(text, start, end, 0)) ? end : -1;
}

/** Reads up to five groups and takes the longest row of them that is a card. */
function endOfGroups(text: string, start: number): number {
  let found = -1;
  let end = start + 4;
  let count = read(text, start, end, 0);
  while (isJoint(text.charCodeAt(end))) {
    const group = end + 1;
    end = endOfDigits(text, group);
    const size = end - group;
    if (size === 0 || size > 7 || count + size > LONGEST) break;
    count = read(text, group, end, count);
    if (count >= SHORTEST && !isWord(text.charCodeAt(end)) && isCard(count)) found = end;
    if (size !== 4 && size !== 6) break;
  }
  return found;
}

function isJoint(code: number): boolean {
  return code === 32 || code === 45;
}

/** Appends the digits of a group to `digits` and returns how many there are then. */
function read(text: string, from: number, to: number, count: number): number {
  for (let i = from; i < to; i++) digits[count + i - from] = text.charCodeAt(i) - 48;
  return count + to - from;
}

function isCard(count: number): boolean {
  return isRange(count) && isLuhn(digits, 0, count);
}

const MAESTRO: ReadonlySet<number> = new Set([5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763]);

/** Scheme ranges and lengths. Source: ISO/IEC 7812-1 and the schemes' published issuer identification numbers, 2026. */
function isRange(count: number): boolean {
  const two = digits[0]! * 10 + digits[1]!;
  const four = two * 100 + digits[2]! * 10 + digits[3]!;
  if (digits[0] === 4) return count === 16 || count === 19;
  if (two === 34 || two === 37) return count === 15;
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return count === 16;
  if (two === 36 || two === 38 || two === 39 || (four >= 3000 && four <= 3059) || four === 3095) return true;
  if (count < 16) return false;
  if ((four >= 2200 && four <= 2204) || (four >= 3528 && four <= 3589)) return true;
  return two === 60 || two === 62 || two === 65 || (four >= 6440 && four <= 6499) || MAESTRO.has(four);
}
