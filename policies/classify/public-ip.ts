/** Finds addresses of the public internet, which are personal data of whoever uses them; private and reserved ones are none. */
import { isPublicIPv4, isPublicIPv6 } from '../../src/core/ip-address.ts';
import { isDigit, isLetter, isWord, tableOf } from './characters.ts';
import { detectorOfNumbers, type Detector } from './detector.ts';
import type { Reading } from './reading.ts';

const DOT = 46;
const COLON = 58;

/** The detector `public_ip`. Both kinds of addresses begin with one to four digits. */
export const publicIp: Detector = detectorOfNumbers('public_ip', [1, 2, 3, 4], (reading) => (run, offset, stop) => {
  const behind = reading.units[stop]!;
  const first = reading.units[offset]!;
  const before = reading.before(offset);
  if (behind === DOT) {
    if (before === DOT || isWord(before)) return null;
    const end = endOfIPv4(reading, run);
    return end < 0 || isRelease(reading.units, offset) ? null : { offset, end, confidence: 0.8 };
  }
  if ((first !== 50 && first !== 51) || before === COLON || isWord(before)) return null;
  const end = endOfIPv6(reading.units, offset);
  return end < 0 ? null : { offset, end, confidence: 0.9 };
});

/** The end of four numbers with dots between them that are such an address; a full stop behind it is left out. */
function endOfIPv4(reading: Reading, run: number): number {
  const { units } = reading;
  let value = 0;
  for (let i = 0; ; i++) {
    const start = reading.start(run + i);
    const end = reading.end(run + i);
    // zeros in front make it octal for some readers
    if (end - start > 3 || (end - start > 1 && units[start] === 48)) return -1;
    let part = 0;
    for (let at = start; at < end; at++) part = part * 10 + units[at]! - 48;
    if (part > 255) return -1;
    value = value * 256 + part;
    const goesOn = units[end] === DOT && isDigit(units[end + 1]!);
    if (goesOn && i < 3) continue;
    return goesOn || i < 3 || isWord(units[end]!) || !isPublicIPv4(value) ? -1 : end;
  }
}

/** Four numbers behind one of these, or directly behind a `v`, are the name of a release. */
const RELEASES = ['version', 'release', 'ver', 'ver.'].map((word) =>
  Uint8Array.from(word, (unit) => unit.charCodeAt(0)),
);

/** True when a word for releases, and two of space, `:` and `=` at most, stand before the offset. */
function isRelease(units: Uint8Array, offset: number): boolean {
  let at = offset;
  while (at > 0 && at > offset - 2 && isSpacing(units[at - 1]!)) at--;
  return RELEASES.some((word) => endsWith(units, at, word));
}

function isSpacing(unit: number): boolean {
  return unit === 32 || unit === 58 || unit === 61;
}

function endsWith(units: Uint8Array, end: number, word: Uint8Array): boolean {
  const start = end - word.length;
  if (start < 0) return false;
  for (let i = 0; i < word.length; i++) {
    const unit = units[start + i]!;
    if ((isLetter(unit) ? unit | 32 : unit) !== word[i]) return false;
  }
  return true;
}

const GROUPED = tableOf((unit) => unit === COLON || isDigit(unit) || ((unit | 32) >= 97 && (unit | 32) <= 102));
/** The longest address and the shortest that is looked for, in units. */
const LONGEST = 39;
const SHORTEST = 7;
const GROUPS = 8;

/** Room for one address, used again for the next. */
const groups = new Array<number>(GROUPS).fill(0);

/**
 * The end of an address of IPv6 in the forms of RFC 4291, section 2.2, of which the first group has four digits; -1 when there is none.
 * What is longer than any address is cut off, and its end taken for the address.
 */
function endOfIPv6(units: Uint8Array, offset: number): number {
  const stop = offset + LONGEST;
  let at = offset;
  let count = 0;
  let gap = -1;
  for (;;) {
    const start = at;
    let group = 0;
    while (at < stop && GROUPED[units[at]!] === 1 && units[at] !== COLON) group = (group << 4) | hexOf(units[at++]!);
    const digits = at - start;
    if (digits === 0 || digits > 4 || (start === offset && digits < 4) || count === GROUPS) return -1;
    groups[count++] = group;
    if (at === stop || units[at] !== COLON) break;
    at++;
    if (at === stop || units[at] !== COLON) continue;
    if (gap >= 0) return -1;
    gap = count;
    at++;
    if (at === stop || GROUPED[units[at]!] === 0) break;
  }
  if (at - offset < SHORTEST || isWord(units[at]!)) return -1;
  if (gap < 0 ? count !== GROUPS : count === GROUPS) return -1;
  if (gap >= 0) spread(gap, count);
  return isPublicIPv6(groups) ? at : -1;
}

/** Moves the groups behind `gap` to the end, with zeros before them. */
function spread(gap: number, count: number): void {
  const moved = GROUPS - count;
  for (let i = GROUPS - 1; i >= gap; i--) groups[i] = i - moved >= gap ? groups[i - moved]! : 0;
}

/** @param unit a digit of base 16 */
function hexOf(unit: number): number {
  return isDigit(unit) ? unit - 48 : (unit | 32) - 87;
}
