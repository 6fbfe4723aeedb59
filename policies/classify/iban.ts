/** Finds international bank account numbers: country, length of that country, and the check digits modulo 97. */
import { isDigit, isLetter, isWord } from './characters.ts';
import { detectorOfNumbers, type Detector } from './detector.ts';
import type { Reading } from './reading.ts';

/** Length per country. Source: SWIFT IBAN Registry, release 99 (2024-12), with the territories that use the form of France. */
const REGISTRY =
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 ' +
  'FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 ' +
  'LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 ' +
  'SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30';

/** By both letters; 0 = no such country. */
const LENGTHS = new Uint8Array(26 * 26);
for (const row of REGISTRY.split(' ')) LENGTHS[indexOf(row.charCodeAt(0), row.charCodeAt(1))] = Number(row.slice(2));

/** @param first a letter in either case, as is `second` */
function indexOf(first: number, second: number): number {
  return ((first | 32) - 97) * 26 + (second | 32) - 97;
}

/** The longest number and the unit behind it fit: IBANs have 34 characters at most (ISO 13616-1). */
const RING = 64;
const LAST = RING - 1;
/** What a letter or a digit counts, by its unit; NOTHING = neither. */
const NOTHING = 255;
const VALUES = Uint8Array.from({ length: 129 }, (_, unit) =>
  isDigit(unit) ? unit - 48 : isLetter(unit) ? (unit | 32) - 87 : NOTHING,
);
/** 10 to the power of the index, modulo 97: two digits for each of 34 characters at most. */
const POWERS = Uint8Array.from({ length: 2 * RING }, powerOfTen);

function powerOfTen(_: unknown, exponent: number): number {
  let power = 1;
  for (let i = 0; i < exponent; i++) power = (power * 10) % 97;
  return power;
}

/**
 * A row of letters and digits with single spaces and hyphens between them, read once however many numbers begin in it: for each of
 * the last characters where it ends, and what everything up to it is modulo 97.
 */
class Row {
  readonly #units: Uint8Array;
  readonly #ends = new Int32Array(RING);
  readonly #remainders = new Uint8Array(RING);
  /** Decimal digits of everything up to there: a letter counts as two. */
  readonly #widths = new Int32Array(RING);
  #count = 0;
  #first = 0;
  #at = 0;
  #isOver = true;

  constructor({ units }: Reading) {
    this.#units = units;
  }

  /** The end of the account number of `length` characters at `offset`; -1 when there is none. Offsets never go back. */
  endOfIban(offset: number, length: number): number {
    this.#seek(offset);
    const before = this.#first;
    const last = before + length;
    if (this.#count < last && !this.#readTo(last)) return -1;
    const end = this.#ends[last & LAST]!;
    if (isWord(this.#units[end]!)) return -1;
    // the first four go behind the rest: two letters of two digits each, two digits
    const number = this.#part(before + 4, last) * POWERS[6]! + this.#part(before, before + 4);
    return number % 97 === 1 ? end : -1;
  }

  #seek(offset: number): void {
    if (offset >= this.#at) {
      this.#count = this.#first = 0;
      this.#widths[0] = this.#remainders[0] = 0;
      this.#ends[0] = this.#at = offset;
      this.#isOver = false;
    }
    while (this.#first < this.#count && this.#ends[(this.#first + 1) & LAST]! <= offset) this.#first++;
  }

  /** What the characters after the `from`th up to the `to`th write, modulo 97. */
  #part(from: number, to: number): number {
    const width = this.#widths[to & LAST]! - this.#widths[from & LAST]!;
    return (this.#remainders[to & LAST]! + 97 * 97 - this.#remainders[from & LAST]! * POWERS[width]!) % 97;
  }

  /** Reads until there are `count` characters; false = the row is over before. */
  #readTo(count: number): boolean {
    if (this.#isOver) return false;
    const units = this.#units;
    const ends = this.#ends;
    const widths = this.#widths;
    const remainders = this.#remainders;
    let read = this.#count;
    let at = this.#at;
    let width = widths[read & LAST]!;
    let remainder = remainders[read & LAST]!;
    for (; read < count; at++) {
      const unit = units[at]!;
      const value = VALUES[unit === 32 || unit === 45 ? units[++at]! : unit]!;
      this.#isOver = value === NOTHING;
      if (this.#isOver) break;
      remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97;
      width += value < 10 ? 1 : 2;
      const to = ++read & LAST;
      ends[to] = at + 1;
      widths[to] = width;
      remainders[to] = remainder;
    }
    this.#count = read;
    this.#at = at;
    return read === count;
  }
}

/** Two digits at least stand behind the letters of the country. */
const DIGITS = Array.from({ length: 30 }, (_, i) => i + 2);

/** The detector `iban`. */
export const iban: Detector = detectorOfNumbers('iban', DIGITS, (reading) => {
  const row = new Row(reading);
  return (_, start) => {
    const offset = start - 2;
    const second = reading.before(start);
    const first = reading.before(start - 1);
    if (!isLetter(second) || !isLetter(first) || isWord(reading.before(offset))) return null;
    const length = LENGTHS[indexOf(first, second)]!;
    const end = length === 0 ? -1 : row.endOfIban(offset, length);
    return end < 0 ? null : { offset, end, confidence: 1 };
  };
});
