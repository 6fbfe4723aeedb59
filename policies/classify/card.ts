/** Finds payment card numbers: the ranges of the card schemes, their lengths, and the check digit. */
import { isDigit, isWord } from './characters.ts';
import { ContextReader, contextWords } from './context.ts';
import { detectorOfNumbers, type Detector } from './digit-runs.ts';

const WORDS = contextWords(
  'card cards visa mastercard amex maestro pan cvv cvc karte kreditkarte kartennummer carte tarjeta carta',
);

const SHORTEST = 14;
const LONGEST = 19;

/** The detector `card`. Numbers stand in one run, as 4-4-4-4(-3) or as 4-6-5 and 4-6-4, with spaces or hyphens. */
export const card: Detector = detectorOfNumbers('card', (text) => {
  const context = new ContextReader(text, WORDS);
  const number = new CardNumber(text);
  return (offset, end) => {
    const run = end - offset;
    if (run !== 4 && (run < SHORTEST || run > LONGEST)) return null;
    if (offset > 0 && isWord(text.charCodeAt(offset - 1))) return null;
    const last = number.endOfCard(offset, end);
    return last < 0 ? null : { offset, end: last, confidence: context.near(offset) ? 1 : 0.9 };
  };
});

/** The digits of one number as they are read, with both sums that its check may need: from which end it counts is known last. */
class CardNumber {
  readonly #text: string;
  #count = 0;
  /** Sums of the check digit where every second digit counts twice: those of even places, those of odd ones. */
  #even = 0;
  #odd = 0;
  /** The first four digits. */
  #head = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @param end of the first run of digits, which begins at `start` */
  endOfCard(start: number, end: number): number {
    const first = this.#text.charCodeAt(start);
    if (first < 50 || first > 54) return -1;
    this.#count = this.#even = this.#odd = this.#head = 0;
    if (end - start === 4) return this.#endOfGroups(start);
    this.#read(start, end);
    return !isWord(this.#text.charCodeAt(end)) && this.#isCard() ? end : -1;
  }

  /** Reads up to five groups and takes the longest row of them that is a card. */
  #endOfGroups(start: number): number {
    const text = this.#text;
    let found = -1;
    let end = start + 4;
    this.#read(start, end);
    while (end < text.length && isJoint(text.charCodeAt(end))) {
      const group = end + 1;
      end = endOfGroup(text, group);
      const size = end - group;
      if (size === 0 || size > 7 || this.#count + size > LONGEST) break;
      this.#read(group, end);
      if (this.#count >= SHORTEST && !isWord(text.charCodeAt(end)) && this.#isCard()) found = end;
      if (size !== 4 && size !== 6) break;
    }
    return found;
  }

  #read(from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const digit = this.#text.charCodeAt(i) - 48;
      const twice = digit > 4 ? digit * 2 - 9 : digit * 2;
      const isEven = (this.#count & 1) === 0;
      this.#even += isEven ? twice : digit;
      this.#odd += isEven ? digit : twice;
      if (this.#count++ < 4) this.#head = this.#head * 10 + digit;
    }
  }

  /** The check of ISO/IEC 7812-1, annex B: every second digit counts twice, the last one once. */
  #isCard(): boolean {
    const sum = (this.#count & 1) === 0 ? this.#even : this.#odd;
    return sum % 10 === 0 && isRange(this.#head, this.#count);
  }
}

/** No more than is asked for: a long run behind a group is not read for each of them. */
function endOfGroup(text: string, from: number): number {
  let at = from;
  const stop = Math.min(text.length, from + 8);
  while (at < stop && isDigit(text.charCodeAt(at))) at++;
  return at;
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
