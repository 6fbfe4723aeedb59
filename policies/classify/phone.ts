/** Finds telephone numbers: international ones with `+`, those of North America in their usual form, others behind a word. */
import { isWord } from './characters.ts';
import { ContextReader, contextWords } from './context.ts';
import { detectorOfNumbers, type Detector } from './detector.ts';
import { formOf, type Reading } from './reading.ts';

const WORDS = contextWords(
  'tel telefon telephone phone phones mobile mobil mobiltelefon handy cell fax call anruf telefono telefoon telefone ' +
    'portable movil cellulare rufnummer durchwahl whatsapp sms puhelin telefonnummer handynummer',
);

/** ITU-T E.164: 15 digits at most with the country code; no number of the world has fewer than 8. */
const FEWEST = 8;
const MOST = 15;
/** A run of more digits is no phone number, nor a part of one. */
const LENGTHS = Array.from({ length: MOST }, (_, i) => i + 1);

/** What stands behind the exchange of a number of North America, by what stands before it. */
const HYPHEN = formOf('-9999');
const STOP = formOf('.9999');

/** The detector `phone`. */
export const phone: Detector = detectorOfNumbers('phone', LENGTHS, (reading) => {
  const context = new ContextReader(reading, WORDS);
  const rows = new Rows(reading);
  const { units } = reading;
  return (run, digit, stop) => {
    const before = reading.before(digit);
    const first = units[digit]!;
    const isNorthAmerican = stop - digit === 3 && first >= 50;
    if (before === 43 ? first === 48 : first !== 48 && !isNorthAmerican) return null;
    // the number begins with its `+` or `(`
    const offset = before === 43 || before === 40 ? digit - 1 : digit;
    if (isMiddle(reading.before(offset))) return null;
    const end = before !== 43 && isNorthAmerican ? endOfNorthAmerican(reading, run) : rows.endOfPhone(run);
    if (end < 0 || (before !== 43 && first === 48 && !context.near(digit))) return null;
    return { offset, end, confidence: 0.9 };
  };
});

/** A letter, a digit, `.` or `-`: behind these no number begins. */
function isMiddle(unit: number): boolean {
  return isWord(unit) || unit === 46 || unit === 45;
}

/** `999-999-9999`, `999.999.9999`, `999 999-9999`, `999) 999-9999` or `999)999-9999`, where no exchange begins with 0 or 1. */
function endOfNorthAmerican(reading: Reading, run: number): number {
  const { units } = reading;
  const end = reading.end(run);
  const exchange = reading.start(run + 1);
  const joint = units[end]!;
  const gap = joint === 41 && units[end + 1] === 32 ? 2 : 1;
  if (exchange !== end + gap || reading.end(run + 1) - exchange !== 3 || units[exchange]! < 50) return -1;
  if (joint === 46) return reading.endOfForm(run + 1, STOP);
  return joint === 45 || joint === 32 || joint === 41 ? reading.endOfForm(run + 1, HYPHEN) : -1;
}

/** Rows of groups of digits with up to two signs between them: each is read once, however many numbers may begin in it. */
class Rows {
  readonly #reading: Reading;
  /** The first group that is not of this row. */
  #over = 0;
  /** A group of the row, and how many digits the row has from there on. */
  #at = 0;
  #left = 0;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  /** The end of the row, which goes on from `run` with a fitting count of digits; -1 when there is none. Runs never go back. */
  endOfPhone(run: number): number {
    const reading = this.#reading;
    if (run >= this.#over) this.#read(run);
    while (this.#at < run) this.#left -= reading.end(this.#at) - reading.start(this.#at++);
    if (this.#left < FEWEST || this.#left > MOST) return -1;
    const end = reading.end(this.#over - 1);
    return isWord(reading.units[end]!) ? -1 : end;
  }

  #read(run: number): void {
    const reading = this.#reading;
    this.#at = run;
    this.#left = 0;
    let next = run;
    do this.#left += reading.end(next) - reading.start(next);
    while (isJoined(reading, next++));
    this.#over = next;
  }
}

/** True when nothing but one or two joints stands behind a run and before the next. */
function isJoined(reading: Reading, run: number): boolean {
  const { units } = reading;
  const end = reading.end(run);
  const gap = reading.start(run + 1) - end;
  return gap <= 2 && isJoint(units[end]!) && (gap === 1 || isJoint(units[end + 1]!));
}

/** A space, `(`, `)`, `-`, `.` or `/`. */
function isJoint(unit: number): boolean {
  return unit === 32 || unit === 40 || unit === 41 || (unit >= 45 && unit <= 47);
}
