/** Finds payment card numbers: the ranges of the card schemes, their lengths, and the check digit. */
import { isWord } from './characters.ts';
import { ContextReader, contextWords } from './context.ts';
import { detectorOfNumbers, type Detector } from './detector.ts';
import type { Reading } from './reading.ts';

const WORDS = contextWords(
  'card cards visa mastercard amex maestro pan cvv cvc karte kreditkarte kartennummer carte tarjeta carta',
);

const SHORTEST = 14;
const LONGEST = 19;

/** The detector `card`. Numbers stand in one run, as 4-4-4-4(-3) or as 4-6-5 and 4-6-4, with spaces or hyphens. */
export const card: Detector = detectorOfNumbers('card', [4, 14, 15, 16, 17, 18, LONGEST], (reading) => {
  const context = new ContextReader(reading, WORDS);
  const numbers = new CardNumbers(reading);
  return (run, offset) => {
    const first = reading.units[offset]!;
    if (first < 50 || first > 54 || isWord(reading.before(offset))) return null;
    const end = numbers.endOfCard(run);
    return end < 0 ? null : { offset, end, confidence: context.near(offset) ? 1 : 0.9 };
  };
});

/**
 * The sums that checks of numbers in groups are made from. From which end a check counts is known last, so there are two of each:
 * where the digits of even places count twice, and where those of odd ones do.
 */
class CardNumbers {
  readonly #reading: Reading;
  /** Both sums of each run that was read, since a run is part of up to five rows; 0 = not yet. */
  #sums: Uint16Array | null = null;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** The end of the longest row of up to five groups from a run on that is a card; -1 when none is. */
  endOfCard(run: number): number {
    const reading = this.#reading;
    let found = -1;
    let even = 0;
    let odd = 0;
    let count = 0;
    for (let next = run; ; next++) {
      const end = reading.end(next);
      const size = end - reading.start(next);
      if (count > 0 && (size > 7 || count + size > LONGEST)) return found;
      const sums = this.#sumsOf(next);
      const isEven = (count & 1) === 0;
      even += isEven ? sums >> 8 : sums & 255;
      odd += isEven ? sums & 255 : sums >> 8;
      count += size;
      const behind = reading.units[end]!;
      const isOver = count >= SHORTEST && !isWord(behind);
      if (isOver && ((count & 1) === 0 ? even : odd) % 10 === 0 && isRange(this.#headAt(run), count)) found = end;
      if ((size !== 4 && size !== 6) || !isJoint(behind) || reading.start(next + 1) !== end + 1) return found;
    }
  }

  /** The sum in which the first digit counts twice, and that in which it does not in the low eight bits: 19 digits add up to 171. */
  #sumsOf(run: number): number {
    this.#sums ??= new Uint16Array(this.#reading.count);
    const known = this.#sums[run]!;
    if (known !== 0) return known;
    const { units } = this.#reading;
    const start = this.#reading.start(run);
    let twice = 0;
    let once = 0;
    for (let at = this.#reading.end(run) - 1; at >= start; at--) {
      const digit = units[at]! - 48;
      const other = once + (digit > 4 ? digit * 2 - 9 : digit * 2);
      once = twice + digit;
      twice = other;
    }
    return (this.#sums[run] = (twice << 8) | once);
  }

  #headAt(run: number): number {
    const { units } = this.#reading;
    let head = 0;
    for (let at = this.#reading.start(run), i = 0; i < 4; i++) head = head * 10 + units[at + i]! - 48;
    return head;
  }
}

function isJoint(code: number): boolean {
  return code === 32 || code === 45;
}

const MAESTRO: ReadonlySet<number> = new Set([5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763]);

/** Scheme ranges and lengths. Source: ISO/IEC 7812-1 and the schemes' published issuer identification numbers, 2026. */
function isRange(four: number, count: number): boolean {
  const two = Math.floor(four / 100);
  if (two >= 40 && two <= 49) return count === 16 || count === 19;
  if (two === 34 || two === 37) return count === 15;
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return count === 16;
  if (two === 36 || two === 38 || two === 39 || (four >= 3000 && four <= 3059) || four === 3095) return true;
  if (count < 16) return false;
  if ((four >= 2200 && four <= 2204) || (four >= 3528 && four <= 3589)) return true;
  return two === 60 || two === 62 || two === 65 || (four >= 6440 && four <= 6499) || MAESTRO.has(four);
}
